"""Whether the simulator lives, whether it is ready, and its numbers for Prometheus: no part of ``/api``."""

from aiohttp import web

from sevis_sim.control.requests import CLOSING, Resources


def add_health(app: web.Application, resources: Resources) -> None:
    """Add ``/healthz``, ``/readyz`` and ``/metrics``."""

    async def healthy(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(request: web.Request) -> web.Response:
        """Say whether everything is open: it is once this port answers, for it is opened last and closed first."""
        if request.app[CLOSING].is_set():
            return web.json_response({"status": "stopping"}, status=503)
        await resources.store.read(lambda tx: tx.sandboxes.get("default"))  # a store that does not work answers 503
        return web.json_response({"status": "ok"})

    async def metrics(_: web.Request) -> web.Response:
        text = await resources.metrics()
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app.router.add_get("/healthz", healthy)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", metrics)
