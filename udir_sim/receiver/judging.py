"""Is the file good, and whose is it: from a file at a door to what is to become of it. All of it is done in threads."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from udir_sim.directory import Delivery, Directory, DirectoryError, Door, Load, State
from udir_sim.directory.directory import DirectoryTransaction
from udir_sim.rules import Mode, Profile

if TYPE_CHECKING:  # needs numpy
    from udir_sim.checker import LoadPlan, Report

_RULES_NAMED = 5
_PART = 1 << 20


class Unreadable(Exception):
    """A file that cannot be checked at all: a damaged .gz, too large; the message is one line."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A whole file, at a door."""

    path: Path
    """Of ours; deleted once what became of it is durable."""
    location: str
    """Whose: as the certificate, the account or the folder says."""
    name: str
    door: Door

    @property
    def facts(self) -> dict[str, str]:
        """What faults can ask for."""
        return {"location": self.location, "door": self.door, "file": self.name}


@dataclass(frozen=True, slots=True)
class Judged:
    """A file in the archive, and what is to become of it."""

    delivery: Delivery
    plan: "LoadPlan"


class Judge:
    """Checks the files of one receiver."""

    def __init__(
        self,
        directory: Directory,
        *,
        zone: tzinfo,
        mode: Mode = Mode.STRICT,
        profile: Profile | None = None,
        max_bytes: int,
    ) -> None:
        """Make a judge.

        Args:
            directory: Knows the file in force, and keeps files and reports.
            zone: In which the day of receipt is reckoned.
            mode: How files are judged.
            profile: Thresholds and severities.
            max_bytes: Largest content, unpacked.

        """
        self.directory = directory
        self.mode = mode
        self.profile = profile or Profile()
        self.max_bytes = max_bytes
        self._zone = zone

    def digest(self, path: Path) -> str:
        """Return the SHA-256 of what is in a file, unpacked; Unreadable where that cannot be."""
        return _content_digest(path, self.max_bytes)

    def judge(self, arrival: Arrival, delivery_id: str, now: datetime, hold: str | None) -> Judged:
        """Check a file and put it and its report into the archive; in a thread."""
        from udir_sim.checker import InputError, check
        from udir_sim.reports import to_html, to_json, to_text

        in_force = self.directory.in_force(arrival.location)
        foreign = _header_location(arrival.path, self.max_bytes) not in (None, arrival.location)
        previous = None if foreign else self._file_in_force(arrival.location)
        try:
            report = check(
                arrival.path,
                as_of=self._day(now),
                mode=self.mode,
                profile=self.profile,
                previous=previous,
                max_bytes=self.max_bytes,
                name=arrival.name,
            )
        except InputError as error:
            raise Unreadable(_without_path(error, arrival)) from error
        verdict, receipt = report.verdict, report.receipt
        foreign = receipt.location != arrival.location
        if foreign and receipt.location:
            state, note = State.REFUSED, f"the file is of location {receipt.location}, its sender of {arrival.location}"
        elif verdict.accepted and not foreign:
            state, note = (State.HELD, hold) if hold is not None else (State.LOADED, "")
        else:
            fatal = verdict.name == "REFUSED" or foreign
            state, note = State.REFUSED if fatal else State.HELD, _worst(report)
        archive = self.directory.archive
        report_digest = archive.keep_report(
            delivery_id, {"json": to_json(report), "txt": to_text(report), "html": to_html(report)}
        )
        file_digest = _file_digest(arrival.path)
        file = archive.keep_file(arrival.path, delivery_id)
        delivery = Delivery(
            id=delivery_id,
            location=arrival.location,
            sha256=receipt.sha256,
            name=arrival.name,
            door=arrival.door,
            received=now,
            bytes=receipt.bytes,
            header_location=receipt.location,
            created=receipt.created,
            data_records=receipt.data_records,
            verdict=verdict.value,
            state=state,
            note=note,
            file=file,
            file_sha256=file_digest,
            report_sha256=report_digest,
            against=in_force.number if in_force is not None else 0,
        )
        return Judged(delivery, report.plan)

    def check_again(self, delivery: Delivery) -> "Report":
        """Check a held file again, in lenient mode, to release it; DirectoryError where it cannot be read."""
        from udir_sim.checker import InputError, check

        try:
            return check(
                self.directory.archive.path(delivery),
                as_of=self._day(delivery.received),
                mode=Mode.LENIENT,
                profile=self.profile,
                max_bytes=self.max_bytes,
                checksum=False,
            )
        except InputError as error:
            raise DirectoryError(f"the file of {delivery.id} cannot be read any more: {error}") from error

    def _day(self, instant: datetime) -> date:
        return instant.astimezone(self._zone).date()

    def keep(self, tx: DirectoryTransaction, judged: Judged, now: datetime) -> Load | None:
        """Keep a delivery, and load it if it is to be; in the database's thread."""
        tx.deliveries.add(judged.delivery)
        return self.load(tx, judged, now) if judged.delivery.state is State.LOADED else None

    def load(self, tx: DirectoryTransaction, judged: Judged, now: datetime) -> Load:
        """Load the records of a file; in the database's thread."""
        from udir_sim.checker.reading import opened
        from udir_sim.directory.loading import load

        with opened(self.directory.archive.path(judged.delivery), self.max_bytes) as file:
            return load(tx.connection, tx.dialect, tx.loads, judged.delivery, file, judged.plan, now)

    def _file_in_force(self, location: str) -> Path | None:
        file = self.directory.file_in_force(location)
        return file if file is not None and file.exists() else None


def _worst(report: "Report") -> str:
    """Return the rules that held or refused a file, the worst first, in one line."""
    from udir_sim.rules import Severity

    rules = list(dict.fromkeys(each.rule for each in report.results if each.severity >= Severity.ERROR))
    more = f" and {len(rules) - _RULES_NAMED} more" if len(rules) > _RULES_NAMED else ""
    return f"see {', '.join(rules[:_RULES_NAMED])}{more} in the report"


def _content_digest(path: Path, max_bytes: int) -> str:
    """Return the SHA-256 of what is in a file, unpacked."""
    from udir_sim.checker import InputError
    from udir_sim.checker.reading import opened

    try:
        with opened(path, max_bytes) as file:
            return _digest(file)
    except InputError as error:
        raise Unreadable(str(error).removeprefix(f"{path}: ")) from error


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while part := file.read(_PART):
        digest.update(part)
    return digest.hexdigest()


def _header_location(path: Path, max_bytes: int) -> str | None:
    from udir_sim.checker.prologue import Prologue
    from udir_sim.checker.reading import opened, size_of
    from udir_sim.checker.tally import Tally

    with opened(path, max_bytes) as file:
        header = Prologue.of(file, size_of(file), Tally(Mode.LENIENT, Profile(), 0)).header
    return header.location.decode() if header is not None and header.location is not None else None


def _without_path(error: Exception, arrival: Arrival) -> str:
    return str(error).removeprefix(f"{arrival.path}: ").removeprefix(f"{arrival.name}: ")
