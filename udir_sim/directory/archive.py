"""Files as they were sent and reports as they were given, kept under the id of their delivery.

::

    files/06/06-1f3a….txt            as sent; .gz where it came packed
    reports/06/06-1f3a….json .txt .html

Everything is written whole or not at all, before the database names it; what the database never came to name is
overwritten when the campus sends the file again.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from udir_sim.directory.model import Delivery

KINDS = ("json", "txt", "html")
"""Endings of a report's files."""
_GZIP = b"\x1f\x8b"


class Archive:
    """The folders ``files`` and ``reports`` of a data directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, delivery: Delivery) -> Path:
        """Return where the file of a delivery is kept."""
        return self.folder / delivery.file

    def keep_file(self, source: Path, delivery_id: str) -> str:
        """Keep a file; return its place relative to the folder. ``source`` stays, and must not change any more."""
        with source.open("rb") as file:
            packed = file.read(2) == _GZIP
        place = Path("files") / delivery_id[:2] / f"{delivery_id}.{'gz' if packed else 'txt'}"
        target = self.folder / place
        _private(target.parent)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            try:
                os.link(source, draft)
            except OSError:  # another disk, or one without links
                shutil.copyfile(source, draft)
            draft.chmod(0o600)
            _to_disk(draft)
            draft.replace(target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _to_disk(target.parent)
        return str(place)

    def keep_report(self, delivery_id: str, report: Mapping[str, str]) -> str:
        """Keep a report in all its forms, by ending; return the SHA-256 of the JSON."""
        folder = self.folder / "reports" / delivery_id[:2]
        _private(folder)
        for kind in KINDS:
            target = folder / f"{delivery_id}.{kind}"
            draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
            draft.write_bytes(report[kind].encode())
            draft.chmod(0o600)
            _to_disk(draft)
            draft.replace(target)
        _to_disk(folder)
        return hashlib.sha256(report["json"].encode()).hexdigest()

    def report_path(self, delivery_id: str, kind: str) -> Path:
        """Return where a report is kept in one of its forms."""
        return self.folder / "reports" / delivery_id[:2] / f"{delivery_id}.{kind}"

    def forget(self, keep: Collection[str], location: str | None = None) -> None:
        """Delete the files and reports of all deliveries but those named, of a location or of all.

        What a crash left before the database named it goes, too.
        """
        for kind in ("files", "reports"):
            for place in (self.folder / kind).glob(f"{location or '*'}/*"):
                if place.name.split(".")[0] not in keep:
                    place.unlink(missing_ok=True)


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _to_disk(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows does not open folders
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
