"""Reports of checked files as text: place, finding, the line of the file with a pointer, the remedy."""

from collections.abc import Iterable, Iterator

from sevis_sim.advice.check_model import FileReport, Finding, Note

_MOST_NOTES = 5


def as_text(reports: Iterable[FileReport]) -> Iterator[str]:
    """Yield the lines of the reports."""
    for report in reports:
        for finding in report.findings:
            yield from _finding(report.name, finding)
        if report.more:
            yield f"{printable(report.name)}: {count(report.more, 'more finding')}; --max-findings 0 shows all"
        for note in report.notes[:_MOST_NOTES]:
            yield printable(f"{place(report.name, note.line, None)}: note: {who(note)}{note.message}")
        if len(report.notes) > _MOST_NOTES:
            yield f"{printable(report.name)}: {count(len(report.notes) - _MOST_NOTES, 'more note')}; --json shows all"
        yield printable(f"{report.name}: {summary(report)}")


def summary(report: FileReport) -> str:
    """Say in one line what would become of the batch."""
    records = count(report.records, "record")
    if report.refused:
        return f"would be refused with {report.refused}: {count(report.total, 'finding')}, {records}"
    if report.total:
        return f"{count(report.total, 'finding')} in {records}"
    undecided = f", {count(len(report.notes), 'note')}" if report.notes else ""
    return f"good: {records}{undecided}"


def place(name: str, line: int | None, column: int | None) -> str:
    """Return ``file:line:column`` as far as it is known."""
    return ":".join([name, *(str(each) for each in (line, column) if each)])


def who(about: Finding | Note) -> str:
    """Name the record that a finding or note is about: its number, request ID and person."""
    if about.record is None:
        return ""
    names = ", ".join(filter(None, (about.request_id, about.person)))
    return f"record {about.record} ({names}): " if names else f"record {about.record}: "


def count(number: int, noun: str) -> str:
    """Return ``1 record``, ``2 records``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def printable(text: str) -> str:
    """Return a text that a terminal and every format can bear: no control characters, no half characters."""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return clean.encode("utf-8", "replace").decode()


def _finding(name: str, finding: Finding) -> Iterator[str]:
    yield printable(f"{place(name, finding.line, finding.column)}: {finding.code} {who(finding)}{finding.message}")
    if finding.excerpt.strip():
        number = str(finding.line)
        yield printable(f"  {number} | {finding.excerpt}")
        yield f"  {' ' * len(number)} | {' ' * finding.pointer}^"
    if finding.remedy:
        yield printable(f"    → {' '.join(finding.remedy.split())}")
