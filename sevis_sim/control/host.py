"""Whether a request comes from this machine, and not from a web page in one of its browsers."""

import re
from urllib.parse import urlsplit

from aiohttp import web

from sevis_sim.clock.hints import quoted
from sevis_sim.control.requests import Problem

_LOOPBACK = re.compile(r"localhost|.+\.localhost|127(\.[0-9]{1,3}){3}|::1|\[::1\]", re.IGNORECASE)


def check_host(request: web.Request, known: frozenset[str]) -> None:
    """Refuse what a web page could have made a browser on this machine send (DNS rebinding, cross-site forms).

    Args:
        request: of which ``Host`` must name this machine, and ``Origin``, where there is one, the same place.
        known: further names of this machine.

    Raises:
        Problem: 403.

    """
    host = request.headers.get("Host", "")
    name = _name(f"//{host}")
    if not (_LOOPBACK.fullmatch(name) or name in known):
        raise Problem(
            403,
            "Not from here",
            f"Host is {quoted(host)}; without a token the control API answers to localhost and 127.0.0.1 only",
            "Host",
        )
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        detail = f"Origin is {quoted(origin)}; pages of other sites must not use the control API at {host}"
        raise Problem(403, "Not from here", detail, "Origin")


def _name(place: str) -> str:
    try:
        return (urlsplit(place).hostname or "").lower()
    except ValueError:
        return ""
