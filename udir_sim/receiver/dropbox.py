"""A folder for each campus in which files are left and reports are found.

A file that is complete is moved to ``taken/DOOR/LOCATION`` in the data directory, received, and archived; its report
appears where it was left: ``udirstud.txt`` becomes ``udirstud.txt.report.txt``, ``.report.json`` and ``.report.html``.
What a run that was killed had taken is received at the next start, so nothing that was complete is lost.
"""

import asyncio
import errno
import json
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from udir_sim.directory import Door
from udir_sim.receiver.errors import NotKept
from udir_sim.receiver.happenings import FileUnreadable
from udir_sim.receiver.intake import Intake
from udir_sim.receiver.judging import Arrival, Unreadable
from udir_sim.receiver.outcome import Outcome

REPORT = ".report"
UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp")
"""Endings of files that are still being written, as transfer programs name them; a leading dot says the same."""
_SIGN = "~"
_MAX_BYTES = 200


def is_file_to_take(name: str) -> bool:
    """Tell whether a file of this name is meant to be received: neither unfinished nor a report."""
    lower = name.lower()
    return not (lower.startswith(".") or lower.endswith(UNFINISHED) or REPORT in lower)


def shown_name(name: str) -> str:
    """Return what a file is called in reports, journal and database: printable, and short enough to have endings.

    A file name may hold whatever a disk takes: line ends, escape sequences, bytes that are no UTF-8.
    """
    text = "".join(character if character.isprintable() else "_" for character in name)
    return text.encode()[:_MAX_BYTES].decode(errors="ignore")


class Dropbox:
    """The folders of all campuses at one door."""

    def __init__(self, root: Path, taken: Path, door: Door, intake: Intake) -> None:
        """Prepare.

        Args:
            root: Has a folder for each location: ``root/06``.
            taken: Where files are moved that are being received.
            door: What reports and journal call it.
            intake: Receives them.

        """
        self.root = root
        self._taken = taken
        self._door = door
        self._intake = intake

    def ensure(self, locations: Sequence[str]) -> None:
        """Make the folders of these campuses."""
        for location in locations:
            (self.root / location).mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._taken / location).mkdir(mode=0o700, parents=True, exist_ok=True)

    async def receive(self, location: str, file: Path) -> Outcome | None:
        """Take a complete file out of a campus's folder and receive it; None where it is gone or cannot be checked.

        Raises:
            OSError: it cannot be moved.

        """
        name = shown_name(file.name)
        taken = self._taken / location / f"{secrets.token_hex(6)}{_SIGN}{name}"
        try:
            await asyncio.to_thread(_move, file, taken)
        except FileNotFoundError:
            return None
        return await self._receive(location, taken, name)

    async def receive_leftovers(self) -> list[Outcome]:
        """Receive what an earlier run had taken and not finished."""
        outcomes = []
        for folder in sorted(self._taken.iterdir()) if self._taken.is_dir() else ():
            for taken in sorted(folder.iterdir()):
                name = shown_name(taken.name.partition(_SIGN)[2])
                if name and (outcome := await self._receive(folder.name, taken, name)) is not None:
                    outcomes.append(outcome)
        return outcomes

    async def receive_waiting(self, locations: Sequence[str]) -> list[Outcome]:
        """Receive the files that lie in the folders of these campuses and are complete by their names."""
        outcomes = []
        for location in locations:
            for file in self.waiting(location):
                try:
                    outcome = await self.receive(location, file)
                except OSError as error:
                    await self.cannot_take(location, file, error)
                    continue
                if outcome is not None:
                    outcomes.append(outcome)
        return outcomes

    async def cannot_take(self, location: str, file: Path, error: OSError) -> None:
        """Tell the journal of a file that cannot be moved out of a campus's folder."""
        reason = f"it cannot be moved ({error.strerror or error})"
        said = {"location": location, "door": self._door, "name": shown_name(file.name)}
        await self._intake.note(FileUnreadable(**said, reason=reason))

    def waiting(self, location: str) -> list[Path]:
        """Return the files in a campus's folder that are to be received, by name."""
        folder = self.root / location
        with suppress(OSError):
            return sorted(place for place in folder.iterdir() if is_file_to_take(place.name) and _is_plain_file(place))
        return []

    async def _receive(self, location: str, taken: Path, name: str) -> Outcome | None:
        try:
            outcome = await self._intake.receive(Arrival(taken, location, name, self._door))
        except (Unreadable, NotKept) as error:
            title, detail = "Cannot be read", str(error)
            if isinstance(error, NotKept):
                title, detail = "Not kept", f"{error}; it is received when the receiver is started again"
            said = json.dumps({"title": title, "detail": detail}, indent=2)
            forms = {"txt": f"{title.upper()}\n\n{name}: {detail}\n", "json": f"{said}\n"}
            with suppress(OSError):
                await asyncio.to_thread(self._leave, location, name, forms)
            return None
        archive = self._intake.directory.archive
        reports = {form: await asyncio.to_thread(outcome.render, form, archive) for form in ("txt", "json", "html")}
        await asyncio.to_thread(self._leave, location, name, reports)
        return outcome

    def _leave(self, location: str, name: str, reports: dict[str, str]) -> None:
        """Put reports where the sender finds them; each appears whole."""
        for form, text in reports.items():
            target = self.root / location / f"{name}{REPORT}.{form}"
            draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
            draft.write_text(text, encoding="utf-8")
            draft.chmod(0o644)
            draft.replace(target)


def _is_plain_file(place: Path) -> bool:
    return place.is_file() and not place.is_symlink()


def _move(file: Path, target: Path) -> None:
    try:
        file.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copyfile(file, target)  # a watched folder on another disk
        file.unlink()
    if target.is_symlink():  # put there since we looked
        target.unlink()
        raise FileNotFoundError(file)
