"""What an uploaded batch says to a record of its result: who it is about, which event, which values were sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from lxml import etree

from sevis_sim.domain.records import Population
from sevis_sim.events.registry import UPDATES
from sevis_sim.schemas import NotWellFormed, parse

_SECTIONS: dict[str, tuple[Population, str]] = {
    "CreateStudent": ("student", "Student"),
    "UpdateStudent": ("student", "Student"),
    "CreateEV": ("exchangeVisitor", "ExchangeVisitor"),
    "UpdateEV": ("exchangeVisitor", "ExchangeVisitor"),
}
_BLOCKS = ("Address", "SiteOfActivity")
"""Ends of the names of alternatives: that one of several addresses is missing is worth telling only if all are."""


class UploadError(Exception):
    """The file is no batch. The text is one line that says why."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A value of the upload. ``line`` is the line of its element in the file, from 1."""

    path: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class UploadedRecord:
    """One ``Student`` or ``ExchangeVisitor`` element of an upload."""

    request_id: str
    event: str
    """As in the registry of events; ``""`` where the element holds none of them."""
    person: str
    """First and last name where the record carries them."""
    line: int
    element: etree._Element

    def sent(self, names: Sequence[str]) -> list[Sent]:
        """Return the values at the elements and ``@attributes`` of these names, in the order of the file."""
        wanted = frozenset(names)
        return [leaf for leaf, through in self._leaves() if wanted & through]

    def not_sent(self, names: Sequence[str]) -> list[str]:
        """Return which of the names the record has not; leaves out those that only an edit has (``New…``)."""
        through = frozenset[str]().union(*(steps for _, steps in self._leaves()))
        missing = [name for name in names if name not in through and not name.startswith("New")]
        if any(name in through for name in names):
            missing = [name for name in missing if not name.endswith(_BLOCKS)]
        return missing

    def _leaves(self) -> Iterator[tuple[Sent, frozenset[str]]]:
        """Yield every value with the names on the way to it."""
        for element in self.element.iter(etree.Element):
            steps = [element, *element.iterancestors()]
            names = [str(step.tag) for step in steps[: steps.index(self.element)]][::-1]
            path, line = "/".join(names), _line(element)
            for name, value in _attributes(element):
                if not name.startswith("{"):
                    yield Sent(f"{path}/@{name}".lstrip("/"), value, line), frozenset((*names, f"@{name}"))
            if names and not len(element):
                yield Sent(path, (element.text or "").strip(), line), frozenset(names)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A whole upload. Of records that share a request ID, which the schema forbids, the first counts."""

    batch_id: str
    org_id: str
    records: dict[str, UploadedRecord]


def read_upload(document: bytes) -> Uploaded:
    """Read a batch as it was uploaded. It need not agree with the schema.

    Raises:
        UploadError: it is no XML, or none of the two documents of the batch interface.

    """
    try:
        root = parse(document).getroot()
    except NotWellFormed as error:
        raise UploadError(f"not well-formed XML: {error}") from error
    if not str(root.tag).startswith("SEVISBatchCreateUpdate"):
        raise UploadError(
            f"the root element is {root.tag}; a batch has SEVISBatchCreateUpdateStudent or SEVISBatchCreateUpdateEV"
        )
    records: dict[str, UploadedRecord] = {}
    for section in root.iterchildren(*_SECTIONS):
        population, name = _SECTIONS[str(section.tag)]
        for element in section.iterchildren(name):
            record = _record(str(section.tag), population, element)
            records.setdefault(record.request_id, record)
    return Uploaded(_text(root, "BatchHeader/BatchID"), _text(root, "BatchHeader/OrgID"), records)


def _record(section: str, population: Population, element: etree._Element) -> UploadedRecord:
    event = section if section.startswith("Create") else ""
    if not event:
        event = next((path for path in UPDATES[population] if element.find(path) is not None), "")
    return UploadedRecord(
        request_id=str(element.get("requestID") or ""),
        event=event,
        person=_person(element),
        line=_line(element),
        element=element,
    )


def _person(element: etree._Element) -> str:
    """Return the name of the first person in the record: the principal, else the dependent the event is about."""
    name = next(element.iter("FullName"), None)
    return " ".join(filter(None, (_text(name, "FirstName"), _text(name, "LastName")))) if name is not None else ""


def _line(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 0


def _attributes(element: etree._Element) -> list[tuple[str, str]]:
    return [(str(name), str(element.get(name) or "")) for name in element.keys()]  # noqa: SIM118


def _text(parent: etree._Element, path: str) -> str:
    return " ".join((parent.findtext(path) or "").split())
