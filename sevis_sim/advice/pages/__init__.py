"""The pages of docs/ that are made from what is built: the codes, and the events of each population.

``python -m sevis_sim.advice.pages`` writes them; with ``--check`` it only tells which are out of date.
"""

from sevis_sim.advice.pages.codes_page import codes_page
from sevis_sim.advice.pages.events_page import events_page

__all__ = ["codes_page", "events_page"]
