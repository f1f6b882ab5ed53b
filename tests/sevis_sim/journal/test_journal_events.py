"""Events as dataclasses, and catalogues of them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from sevis_sim.journal import COMMON, Catalogue, ClockMoved, Event, EventDescription, HandshakeFailed, RequestAnswered
from sevis_sim.journal import subject as subject_field

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class DoorOpened(Event):
    """A door was opened from outside.

    The one who opened it need not have closed it again.
    """

    kind = "door.opened"
    door: str = subject_field()
    visitor: int | None = subject_field("person", default=None)
    by: str

    def summary(self) -> str:
        return f"{self.by} opened door {self.door}"


def test_an_event_becomes_an_entry_with_known_ids_as_subjects_and_the_rest_as_detail() -> None:
    entry = DoorOpened(door="4", visitor=17, by="Ann").entry("default", NOW)
    assert (entry.sandbox, entry.instant, entry.kind) == ("default", NOW, "door.opened")
    assert entry.summary == "Ann opened door 4"
    assert entry.subjects == {"door": "4", "person": "17"}
    assert entry.detail == {"by": "Ann"}
    assert entry.id == 0


def test_an_id_that_is_not_known_is_no_subject() -> None:
    assert DoorOpened(door="", by="Ann").entry(None, NOW).subjects == {}


def test_a_catalogue_describes_its_events_by_their_docstrings() -> None:
    described = Catalogue(COMMON, DoorOpened).descriptions()
    assert [one.kind for one in described] == ["clock.moved", "door.opened", "handshake.failed", "request.answered"]
    assert described[1] == EventDescription(
        "door.opened",
        "A door was opened from outside.\n\nThe one who opened it need not have closed it again.",
        ("door", "person"),
        ("by",),
    )


def test_a_catalogue_knows_its_kinds() -> None:
    assert "door.opened" in Catalogue(DoorOpened)
    assert "door.opened" not in COMMON
    assert list(Catalogue(DoorOpened, DoorOpened)) == [DoorOpened]


def test_two_events_of_one_kind_are_refused() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Another(DoorOpened):
        """The same kind again."""

    with pytest.raises(ValueError, match=r"two events are of kind 'door\.opened'"):
        Catalogue(DoorOpened, Another)


def test_an_event_without_a_docstring_is_refused() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Silent(DoorOpened):
        kind = "door.silent"

    with pytest.raises(ValueError, match="Silent has no docstring"):
        Catalogue(Silent)


def test_an_event_that_is_no_dataclass_is_refused() -> None:
    class Plain(DoorOpened):
        """Its own fields would be missed."""

        kind = "door.plain"

    with pytest.raises(ValueError, match="Plain is no dataclass"):
        Catalogue(Plain)


def test_the_common_events_say_what_happened_in_one_line() -> None:
    events = [
        HandshakeFailed(
            peer="127.0.0.1:5000",
            failure="unknown-issuer",
            title="The issuer is unknown.",
            reason="unknown ca",
        ),
        RequestAnswered(exchange="1", method="POST", path="/upload", status=403, outcome="certificate expired"),
        RequestAnswered(exchange="2", method="GET", path="/download", status=200),
        ClockMoved(before=NOW, after=NOW.replace(hour=22), asked="next-window"),
    ]
    assert [event.summary() for event in events] == [
        "connection from 127.0.0.1:5000: The issuer is unknown. (unknown ca)",
        "POST /upload: 403 (certificate expired)",
        "GET /download: 200",
        "clock moved from 2026-03-06T12:00:00+00:00 to 2026-03-06T22:00:00+00:00",
    ]
