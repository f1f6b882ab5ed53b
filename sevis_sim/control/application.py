"""The control application: who may use it, its errors as problem+json (RFC 9457); what it answers is in `api`."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware
from pydantic import ValidationError

from sevis_sim.control.health import add_health
from sevis_sim.control.host import check_host
from sevis_sim.control.late import LateRoutes
from sevis_sim.control.requests import CLOSING, HEARTBEAT, Problem, Resources
from sevis_sim.intake import RegistrationRefused
from sevis_sim.store import AlreadyThere, MissingReference, StoreError
from sevis_sim.timeline import SandboxRefused, TimelineError

MAX_BODY = 2 * 1024 * 1024
HEARTBEAT_SECONDS = 15.0


class Control:
    """Answers the test controls of all sandboxes of one simulator."""

    def __init__(
        self,
        resources: Resources,
        token: str | None = None,
        hosts: Collection[str] = (),
        heartbeat: float = HEARTBEAT_SECONDS,
    ) -> None:
        """Prepare.

        Args:
            resources: what it works on.
            token: what requests must bear; None for a simulator that only this machine can reach.
            hosts: names of this machine besides those of the loopback interface, for requests without a token.
            heartbeat: seconds of silence after which a stream of events says that it is there.

        """
        self._resources = resources
        self._token = token
        self._hosts = frozenset(host.lower().strip("[]") for host in hosts)
        self._heartbeat = heartbeat

    def application(self) -> web.Application:
        """Build the aiohttp application."""
        app = web.Application(client_max_size=MAX_BODY, middlewares=[_problems, _guard(self._token, self._hosts)])
        app[HEARTBEAT] = self._heartbeat
        closing = app[CLOSING] = asyncio.Event()

        async def close(_: web.Application) -> None:
            closing.set()

        app.on_shutdown.append(close)
        app.router.register_resource(LateRoutes("/api", self._add_api))
        add_health(app, self._resources)
        return app

    def _add_api(self, router: web.UrlDispatcher) -> None:
        from sevis_sim.control.api import add_api  # handlers and models are loaded for the first request

        add_api(router, self._resources)


def _guard(token: str | None, hosts: frozenset[str]) -> Middleware:
    """Ask for the bearer token, or where there is none for this machine's name; not for health and readiness."""

    @web.middleware
    async def guard(request: web.Request, handler: Callable[[web.Request], Awaitable[Any]]) -> Any:
        if not request.path.startswith("/api/"):
            return await handler(request)
        if token is None:
            check_host(request, hosts)
        else:
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), token.encode()):
                detail = "send the token of this simulator: Authorization: Bearer ..."
                raise Problem(401, "Not authorized", detail, "Authorization")
        return await handler(request)

    return guard


@web.middleware
async def _problems(request: web.Request, handler: Callable[[web.Request], Awaitable[Any]]) -> Any:
    try:
        return await handler(request)
    except Problem as problem:
        return _problem(problem.status, problem.title, problem.detail, problem.field)
    except (AlreadyThere, SandboxRefused) as error:
        return _problem(409, "It cannot be done as things stand", str(error), None)
    except MissingReference as error:
        return _problem(404, "There is no such thing", str(error), None)
    except TimelineError as error:
        return _problem(409, "The clock cannot be moved so", str(error), "to")
    except RegistrationRefused as error:
        return _problem(422, "The certificate is not accepted", str(error), "certificate")
    except ValidationError as error:
        from sevis_sim.journal.matching import shown  # nothing else here has a use for what is expected of a journal

        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        got = f"; got {shown(first['input'])}" if isinstance(first["input"], (str, int, float, bool)) else ""
        return _problem(422, "The request body is not valid", f"{where or 'body'}: {first['msg']}{got}", where)
    except StoreError as error:
        return _problem(503, "The database does not work", str(error), None)
    except web.HTTPRequestEntityTooLarge:
        return _problem(413, "The request body is too large", f"at most {MAX_BODY} bytes are taken", None)
    except web.HTTPNotFound:
        return _problem(404, "No such resource", f"{request.method} {request.path}", None)
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted({*error.allowed_methods, "OPTIONS"}))
        if request.method == "OPTIONS":
            return web.Response(status=204, headers={"Allow": allowed})
        answer = _problem(405, "Method not allowed", f"{request.path} takes {allowed}, not {request.method}", None)
        answer.headers["Allow"] = allowed
        return answer
    except web.HTTPException:
        raise
    except Exception as error:
        request.protocol.log_exception("Error handling request", exc_info=error)
        text = f"{type(error).__name__}: {error}; please report it"
        return _problem(500, "A fault of the simulator", text, None)


def _problem(status: int, title: str, detail: str, field: str | None) -> web.Response:
    body: dict[str, Any] = {"title": title, "status": status, "detail": detail}
    if field:
        body["field"] = field
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return web.json_response(body, status=status, content_type="application/problem+json", headers=headers)
