"""Is my file right? Predicts what SEVIS would answer to an upload and to each record in it, without a server.

Nothing that only business rules or explanations need is imported before it is needed: a valid file is told by lxml
alone (design.md §6).
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from lxml import etree

from sevis_sim.advice.check_draft import Draft, NoteDraft
from sevis_sim.advice.check_model import FileReport, Finding, Limits, Note, is_disposition
from sevis_sim.advice.check_places import Places
from sevis_sim.advice.check_sources import Source
from sevis_sim.domain.submissions import FILE_NAME_REMEDY, disagreements, file_name_problem, header_text
from sevis_sim.schemas import NotWellFormed, Release, Violation, parse

if TYPE_CHECKING:
    from sevis_sim.advice.check_rules import State

_SECTIONS = ("CreateStudent", "UpdateStudent", "CreateEV", "UpdateEV")
_MOST_VIOLATIONS = 10_000
_SHOWN = 200
_LONGEST_NAME = 150
_Place = tuple[int | None, int | None]


@dataclass(slots=True)
class Checker:
    """Checks one file after the other under the same conditions."""

    release: Release
    today: date | None = None
    """The Eastern day of processing; None: only the schema is looked at."""
    state: "State | None" = None
    """What SEVIS is taken to know; None: nothing, see `check_rules.check_rules`."""
    limits: Limits = field(default_factory=Limits)
    org_id: str | None = None
    """What the form will say, where this differs from the file; so the next two."""
    batch_id: str | None = None
    user_id: str | None = None
    _seen: dict[tuple[str, str], str] = field(default_factory=dict)
    """The file that had an organization's batch ID first, of those that would be accepted."""

    def check(self, source: Source) -> FileReport:
        """Check one file. Never raises for what stands in it."""
        if source.refused is not None:
            return FileReport(source.name, (source.refused,), refused=source.refused.code)
        try:
            root = parse(source.document).getroot()
        except NotWellFormed as error:
            remedy = error.remedy or "Send one well-formed XML document."
            place = error.line or None, error.column or None
            unread = Draft("S0012", error.message, line=place[0], column=place[1], remedy=remedy)
            return self._report(source, None, [*self._file_name(source), unread])
        report = self._report(source, root, list(self._judge(root, source)))
        if report.refused is None:  # a refused batch does not use up its ID
            self._seen.setdefault(self._form(root)[:2], source.name)
        return report

    def _judge(self, root: etree._Element, source: Source) -> Iterator[Draft | NoteDraft]:
        """Yield what is wrong with a well-formed document, in the order in which the service looks at it."""
        yield from self._sender(root, source.name)
        yield from self._file_name(source)
        org_id, batch_id, user_id = self._form(root)
        for differs in disagreements(root, org_id, batch_id, user_id):
            header = root.find("BatchHeader") if differs.code == "S0012" else root
            yield Draft(differs.code, differs.reason, root if header is None else header, remedy=differs.remedy)
        violations = self.release.validate(root.getroottree(), limit=_MOST_VIOLATIONS)
        yield from (_violation(each, root) for each in violations)
        if self.today is None:
            return
        if violations:
            yield NoteDraft("the business rules were not looked at: they need a file that the schema accepts")
            return
        from sevis_sim.advice.check_rules import check_rules

        yield from check_rules(root, self.state, self.today)

    def _form(self, root: etree._Element) -> tuple[str, str, str]:
        """Return organization, batch and user as the form will say them."""
        return (
            self.org_id or header_text(root, "OrgID") or "",
            self.batch_id or header_text(root, "BatchID") or "",
            self.user_id or root.get("userID") or "",
        )

    def _sender(self, root: etree._Element, name: str) -> Iterator[Draft | NoteDraft]:
        org_id, batch_id, user_id = self._form(root)
        if self.state is not None:
            from sevis_sim.advice.check_rules import check_sender

            unknown = check_sender(root, self.state, org_id, user_id)
            if unknown:
                yield unknown
        first = self._seen.get((org_id, batch_id))
        if first is not None and first != name:
            yield NoteDraft(f"{first} has batch {batch_id} of {org_id}, too: the second to be sent gets S0010")

    @staticmethod
    def _file_name(source: Source) -> Iterator[Draft]:
        problem = file_name_problem(source.file_name) if source.file_name is not None else None
        if problem:
            yield Draft("S0011", problem, remedy=FILE_NAME_REMEDY)

    def _report(self, source: Source, root: etree._Element | None, drafts: Sequence[Draft | NoteDraft]) -> FileReport:
        found = [each for each in drafts if isinstance(each, Draft)]
        noted = [each for each in drafts if isinstance(each, NoteDraft)]
        kept = found[: self.limits.max_findings or None]
        places = Places(source.document, root)
        elements = [*(each.element for each in kept), *(each.element for each in noted)]
        where = places.of(element for element in elements if element is not None)
        records = (_record_of(element) for element in elements if element is not None)
        numbers, total = _numbers(root, {record for record in records if record is not None})
        return FileReport(
            source.name,
            tuple(_finding(each, where, numbers, places) for each in kept),
            more=len(found) - len(kept),
            notes=tuple(_note(each, where, numbers) for each in noted),
            records=total,
            refused=next((each.code for each in found if is_disposition(each.code)), None),
        )


