"""What can happen, as classes: an event is a dataclass, its docstring is its documentation.

Declare an event where it happens, then name it in that package's `Catalogue`::

    @dataclass(frozen=True, kw_only=True)
    class DoorOpened(Event):
        \"\"\"A door was opened from outside.\"\"\"

        kind = "door.opened"
        door: str = subject()
        by: str

        def summary(self) -> str:
            return f"{self.by} opened door {self.door}"

    await journal.record(DoorOpened(door="4", by="Ann").entry(sandbox, instant))
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, ClassVar

from sevis_sim.store import Entry


def subject(name: str = "", **options: Any) -> Any:
    """Return a dataclass field that holds an id which ties entries together, under its own or another name.

    Args:
        name: what the id identifies, where the field is called otherwise.
        options: as of `dataclasses.field`, for instance ``default=None`` for an id that may be unknown.
    """
    return field(metadata={"subject": name or True}, **options)


@dataclass(frozen=True, kw_only=True)
class Event(ABC):
    """Something that happened. Subclasses are frozen dataclasses with a ``kind`` and a docstring."""

    kind: ClassVar[str]
    """Dotted name, lower case: what it happened to, then what happened."""

    @abstractmethod
    def summary(self) -> str:
        """Return one line of plain English that says what happened."""

    def entry(self, sandbox: str | None, instant: datetime) -> Entry:
        """Return the journal entry of this event: ids that are known as subjects, all other fields as detail."""
        subjects: dict[str, str] = {}
        detail: dict[str, Any] = {}
        for member in fields(self):
            value = getattr(self, member.name)
            name = _subject_of(member.name, member.metadata)
            if name is None:
                detail[member.name] = value
            elif value not in (None, ""):
                subjects[name] = str(value)
        return Entry(sandbox, instant, self.kind, self.summary(), subjects, detail)


@dataclass(frozen=True, slots=True)
class EventDescription:
    """What there is to know of a kind of event without one at hand."""

    kind: str
    text: str
    """Its documentation, one paragraph or more."""
    subjects: tuple[str, ...]
    fields: tuple[str, ...]
    """Names in its detail."""


class Catalogue:
    """The kinds of events of one or more packages, each with its documentation; cannot be changed."""

    def __init__(self, *events: "type[Event] | Catalogue") -> None:
        """Collect events and the events of other catalogues.

        Raises:
            ValueError: two events of one kind, or one that is no dataclass or has no docstring.
        """
        self._events: dict[str, type[Event]] = {}
        for event in events:
            for one in event if isinstance(event, Catalogue) else (event,):
                if self._events.setdefault(one.kind, one) is not one:
                    raise ValueError(f"two events are of kind {one.kind!r}: give {one.__name__} another")
                if "__dataclass_params__" not in vars(one) or not is_dataclass(one):
                    raise ValueError(f"event {one.__name__} is no dataclass: decorate it")
                if not _documentation(one):
                    raise ValueError(f"event {one.__name__} has no docstring: say what happened")

    def __iter__(self) -> Iterator[type[Event]]:
        return iter(self._events.values())

    def __contains__(self, kind: object) -> bool:
        return kind in self._events

    def descriptions(self) -> list[EventDescription]:
        """Return the documentation of all kinds, by name."""
        return [_describe(self._events[kind]) for kind in sorted(self._events)]


def _describe(event: type[Event]) -> EventDescription:
    subjects, others = [], []
    for member in fields(event):
        name = _subject_of(member.name, member.metadata)
        if name is None:
            others.append(member.name)
        else:
            subjects.append(name)
    return EventDescription(event.kind, _documentation(event), tuple(subjects), tuple(others))


def _subject_of(field_name: str, metadata: Mapping[Any, Any]) -> str | None:
    marked = metadata.get("subject")
    return field_name if marked is True else marked


def _documentation(event: type[Event]) -> str:
    text = inspect.cleandoc(vars(event).get("__doc__") or "")
    # What @dataclass writes where there is no docstring.
    return "" if text.startswith(f"{event.__name__}(") else text
