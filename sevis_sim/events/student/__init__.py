"""Events of F-1 and M-1 students (sevis-protocol.md §7.1).

One module per event family; rules that several families share stand in ``person``, ``education``, ``contact``,
``family`` and ``finances``.
"""

from sevis_sim.events.student import (
    create,
    dependent,
    disciplinary_action,
    financial_info,
    level,
    personal_info,
    program,
    registration,
    reprint,
    status,
)

EVENTS = (
    *create.EVENTS,
    *dependent.EVENTS,
    *disciplinary_action.EVENTS,
    *financial_info.EVENTS,
    *level.EVENTS,
    *personal_info.EVENTS,
    *program.EVENTS,
    *registration.EVENTS,
    *reprint.EVENTS,
    *status.EVENTS,
)
"""All student events that are processed."""
