"""What a record of a batch means: the rules that it must keep, and the change that it makes.

========================  =====================================================================================
``declare``               the vocabulary: `Event`, `Rule`, `Case`
``student``               events of F-1 and M-1 students, one small module per family
``exchange_visitor``      events of J-1 exchange visitors
``registry``              the one list of all events
``gates``                 what is asked of every record: official, organization, record, status
``people``, ``days``      checks and arithmetic that both populations share
``addresses``             the offline address engine
``printing``              which forms an event prints
``engine``                carries one record through all of it
``cases``                 as data: what brings each code about, and what comes near
``worlds``                the effect of earlier records of a batch, laid over what was known before it
========================  =====================================================================================

Rules know neither HTTP nor SQL: they see SEVIS through a `World`, and all uncertain readings through `Switches`. A new
event is one declaration in its family's module; a new code is one rule in the tuple of each event that it guards, and
a case.
"""

from sevis_sim.events.context import Context, Switches, World
from sevis_sim.events.engine import NOT_BUILT, Processed, Section, broken_rules, event_path, fail, process, records
from sevis_sim.events.identity import identity
from sevis_sim.events.worlds import BatchWorld, RecordsWorld

__all__ = [
    "NOT_BUILT",
    "BatchWorld",
    "Context",
    "Processed",
    "RecordsWorld",
    "Section",
    "Switches",
    "World",
    "broken_rules",
    "event_path",
    "fail",
    "identity",
    "process",
    "records",
]
