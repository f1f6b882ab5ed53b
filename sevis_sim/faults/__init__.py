"""Mischief on purpose: what goes wrong, where, for whom and how often. Knows nothing of SEVIS.

==============  ================================================================================
``model``       `Fault`: where, whom, when, phase, what
``vocabulary``  `Vocabulary`: the places and kinds of one simulator; reads faults and explains errors
``schedule``    `Faults`: those of one world; decides, from a seed, which strike
``answers``     what transport faults do to an HTTP answer: delay, drop, reset, status, truncate, drip
``happenings``  journal entries
==============  ================================================================================

A simulator names its places and kinds in a `Vocabulary`, keeps one `Faults` for each of its worlds, and asks
`Faults.strike` once at each place that an exchange passes. What comes back is done before or after the change of
state is committed, as the fault's phase says.
"""

from sevis_sim.faults.happenings import FAULT_EVENTS, FaultAdded, FaultsCleared, FaultStruck
from sevis_sim.faults.model import Fault, FaultError, Kind, Phase, When
from sevis_sim.faults.schedule import Faults, Standing, Struck
from sevis_sim.faults.vocabulary import TRANSPORT, Vocabulary

__all__ = [
    "FAULT_EVENTS",
    "TRANSPORT",
    "Fault",
    "FaultAdded",
    "FaultError",
    "FaultStruck",
    "Faults",
    "FaultsCleared",
    "Kind",
    "Phase",
    "Standing",
    "Struck",
    "Vocabulary",
    "When",
]