def _violation(violation: Violation, root: etree._Element) -> Draft:
    path, _, attribute = violation.path.partition("/@")
    element = None
    if path:
        try:
            found = root.getroottree().xpath(path)
        except etree.XPathError:  # a prefix that only the document knows
            found = None
        element = found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else None
    return Draft(
        "S0013",
        violation.message,
        element,
        attribute=attribute,
        line=violation.line,
        column=violation.column,
        path=violation.path,
        value=violation.value,
        remedy=violation.remedy,
    )


def _finding(
    draft: Draft,
    where: Mapping[etree._Element, _Place],
    numbers: Mapping[etree._Element, int],
    places: Places,
) -> Finding:
    line, column, path, value = draft.line, draft.column, draft.path, draft.value
    record = None
    if draft.element is not None:
        line, column = where.get(draft.element, (line, column))
        record = _record_of(draft.element)
        path = path or draft.element.getroottree().getpath(draft.element)
        if draft.attribute and not path.endswith(f"/@{draft.attribute}"):
            path += f"/@{draft.attribute}"
        if value is None and not draft.attribute and not len(draft.element):
            value = (draft.element.text or "").strip()[:_SHOWN]
    excerpt, pointer = places.excerpt(line, column)
    return Finding(
        draft.code,
        draft.message,
        line=line,
        column=column,
        path=path,
        record=numbers[record] if record is not None else None,
        request_id=_name(record.get("requestID")) if record is not None else "",
        person=_person(record) if record is not None else "",
        value=value,
        remedy=draft.remedy,
        excerpt=excerpt,
        pointer=pointer,
    )


def _note(draft: NoteDraft, where: Mapping[etree._Element, _Place], numbers: Mapping[etree._Element, int]) -> Note:
    if draft.element is None:
        return Note(draft.message)
    return Note(
        draft.message,
        line=where.get(draft.element, (None, None))[0],
        record=numbers.get(draft.element),
        request_id=_name(draft.element.get("requestID")),
        person=_person(draft.element),
    )


def _record_of(element: etree._Element) -> etree._Element | None:
    """Return the record that an element is, or stands in."""
    way = [element, *element.iterancestors()]
    return way[-3] if len(way) > 2 and way[-2].tag in _SECTIONS else None


def _numbers(
    root: etree._Element | None, wanted: Container[etree._Element]
) -> tuple[Mapping[etree._Element, int], int]:
    """Return the numbers of some records, from 1, and how many there are in all."""
    numbers: dict[etree._Element, int] = {}
    total = 0
    if root is None:
        return numbers, total
    for section in _SECTIONS:
        for record in root.iterfind(f"{section}/*"):
            total += 1
            if record in wanted:
                numbers[record] = total
    return numbers, total


def _person(record: etree._Element) -> str:
    name = next(record.iter("FullName"), None)
    parts = (name.findtext("FirstName"), name.findtext("LastName")) if name is not None else ()
    return _name(" ".join(" ".join(part.split()) for part in parts if part))


def _name(text: str | None) -> str:
    """Return a request ID or a name as far as it fits into a line."""
    return text[:_LONGEST_NAME] + "…" if text and len(text) > _LONGEST_NAME else text or ""
