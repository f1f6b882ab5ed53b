"""Events of F-1 and M-1 students (sevis-protocol.md §7.1).

One module per event family; rules that several families share stand in ``person``, ``education``, ``contact``,
``family`` and ``finances``; what USCIS adjudicates in ``requests``; what employments and reduced course loads share in
``segments``, ``practical_training`` and ``employers``.
"""

from sevis_sim.events.student import (
    cap_gap,
    cpt,
    create,
    dependent,
    disciplinary_action,
    drop_below,
    financial_info,
    level,
    off_campus,
    opt,
    opt_employer,
    opt_extension,
    personal_info,
    program,
    registration,
    reprint,
    status,
)

EVENTS = (
    *cap_gap.EVENTS,
    *cpt.EVENTS,
    *create.EVENTS,
    *dependent.EVENTS,
    *disciplinary_action.EVENTS,
    *drop_below.EVENTS,
    *financial_info.EVENTS,
    *level.EVENTS,
    *off_campus.EVENTS,
    *opt.EVENTS,
    *opt_employer.EVENTS,
    *opt_extension.EVENTS,
    *personal_info.EVENTS,
    *program.EVENTS,
    *registration.EVENTS,
    *reprint.EVENTS,
    *status.EVENTS,
)
"""All student events that are processed."""
