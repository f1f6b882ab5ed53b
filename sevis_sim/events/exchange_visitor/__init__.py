"""Events of J-1 exchange visitors (sevis-protocol.md §7.2).

One module per event family; rules that several families share stand in ``person``, ``program``, ``funds``,
``residence``, ``sites`` and ``tipp``.
"""

from sevis_sim.events.exchange_visitor import biographical, create, validate

EVENTS = (*create.EVENTS, *biographical.EVENTS, *validate.EVENTS)
"""All exchange visitor events that are processed."""
