"""A tiny service with trustme certificates on a free port, which answers what a test tells it to."""

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    certificate: bool


@dataclass
class Service:
    """A running service; ``answer`` is what the next requests get."""

    base: str = ""
    answer: Answer | None = None
    seen: list[Seen] = field(default_factory=list)
    reads: bool = True
    """Whether it reads the body of a request before it answers."""

    @property
    def upload_url(self) -> str:
        return f"{self.base}/sevisbatch/action/batchUpload"

    @property
    def download_url(self) -> str:
        return f"{self.base}/sevisbatch/action/batchDownload"

    def says(self, body: bytes = b"", status: int = 200, content_type: str = "text/xml", **headers: str) -> None:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status, body=body, content_type=content_type, headers=headers)

        self.answer = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert self.answer is not None
        if self.reads:
            body = await request.read()
            tls = request.transport.get_extra_info("ssl_object") if request.transport else None
            certificate = tls is not None and tls.getpeercert() not in (None, {})
            self.seen.append(
                Seen(request.method, request.path, dict(request.query), dict(request.headers), body, certificate)
            )
        return await self.answer(request)


@dataclass(frozen=True)
class Files:
    """Certificates as files."""

    ca: Path
    other_ca: Path
    cert: Path
    key: Path
    both: Path


def server_context(
    authority: trustme.CA, client_certificate: ssl.VerifyMode, name: str = "127.0.0.1"
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = client_certificate
    return context


async def started(service: Service, context: ssl.SSLContext | None) -> web.AppRunner:
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", service.handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    service.base = f"{'https' if context else 'http'}://127.0.0.1:{port}"
    return runner
