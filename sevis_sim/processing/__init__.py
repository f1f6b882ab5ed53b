"""The night: claims a due batch, applies its events record by record, builds the result.

``world`` shows rules what SEVIS knows, with the effect of earlier records of the same batch; ``night`` takes one batch
from its document to its zip and stores all outcomes and the zip in one transaction, or nothing.
"""

from sevis_sim.processing.cut_points import CUT_POINTS, CutPoints
from sevis_sim.processing.night import process_batch

__all__ = ["CUT_POINTS", "CutPoints", "process_batch"]
