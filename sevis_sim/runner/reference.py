"""The reference client as an actor."""

import ssl

from sevis_sim.client import ClientError, DownloadReply, SevisClient, UploadReply
from sevis_sim.client.tls import client_context
from sevis_sim.results import LOG_NAME
from sevis_sim.runner.actor import Answer, Credentials, DownloadTask, UploadTask

_TIMEOUT = 60.0


class ReferenceActor:
    """Uploads and downloads with `sevis_sim.client`; keeps connections open between steps."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, bytes, float], SevisClient] = {}

    async def upload(self, task: UploadTask) -> Answer:
        """Send a batch."""
        client = self._client(task.url, task.credentials, task.timeout)
        try:
            reply = await client.upload(task.document, task.file_name, task.org_id, task.batch_id, task.user_id)
        except ClientError as error:
            return Answer(None, problem=str(error))
        return _answer(reply)

    async def download(self, task: DownloadTask) -> Answer:
        """Ask for a result."""
        client = self._client(task.url, task.credentials, task.timeout)
        try:
            reply = await client.download(task.org_id, task.batch_id, task.user_id, task.method)
        except ClientError as error:
            return Answer(None, problem=str(error))
        return _answer(reply)

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    def _client(self, url: str, credentials: Credentials, timeout: float | None) -> SevisClient:
        identity = credentials.identity
        key = url, identity.certificate_pem if identity else b"", timeout or _TIMEOUT
        if key not in self._clients:
            context = identity.ssl_context(credentials.ca) if identity else _nobody(credentials.ca)
            self._clients[key] = SevisClient(url, url, context, timeout=timeout or _TIMEOUT)
        return self._clients[key]


def _nobody(ca: bytes) -> ssl.SSLContext:
    context = client_context()
    context.load_verify_locations(cadata=ca.decode("ascii"))
    return context


def _answer(reply: UploadReply | DownloadReply) -> Answer:
    archive = reply.archive if isinstance(reply, DownloadReply) else None
    return Answer(
        http=reply.http,
        body=reply.body,
        code=reply.code,
        log=reply.log,
        files=(LOG_NAME, *archive.forms) if archive else (),
        zipped=archive is not None,
        title=reply.title,
        problem=reply.problem,
    )
