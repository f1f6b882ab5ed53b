"""The students of a file as a program wants them: checked, repaired where the mode allows it, without padding."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from udir_sim.checker import Report, check
from udir_sim.checker.reading import name_of, opened
from udir_sim.directory.record import DirectoryRecord, record_of_content
from udir_sim.directory.rows import parts
from udir_sim.rules import Mode, Profile


class NotAccepted(Exception):
    """The file was held or refused, so nobody's record may be taken from it; ``report`` says why."""

    def __init__(self, report: Report) -> None:
        worst = report.results[0]
        super().__init__(f"{report.receipt.name}: {report.verdict.value}: {worst.rule}; print the report to see more")
        self.report = report


def read_records(
    source: Path | BinaryIO, *, as_of: date, mode: Mode = Mode.STRICT, profile: Profile | None = None
) -> Iterator[DirectoryRecord]:
    """Yield the students of a file in its order, as the directory would load them.

    In lenient mode records with an ERROR are left out: of them, who keeps a directory keeps the previous ones.

    Args:
        source: The file, plain or .gz; or an open binary file, which need not be seekable.
        as_of: The day of receipt.
        mode: As of `check`.
        profile: As of `check`.

    Raises:
        InputError: the file cannot be read. Like the next, before the first student.
        NotAccepted: the file is not good.

    """
    with opened(source) as file:
        start = file.tell()
        report = check(file, as_of=as_of, mode=mode, profile=profile, samples=1, name=name_of(source), checksum=False)
        if not report.verdict.accepted:
            raise NotAccepted(report)
        file.seek(start)
        for part in parts(file, report.receipt.location, report.plan):
            for row in part.rows:
                yield record_of_content(row.tobytes())
