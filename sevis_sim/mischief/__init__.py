"""The faults of SEVIS: its places and kinds, the failure modes that vendors know, and magic values (design.md §3.4).

==============  ================================================================================
``vocabulary``  what can go wrong where: upload, download, handshake, processing, record
``reading``     one entry of a scenario's ``faults``, of the control API or of the shell: a fault, or a preset
``presets``     the failure modes of the real service by name, from presets.toml (docs/faults.md)
``magic``       what a batch asks for by its own data, from magic.toml (docs/magic-values.md)
``spoiling``    what faults do to a result: forms or log missing, zip corrupt, log that breaks its schema
``docs``        writes the two pages
==============  ================================================================================

The engine, which knows nothing of SEVIS, is `sevis_sim.faults`.
"""

from sevis_sim.mischief.magic import magic_faults
from sevis_sim.mischief.presets import Preset, presets
from sevis_sim.mischief.reading import read_faults, reader
from sevis_sim.mischief.vocabulary import DOWNLOAD, HANDSHAKE, NEXT, PROCESSING, RECORD, UPLOAD, VOCABULARY

__all__ = [
    "DOWNLOAD",
    "HANDSHAKE",
    "NEXT",
    "PROCESSING",
    "RECORD",
    "UPLOAD",
    "VOCABULARY",
    "Preset",
    "magic_faults",
    "presets",
    "read_faults",
    "reader",
]
