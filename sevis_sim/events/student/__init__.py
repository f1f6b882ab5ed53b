"""Events of F-1 and M-1 students (sevis-protocol.md §7.1).

One module per event family; rules that several families share stand in ``person``, ``education``, ``contact``,
``family`` and ``finances``.
"""

from sevis_sim.events.student import create, dependent, personal_info, registration

EVENTS = (*create.EVENTS, *dependent.EVENTS, *personal_info.EVENTS, *registration.EVENTS)
"""All student events that are processed."""
