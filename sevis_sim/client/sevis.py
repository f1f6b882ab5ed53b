"""A SEVIS client: uploads and downloads batches over mutual TLS (design.md §3.1)."""

import io
import ssl
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import aiohttp

from sevis_sim import __version__
from sevis_sim.client.errors import FAILURES, ClientError, explain
from sevis_sim.client.form import FilePart, multipart
from sevis_sim.client.header import read_header
from sevis_sim.client.replies import DownloadReply, UploadReply, download_reply, upload_reply
from sevis_sim.client.settings import ClientSettings
from sevis_sim.client.tls import client_context

DEFAULT_TIMEOUT = 120.0
"""Seconds for one request; a real service has been seen to hang for 93 (reference sevis-protocol.md §1.2)."""
MAX_UPLOAD_REPLY = 64 * 1024 * 1024
MAX_DOWNLOAD_REPLY = 512 * 1024 * 1024
"""Bytes of an answer; what is longer is given up."""

_MISSING = {
    "orgid": "organization: the file's OrgID is blank; name it (--org, SEVIS_SIM_ORG_ID)",
    "batchid": "batch ID: the file's BatchID is blank; name it (--batch)",
    "userid": "user: the file's root element has no userID; name it (--user, SEVIS_SIM_USER_ID)",
}


class SevisClient:
    """Uploads batches and downloads results.

    Use it as ``async with``, or call `close` in the end. One client keeps its connections open between requests.
    """

    def __init__(
        self,
        upload_url: str,
        download_url: str,
        ssl_context: ssl.SSLContext | None = None,
        *,
        cert: Path | None = None,
        key: Path | None = None,
        ca: Path | None = None,
        org_id: str = "",
        user_id: str = "",
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Make a client of one service.

        Args:
            upload_url: Where to upload.
            download_url: Where to download.
            ssl_context: Presents the client certificate; else one is made of ``cert``, ``key`` and ``ca``.
            cert: As in `client_context`.
            key: As in `client_context`.
            ca: As in `client_context`.
            org_id: Organization where neither call nor file names one.
            user_id: User where neither call nor file names one.
            timeout: Seconds for one request.

        Raises:
            ClientError: as `client_context`.

        """
        self.upload_url, self.download_url = upload_url, download_url
        self.org_id, self.user_id = org_id, user_id
        self._context = ssl_context or client_context(cert, key, ca)
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def from_settings(cls, settings: ClientSettings, timeout: float = DEFAULT_TIMEOUT) -> Self:
        """Make a client as the settings say.

        Raises:
            ClientError: a URL is missing, or as `client_context`.

        """
        for url, name in (
            (settings.upload_url, "SEVIS_SIM_UPLOAD_URL"),
            (settings.download_url, "SEVIS_SIM_DOWNLOAD_URL"),
        ):
            if not url:
                raise ClientError(f"{name} is not set: source the sevis-sim.env that `sevis-sim serve` writes")
        return cls(
            settings.upload_url,
            settings.download_url,
            cert=settings.cert,
            key=settings.key,
            ca=settings.ca,
            org_id=settings.org_id,
            user_id=settings.user_id,
            timeout=timeout,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def upload(
        self,
        document: bytes,
        file_name: str,
        org_id: str | None = None,
        batch_id: str | None = None,
        user_id: str | None = None,
    ) -> UploadReply:
        """Upload a batch.

        Args:
            document: The XML, sent byte for byte as it is, well-formed or not.
            file_name: Name of the xml part.
            org_id: Default: the document's; else the client's.
            batch_id: Default: the document's.
            user_id: Default: the document's; else the client's.

        Raises:
            ClientError: there was no answer; or a name is neither given nor in the document.

        """
        names = {"orgid": org_id, "batchid": batch_id, "userid": user_id}
        if None in names.values():
            header = read_header(document)
            names["orgid"] = header.org_id or self.org_id if org_id is None else org_id
            names["batchid"] = header.batch_id if batch_id is None else batch_id
            names["userid"] = header.user_id or self.user_id if user_id is None else user_id
            # A blank that was asked for is sent, to see S0001; one that nobody chose is a mistake.
            for name, given in (("orgid", org_id), ("batchid", batch_id), ("userid", user_id)):
                if given is None and not names[name]:
                    raise ClientError(f"no {_MISSING[name]}")
        fields = {name: text or "" for name, text in names.items()}
        body, content_type = multipart(fields, FilePart("xml", file_name, document))
        http, content, location = await self._send(
            "POST", self.upload_url, MAX_UPLOAD_REPLY, body=body, content_type=content_type
        )
        return upload_reply(http, content, location)

    async def download(
        self,
        org_id: str,
        batch_id: str,
        user_id: str,
        method: Literal["get", "post"] = "get",
    ) -> DownloadReply:
        """Download the result of a batch, by GET with a query or by POST with a multipart form.

        Raises:
            ClientError: there was no answer.

        """
        fields = {"orgid": org_id, "batchid": batch_id, "userid": user_id}
        if method == "get":
            answer = await self._send("GET", self.download_url, MAX_DOWNLOAD_REPLY, query=fields)
        else:
            body, content_type = multipart(fields)
            answer = await self._send(
                "POST", self.download_url, MAX_DOWNLOAD_REPLY, body=body, content_type=content_type
            )
        http, content, location = answer
        return download_reply(http, content, location)

    async def _send(
        self,
        method: str,
        url: str,
        limit: int,
        *,
        query: dict[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = "",
    ) -> tuple[int, bytes, str]:
        """Return HTTP status, body and ``Location`` of the answer."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if content_type:
            headers["Content-Type"] = content_type
        try:
            async with self._opened().request(
                method,
                url,
                params=query,
                # As a stream, because aiohttp warns of large bodies in one piece.
                data=None if body is None else io.BytesIO(body),
                headers=headers,
                allow_redirects=False,
            ) as response:
                content = await _read(response, limit, url)
                return response.status, content, response.headers.get("Location", "")
        except FAILURES as error:
            raise ClientError(f"{url}: {explain(error, self._timeout)}") from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._context),
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                headers={"User-Agent": f"sevis-sim/{__version__}"},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
            # aiohttp would silently ask a second time where a connection ends without an answer to a GET: what the
            # caller sees must be what happened. There is no public switch; aiohttp's own test client does the same.
            self._session._retry_connection = False
        return self._session


async def _read(response: aiohttp.ClientResponse, limit: int, url: str) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > limit:
            raise ClientError(f"{url}: the answer is longer than {limit} bytes, so it was given up")
        chunks.append(chunk)
    return b"".join(chunks)
