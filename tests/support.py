"""What tests of the whole simulator share: raw requests, reference files, small readers."""

import io
import ssl
import zipfile
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from lxml import etree

from sevis_sim.resources import folder

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT.parent / "shared" / "reference"
FILES = folder("scenarios") / "files"

SCHOOL, PDSO = "ABC214F00012000", "pdso000001"
SPONSOR, RO = "P-1-12345", "roff000001"


@dataclass(frozen=True)
class Reply:
    status: int
    content_type: str
    body: bytes
    headers: dict[str, str]

    @property
    def log(self) -> etree._Element:
        """The transaction log, plain or from the zip."""
        if self.content_type == "application/zip":
            with zipfile.ZipFile(io.BytesIO(self.body)) as archive:
                return etree.fromstring(archive.read("sevis_transaction_log.xml"))
        return etree.fromstring(self.body)

    @property
    def code(self) -> str:
        """The result code of the last stage in the log."""
        detail = self.log.find("BatchDetail")
        return detail[-1].get("resultCode")

    @property
    def names(self) -> list[str]:
        with zipfile.ZipFile(io.BytesIO(self.body)) as archive:
            return archive.namelist()


async def send(url: str, context: ssl.SSLContext | None, method: str = "POST", **kwargs) -> Reply:
    connector = aiohttp.TCPConnector(ssl=context if context is not None else False, force_close=True)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.request(method, url, **kwargs) as response,
    ):
        body = await response.read()
        return Reply(response.status, response.content_type, body, dict(response.headers))


def form(document: bytes | None, org: str | None, batch: str | None, user: str | None, file_name: str = "batch.xml"):
    """A multipart body in curl's manner, and its Content-Type."""
    boundary = "----------------------------f00dcafe"
    parts = []
    for name, text in (("orgid", org), ("batchid", batch), ("userid", user)):
        if text is not None:
            parts.append(f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode())
    if document is not None:
        head = f'Content-Disposition: form-data; name="xml"; filename="{file_name}"\r\nContent-Type: application/xml'
        parts.append(head.encode() + b"\r\n\r\n" + document)
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    body += b"--" + boundary.encode() + b"--\r\n"
    return body, f"multipart/form-data; boundary={boundary}"


async def upload(
    sim, document, *, party=None, org=None, batch=None, user=None, file_name="batch.xml", system="production"
):
    """Upload as a party; the fields default to the document's header and the party's user."""
    party = party or sim.school()
    org = org if org is not None else party.org_id
    if batch is None:
        batch = etree.fromstring(document).findtext("BatchHeader/BatchID")
    user = user if user is not None else party.user_id
    body, content_type = form(document, org, batch, user, file_name)
    return await send(sim.upload_url(system), party.ssl_context(), data=body, headers={"Content-Type": content_type})


async def download(sim, batch, *, party=None, org=None, user=None, system="production", method="GET"):
    party = party or sim.school()
    fields = {"orgid": org or party.org_id, "batchid": batch, "userid": user or party.user_id}
    where = {"params": fields} if method == "GET" else {"data": fields}
    return await send(sim.download_url(system), party.ssl_context(), method, **where)


def sample(name: str) -> bytes:
    return (FILES / name).read_bytes()


def with_batch(document: bytes, batch: str) -> bytes:
    old = etree.fromstring(document).findtext("BatchHeader/BatchID")
    return document.replace(f"<BatchID>{old}</BatchID>".encode(), f"<BatchID>{batch}</BatchID>".encode())
