"""Evidence: what happened, in which order, and what it had to do with what.

Everything worth knowing is one `Entry` with ids (``subjects``) that tie it to others. Pages, streams and checks are
views of it. Knows nothing of SEVIS; the events of a package are declared in that package.

================  ==================================================================================
``journal``       `Journal`: append, query, wait, subscribe, verify
``events``        `Event`, whose subclasses are the kinds of entries; `Catalogue`, their documentation
``common``        events of any simulator: handshakes, requests, the clock
``bounded``       how much of a request an entry keeps
``advice``        what an entry says beyond its summary, in lines for people
``matching``      `Matcher`: conditions on what a document says, and how far it is from them
``expectations``  `Expectation`: happened, never, how often, in which order; the nearest misses
================  ==================================================================================

The last two are loaded when something is expected of a journal: what only writes one starts without them.
"""

from typing import TYPE_CHECKING, Any

from sevis_sim.journal.advice import advice
from sevis_sim.journal.bounded import escaped
from sevis_sim.journal.common import COMMON, ClockMoved, HandshakeFailed, RequestAnswered
from sevis_sim.journal.events import Catalogue, Event, EventDescription, subject
from sevis_sim.journal.journal import Journal, Keep, Redaction
from sevis_sim.store import Choice, Entry, Message, Messages

if TYPE_CHECKING:
    from sevis_sim.journal.expectations import Expectation, NearMiss, Verdict
    from sevis_sim.journal.matching import MatchError

__all__ = [
    "COMMON",
    "Catalogue",
    "Choice",
    "ClockMoved",
    "Entry",
    "Event",
    "EventDescription",
    "Expectation",
    "HandshakeFailed",
    "Journal",
    "Keep",
    "MatchError",
    "Message",
    "Messages",
    "NearMiss",
    "Redaction",
    "RequestAnswered",
    "Verdict",
    "advice",
    "escaped",
    "subject",
]


def __getattr__(name: str) -> Any:
    if name in ("Expectation", "NearMiss", "Verdict"):
        from sevis_sim.journal import expectations

        return getattr(expectations, name)
    if name == "MatchError":
        from sevis_sim.journal.matching import MatchError

        return MatchError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
