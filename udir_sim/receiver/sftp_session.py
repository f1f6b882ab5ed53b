"""One SFTP session: what a campus can do in its folder, which is to leave files there and to read reports."""

import asyncio
import os
import posixpath
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh.sftp import SFTPAttrs, SFTPName

from sevis_sim.faults import Faults, FaultStruck, Struck
from udir_sim.receiver import mischief
from udir_sim.receiver.campuses import Campus
from udir_sim.receiver.dropbox import Dropbox, is_file_to_take
from udir_sim.receiver.happenings import TransferBroken
from udir_sim.receiver.intake import Intake
from udir_sim.receiver.spool import Spool

WAIT_SECONDS = 30.0
"""How long a client that lists its folder waits for the report of what it has just sent."""
_MAX_NAME = 120


@dataclass(eq=False)
class _Upload:
    """A file that a client is writing."""

    file: Any
    place: Path
    """Where its bytes are."""
    target: Path
    """Where it will appear."""
    struck: Struck
    begun: float
    """By the event loop's clock."""
    size: int = 0


class Session(asyncssh.SFTPServer):
    """One SFTP session, in the folder of its campus. There are no links in it and none can be made."""

    def __init__(
        self,
        channel: asyncssh.SSHServerChannel[bytes],
        campus: Campus,
        *,
        intake: Intake,
        faults: Faults,
        spool: Spool,
        dropbox: Dropbox,
        now: Callable[[], datetime],
        soon: Callable[[Coroutine[Any, Any, object]], asyncio.Task[Any]],
    ) -> None:
        """Begin.

        Args:
            channel: Of asyncssh.
            campus: Who logged in.
            intake: Keeps the journal.
            faults: Asked at the place ``transfer``.
            spool: Where a file's bytes go until it is closed.
            dropbox: The campus's folder, and who receives what is in it.
            now: Simulated time.
            soon: Does what the session cannot wait for.

        """
        root = dropbox.root / campus.location
        super().__init__(channel, chroot=os.fsencode(root))
        self._campus = campus
        self._intake = intake
        self._faults = faults
        self._spool = spool
        self._dropbox = dropbox
        self._now = now
        self._soon = soon
        self._root = root
        self._gone = False
        self._receiving: set[asyncio.Task[Any]] = set()

    # -- writing -----------------------------------------------------------------------------------------------------

    async def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> object:
        """Open a file: to read one that is there, or to write a new one."""
        if not pflags & asyncssh.FXF_WRITE:
            await self._settled()
            return super().open(path, pflags, attrs)
        if pflags & asyncssh.FXF_READ:
            raise asyncssh.SFTPPermissionDenied("a file is written from its beginning, not changed")
        target = self._target(path)
        if pflags & asyncssh.FXF_EXCL and target.exists():
            raise asyncssh.SFTPFailure(f"{target.name} is there already")
        facts = {"location": self._campus.location, "door": "sftp", "file": target.name}
        struck = self._faults.strike(mischief.TRANSFER, facts, self._now())
        for fault in struck:
            await self._intake.note(FaultStruck.of(fault))
        place = self._spool.place()
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        return _Upload(os.fdopen(descriptor, "wb"), place, target, struck, asyncio.get_running_loop().time())

    def open56(self, _path: bytes, _desired_access: int, _flags: int, _attrs: SFTPAttrs) -> object:
        """Refuse: version 3 is what is offered, and what every client speaks."""
        raise asyncssh.SFTPOpUnsupported("SFTP version 3 only")

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Write a part, within the limits, at the pace of a fault."""
        upload = _upload(file_obj)
        end = offset + len(data)
        if end > self._spool.limits.max_bytes:
            raise asyncssh.SFTPFailure(f"more than {self._spool.limits.max_bytes:,} bytes are not taken")
        if asyncio.get_running_loop().time() - upload.begun > self._spool.limits.seconds:
            raise asyncssh.SFTPFailure(f"a file may take {self._spool.limits.seconds:g} s; send it again")
        interrupt, slow = upload.struck.value("interrupt"), upload.struck.value("slow")
        if interrupt is not None and end > interrupt:
            self._gone = True
            self.connection.abort()
            raise asyncssh.SFTPConnectionLost("interrupted by a fault")
        if slow is not None:
            await self._spool.sleep(len(data) / max(slow, 1))
        upload.file.seek(offset)
        written: int = upload.file.write(data)
        upload.size = max(upload.size, end)
        return written

    def close(self, file_obj: object) -> None:
        """Close a file. One that was written appears under its name, unless the connection is what ended."""
        if not isinstance(file_obj, _Upload):
            super().close(file_obj)
            return
        file_obj.file.close()
        # asyncssh closes what is open when a connection is lost too, and says so with `exit` directly afterwards.
        asyncio.get_running_loop().call_soon(self._complete, file_obj)

    def exit(self) -> None:
        """Note that the session is over."""
        self._gone = True

    def _complete(self, upload: _Upload) -> None:
        if self._gone:
            upload.place.unlink(missing_ok=True)
            said = {"location": self._campus.location, "door": "sftp", "name": upload.target.name}
            reason = "the connection ended before the file was closed"
            self._soon(self._intake.note(TransferBroken(**said, bytes=upload.size, reason=reason)))
            return
        upload.place.replace(upload.target)
        self._take(upload.target)

    def _take(self, target: Path) -> None:
        """Receive a file that is complete, if its name says so."""
        if is_file_to_take(target.name) and target.parent == self._root:
            task = self._soon(self._dropbox.receive(self._campus.location, target))
            self._receiving.add(task)
            task.add_done_callback(self._receiving.discard)

    async def _settled(self) -> None:
        """Wait until the reports of what this session sent are there, but not for ever."""
        if self._receiving:
            await asyncio.wait(set(self._receiving), timeout=WAIT_SECONDS)

    def _target(self, path: bytes) -> Path:
        """Return where a file is to appear: directly in the campus's folder."""
        name = posixpath.normpath(posixpath.join(b"/", path)).lstrip(b"/")
        try:
            text = name.decode("utf-8")
        except UnicodeDecodeError:
            raise asyncssh.SFTPFailure("a file name is UTF-8") from None
        if not text or "/" in text or "\0" in text or len(text) > _MAX_NAME:
            raise asyncssh.SFTPPermissionDenied(f"files go directly into / under a name of up to {_MAX_NAME} letters")
        return self._root / text

    # -- looking round -----------------------------------------------------------------------------------------------

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        """List a folder, once the reports of what was just sent are in it."""
        await self._settled()
        async for name in super().scandir(path):
            yield name

    async def stat(self, path: bytes) -> Any:
        """Say what a file is."""
        await self._settled()
        return super().stat(path)

    async def lstat(self, path: bytes) -> Any:
        """Say what a file is."""
        await self._settled()
        return super().lstat(path)

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename a file; under a finished name it is received."""
        target = self._target(newpath)
        self._target(oldpath)
        super().rename(oldpath, newpath)
        self._take(target)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename a file in place of another; under a finished name it is received."""
        target = self._target(newpath)
        self._target(oldpath)
        super().posix_rename(oldpath, newpath)
        self._take(target)

    def fstat(self, file_obj: object) -> Any:
        """Say what an open file is."""
        return super().fstat(file_obj.file if isinstance(file_obj, _Upload) else file_obj)

    def read(self, file_obj: object, offset: int, size: int) -> Any:
        """Read of a file that was opened to be read."""
        if isinstance(file_obj, _Upload):
            raise asyncssh.SFTPPermissionDenied("this file is open to be written")
        return super().read(file_obj, offset, size)

    def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Take no notice: clients set times and modes after an upload, and must not fail for it."""

    lsetstat = setstat

    def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """Take no notice, as `setstat`."""

    def fsync(self, file_obj: object) -> None:
        """Write what is buffered."""
        if isinstance(file_obj, _Upload):
            file_obj.file.flush()

    def mkdir(self, path: bytes, _attrs: SFTPAttrs) -> None:
        """Refuse."""
        raise asyncssh.SFTPPermissionDenied(f"there are no folders here, and {path!r} will not be one")

    def rmdir(self, path: bytes) -> None:
        """Refuse."""
        raise asyncssh.SFTPPermissionDenied(f"{path!r} stays")

    def symlink(self, _oldpath: bytes, _newpath: bytes) -> None:
        """Refuse: a link could lead out of the folder."""
        raise asyncssh.SFTPOpUnsupported("there are no links here")

    def link(self, _oldpath: bytes, _newpath: bytes) -> None:
        """Refuse, as `symlink`."""
        raise asyncssh.SFTPOpUnsupported("there are no links here")

    def readlink(self, _path: bytes) -> bytes:
        """Refuse, as `symlink`."""
        raise asyncssh.SFTPOpUnsupported("there are no links here")


def _upload(file_obj: object) -> _Upload:
    if not isinstance(file_obj, _Upload):
        raise asyncssh.SFTPPermissionDenied("this file is open to be read")
    return file_obj
