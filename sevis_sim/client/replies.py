"""What came back, and in one line what it means if it is not what one hoped for."""

import html
import re
from dataclasses import dataclass

from sevis_sim.results import ArchiveError, LogError, ParsedArchive, ParsedLog, read_archive, read_log

_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_ZIP = (b"PK\3\4", b"PK\5\6")
_LOOKED_AT = 64 * 1024

_REMEDIES = {
    403: "the client certificate is missing, unknown, expired, revoked or not registered",
    404: "check the path of the URL",
    405: "check the path of the URL",
    413: "the file is larger than the service takes",
    503: "the service is closed or out of order at this time",
}


@dataclass(frozen=True, slots=True)
class UploadReply:
    """The answer to an upload."""

    http: int
    """HTTP status."""
    body: bytes
    log: ParsedLog | None = None
    """The transaction log; None if the answer is none."""
    title: str = ""
    """Title of an HTML page."""
    problem: str = ""
    """One line that says why there is no log; ``""`` if there is one."""

    @property
    def code(self) -> str:
        """Disposition of the upload; ``""`` if the answer names none."""
        return (self.log and self.log.upload_code) or ""

    @property
    def accepted(self) -> bool:
        """Whether the batch was accepted."""
        return self.code == "S0000"


@dataclass(frozen=True, slots=True)
class DownloadReply:
    """The answer to a download: a zip, a bare log, or neither."""

    http: int
    """HTTP status."""
    body: bytes
    archive: ParsedArchive | None = None
    """The zip; None if the answer is none, or one that cannot be read."""
    log: ParsedLog | None = None
    """The transaction log, in the zip or bare; None if there is none."""
    title: str = ""
    """Title of an HTML page."""
    problem: str = ""
    """One line that says why there is no log; ``""`` if there is one."""

    @property
    def code(self) -> str:
        """Disposition of the download; ``""`` if the answer names none."""
        return (self.log and self.log.download_code) or ""

    @property
    def ready(self) -> bool:
        """Whether this is the result of a processed batch."""
        return self.archive is not None and self.code == "S0000"


def upload_reply(http: int, body: bytes, location: str = "") -> UploadReply:
    """Make sense of the answer to an upload. ``location`` is the header of a redirect."""
    problem = _http_problem(http, body, location)
    if problem:
        return UploadReply(http, body, title=_title(body), problem=problem)
    try:
        return UploadReply(http, body, read_log(body))
    except LogError as error:
        title = _title(body)
        return UploadReply(http, body, title=title, problem=_no_log(title, error))


def download_reply(http: int, body: bytes, location: str = "") -> DownloadReply:
    """Make sense of the answer to a download; its first bytes tell a zip, whatever its headers say."""
    problem = _http_problem(http, body, location)
    if problem:
        return DownloadReply(http, body, title=_title(body), problem=problem)
    try:
        if body.startswith(_ZIP):
            archive = read_archive(body)
            return DownloadReply(http, body, archive, archive.log)
        return DownloadReply(http, body, log=read_log(body))
    except ArchiveError as error:
        return DownloadReply(http, body, problem=str(error))
    except LogError as error:
        title = _title(body)
        return DownloadReply(http, body, title=title, problem=_no_log(title, error))


def _http_problem(http: int, body: bytes, location: str) -> str:
    if 200 <= http < 300:
        return ""
    if 300 <= http < 400:
        # Following it would send a batch of personal data to an address that nobody has checked.
        return f"HTTP {http}: the service sends us on to {location[:300] or 'nowhere'}, and we do not follow"
    title, remedy = _title(body), _REMEDIES.get(http, "")
    number = str(http)
    said = title if title.startswith(number) else f"{number} {title}".rstrip()  # many titles begin with the number
    return f"HTTP {said}" + (f" ({remedy})" if remedy else "")


def _no_log(title: str, error: LogError) -> str:
    return f"the answer is an HTML page, {title!r}, and no transaction log" if title else str(error)


def _title(body: bytes) -> str:
    found = _TITLE.search(body[:_LOOKED_AT])
    return " ".join(html.unescape(found[1].decode("utf-8", "replace")).split())[:200] if found else ""
