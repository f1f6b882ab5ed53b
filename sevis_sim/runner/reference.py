"""The reference client as an actor."""

import ssl

from sevis_sim.client import ClientError, DownloadReply, SevisClient, UploadReply
from sevis_sim.client.tls import client_context
from sevis_sim.results import LOG_NAME
from sevis_sim.runner.actor import Answer, DownloadTask, UploadTask

_TIMEOUT = 60.0


class ReferenceActor:
    """Uploads and downloads with `sevis_sim.client`, each over a connection of its own."""

    def __init__(self) -> None:
        self._contexts: dict[bytes, ssl.SSLContext] = {}

    async def upload(self, task: UploadTask) -> Answer:
        """Send a batch."""
        try:
            async with self._client(task) as client:
                reply = await client.upload(task.document, task.file_name, task.org_id, task.batch_id, task.user_id)
        except ClientError as error:
            return Answer(None, problem=str(error))
        return _answer(reply)

    async def download(self, task: DownloadTask) -> Answer:
        """Ask for a result."""
        try:
            async with self._client(task) as client:
                reply = await client.download(task.org_id, task.batch_id, task.user_id, task.method)
        except ClientError as error:
            return Answer(None, problem=str(error))
        return _answer(reply)

    async def close(self) -> None:
        """Nothing is kept open."""

    def _client(self, task: UploadTask | DownloadTask) -> SevisClient:
        identity, ca = task.credentials.identity, task.credentials.ca
        key = identity.certificate_pem if identity else b""
        if key not in self._contexts:
            self._contexts[key] = identity.ssl_context(ca) if identity else _nobody(ca)
        return SevisClient(task.url, task.url, self._contexts[key], timeout=task.timeout or _TIMEOUT)


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
