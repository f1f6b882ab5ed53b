"""Files of a few students, and a University Directory in which no time passes by itself."""

import hashlib
from collections.abc import Mapping
from contextlib import asynccontextmanager
from datetime import date

import aiohttp

from sevis_sim.clock import Clock, parse_stamp
from udir_sim import UniversityDirectory
from udir_sim.rules.examples import record_bytes
from udir_sim.university import Settings

NOON = parse_stamp("1999-09-02T12:00-07:00")
FIRST = date(1999, 9, 1)
SECOND = date(1999, 9, 2)

_STUDENT = {
    "D07": "Y",
    "D08": "Sample",
    "D09": "Lin",
    "D10": "G",
    "D11": "R",
    "D12": "19990923",
    "D13": "19991211",
    "D14": "19990915",
    "D15": "20000103",
}


def student_id(number: int) -> str:
    """The hash of an invented Student ID."""
    return hashlib.sha1(f"SIM{number:07}".encode()).hexdigest().upper()


def student(number: int, location: str = "06", **fields: str) -> bytes:
    """The data record of an invented student, with Net ID and Campus ID made of the number."""
    own = {"D01": location, "D02": student_id(number), "D05": f"A{number}", "D06": f"NET{number}"}
    return bytes(record_bytes(_STUDENT | own | fields))


def file_of(*records: bytes, location: str = "06", created: date = FIRST, count: int | None = None) -> bytes:
    """A whole file."""
    head = {"H01": "H", "H02": location, "H03": "UDIRSTUD", "H04": f"{created:%Y%m%d}"}
    tail = {"T01": "T", "T02": location, "T03": "UDIRSTUD", "T04": f"{len(records) if count is None else count:08}"}
    return b"".join(bytes(each) + b"\r\n" for each in (record_bytes(head), *records, record_bytes(tail)))


def students(numbers: range, created: date = FIRST, location: str = "06", **fields: str) -> bytes:
    """A file of students by their numbers."""
    return file_of(*(student(number, location, **fields) for number in numbers), location=location, created=created)


class Naps:
    """Stands in for `asyncio.sleep`: notes how long was asked for, and does not wait."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def running(naps: Naps | None = None, sftp: bool = False, **settings):
    """A University Directory at noon of 2 September 1999, in a temporary folder, on free ports."""
    options = {"watch_seconds": 0, **settings}
    clock = Clock.frozen(NOON)
    async with UniversityDirectory(Settings(**options), clock=clock, sftp=sftp, sleep=naps or Naps()) as udir:
        yield udir


@asynccontextmanager
async def campus_client(udir: UniversityDirectory, location: str | None = "06"):
    """An HTTP client with the certificate of a campus; None sends none."""
    if location is None:
        import ssl

        context = ssl.create_default_context(cadata=udir.ca.decode())
    else:
        context = udir.campus(location).identity.ssl_context(udir.ca)
    connector = aiohttp.TCPConnector(ssl=context)
    async with aiohttp.ClientSession(udir.url, connector=connector) as session:
        yield session


async def put(client: aiohttp.ClientSession, content: bytes, name: str = "udirstud.txt", **headers: str):
    """Send a file; return status and answer, of JSON as values."""
    wanted: Mapping[str, str] = {"Accept": "application/json"} | headers
    async with client.put(f"/v1/files/{name}", data=content, headers=wanted) as answer:
        return answer.status, await (answer.json() if answer.content_type == "application/json" else answer.text())


async def post(client: aiohttp.ClientSession, content: bytes):
    """Send a file by POST, which aiohttp's client does not try again by itself as it does with PUT."""
    async with client.post("/v1/files", data=content, headers={"Accept": "application/json"}) as answer:
        return answer.status, await (answer.json() if answer.content_type == "application/json" else answer.text())


async def kinds(udir: UniversityDirectory, *wanted: str) -> list[str]:
    """The summaries of journal entries of some kinds, in order."""
    return [entry.summary for entry in await udir.journal.query(None, wanted or None, limit=500)]
