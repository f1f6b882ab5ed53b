"""Listeners of one sandbox over the control API."""

from aiohttp import web

from sevis_sim.control import models
from sevis_sim.control.requests import OpenListener, Problem, Resources, body_of, served_by
from sevis_sim.pki import PkiError


async def list_listeners(resources: Resources, request: web.Request) -> list[models.ListenerOut]:
    """The TLS ports that were opened for this sandbox beside the first one."""
    name = served_by(resources, request).sandbox.name
    return [_listener(resources, each) for each in resources.listeners.opened(name)]


async def open_listener(resources: Resources, request: web.Request) -> models.ListenerOut:
    """Open a TLS port with a server certificate of any kind, to see whether a client refuses it.

    Requests that get through are served as on the first port: the client certificate decides the sandbox. Handshakes
    that die here are in this sandbox's journal and not in the server's.
    """
    served, body = served_by(resources, request), await body_of(request, models.OpenListener)
    try:
        opened = await resources.listeners.open(served.sandbox.name, body.certificate, body.tls)
    except PkiError as error:
        raise Problem(422, "No such server certificate", str(error), "certificate") from error
    return _listener(resources, opened)


async def close_listener(resources: Resources, request: web.Request) -> None:
    """Close a TLS port."""
    name, listener = served_by(resources, request).sandbox.name, request.match_info["listener"]
    if not await resources.listeners.close(name, listener):
        raise Problem(404, "No such listener", f"this sandbox has no listener {listener!r}", "listener")


def _listener(resources: Resources, opened: OpenListener) -> models.ListenerOut:
    addresses = resources.addresses(opened.port)
    return models.ListenerOut(
        name=opened.name,
        port=opened.port,
        certificate=opened.certificate,
        tls=opened.tls,
        systems={name: models.AddressesOut(**each) for name, each in addresses.items()},
    )
