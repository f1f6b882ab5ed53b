"""Evidence: what happened, in which order, and what it had to do with what.

Everything worth knowing is one `Entry` with ids (``subjects``) that tie it to others. Pages, streams and checks are
views of it. Knows nothing of SEVIS; the events of a package are declared in that package.

============  ==================================================================================
``journal``   `Journal`: append, query, wait, subscribe
``events``    `Event`, whose subclasses are the kinds of entries; `Catalogue`, their documentation
``common``    events of any simulator: handshakes, requests, the clock
``bounded``   how much of a request an entry keeps
============  ==================================================================================
"""

from sevis_sim.journal.common import COMMON, ClockMoved, HandshakeFailed, RequestAnswered
from sevis_sim.journal.events import Catalogue, Event, EventDescription, subject
from sevis_sim.journal.journal import Journal
from sevis_sim.store import Entry

__all__ = [
    "COMMON",
    "Catalogue",
    "ClockMoved",
    "Entry",
    "Event",
    "EventDescription",
    "HandshakeFailed",
    "Journal",
    "RequestAnswered",
    "subject",
]
