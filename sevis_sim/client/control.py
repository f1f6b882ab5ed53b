"""The control API of a simulator (design.md §3.3): JSON in, JSON out, errors in one line."""

import contextlib
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from sevis_sim.client.errors import FAILURES, ControlError, explain, one_line

DEFAULT_TIMEOUT = 120.0
"""Seconds for one request: more than the longest wait for a journal entry."""

_API = "/api/v1"

Query = Mapping[str, str] | Iterable[tuple[str, str]] | None
"""Parameters of a query; as pairs where a name may stand more than once."""

_JSON = ("application/json", "application/problem+json")


class ControlClient:
    """Asks the control API of one simulator, for one of its sandboxes.

    Use it as ``async with``, or call `close` in the end.
    """

    def __init__(
        self, url: str, token: str | None = None, sandbox: str = "default", timeout: float = DEFAULT_TIMEOUT
    ) -> None:
        """Make a client of the API at ``url`` (``http://127.0.0.1:8444``; its ``/api/v1`` may be there or not).

        Args:
            url: Address of the API.
            token: Bearer token, where the simulator asks for one.
            sandbox: Whose resources are meant.
            timeout: Seconds for one request.

        """
        self.url = url.rstrip("/").removesuffix(_API)
        self.sandbox = sandbox
        self._token = token
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

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

    async def get(self, path: str, query: Query = None) -> Any:
        """Read a resource of the sandbox, as ``batches``; with a leading slash one of the server, as ``/sandboxes``.

        Raises:
            ControlError: there was no answer, or it is a refusal.

        """
        return await self._ask("GET", path, query)

    async def post(self, path: str, body: Any = None, query: Query = None) -> Any:
        """Post a JSON body; paths and errors as in `get`."""
        return await self._ask("POST", path, query, body)

    async def put(self, path: str, body: Any = None, query: Query = None) -> Any:
        """Put a JSON body; paths and errors as in `get`."""
        return await self._ask("PUT", path, query, body)

    async def patch(self, path: str, body: Any = None, query: Query = None) -> Any:
        """Send a JSON body that changes a resource; paths and errors as in `get`."""
        return await self._ask("PATCH", path, query, body)

    async def delete(self, path: str, query: Query = None) -> Any:
        """Delete a resource; paths and errors as in `get`."""
        return await self._ask("DELETE", path, query)

    async def content(self, path: str, query: Query = None) -> bytes:
        """Read a resource that is no JSON, such as a request as it stood on the wire; paths and errors as in `get`."""
        url = self._address(path)
        with self._explained(url):
            async with self._opened().get(url, params=_pairs(query), allow_redirects=False) as response:
                content = await response.read()
                if not response.ok:
                    self._judged(response, content)
                return content

    async def events(self, query: Query = None) -> AsyncIterator[dict[str, Any]]:
        """Yield the entries of the sandbox's journal as they come, until the simulator ends; errors as in `get`.

        They begin after the id ``after`` of the query, or with what is to come.
        """
        url = self._address("events")
        endless = aiohttp.ClientTimeout(total=None, sock_connect=self._timeout, sock_read=self._timeout)
        with self._explained(url):
            async with self._opened().get(url, params=_pairs(query), timeout=endless) as response:
                if response.content_type != "text/event-stream":
                    self._judged(response, await response.read())
                async for line in response.content:
                    if line.startswith(b"data: "):
                        yield json.loads(line.removeprefix(b"data: "))

    async def _ask(self, method: str, path: str, query: Query, body: Any = None) -> Any:
        url = self._address(path)
        with self._explained(url):
            async with self._opened().request(
                method, url, params=_pairs(query), json=body, allow_redirects=False
            ) as response:
                return self._judged(response, await response.read())

    @contextlib.contextmanager
    def _explained(self, url: str) -> Iterator[None]:
        try:
            yield
        except aiohttp.ClientSSLError as error:
            raise ControlError(f"{url}: {explain(error, self._timeout)}") from error
        except aiohttp.ClientConnectorError as error:
            raise ControlError(
                f"no simulator answers at {self.url}: {explain(error, self._timeout)}; "
                "start one with `sevis-sim serve`, or name another with --control URL or SEVIS_SIM_CONTROL_URL"
            ) from error
        except FAILURES as error:
            raise ControlError(f"{url}: {explain(error, self._timeout)}") from error

    def _address(self, path: str) -> str:
        if path.startswith("/"):
            return f"{self.url}{_API}{path}"
        return f"{self.url}{_API}/sandboxes/{quote(self.sandbox, safe='')}/{path}"

    def _judged(self, response: aiohttp.ClientResponse, content: bytes) -> Any:
        if response.content_type not in _JSON and (content or not response.ok):
            raise ControlError(
                f"what answers at {self.url} is no control API of a simulator (HTTP {response.status}, "
                f"{response.content_type}); the control port is not the SEVIS port: see --control",
                response.status,
            )
        try:
            answer = json.loads(content) if content else None
        except ValueError as error:
            raise ControlError(f"{response.url}: the answer is no JSON: {one_line(error)}", response.status) from error
        if response.ok:
            return answer
        raise self._refusal(response, answer)

    def _refusal(self, response: aiohttp.ClientResponse, answer: Any) -> ControlError:
        """Turn problem+json (RFC 9457) into an error."""
        problem = answer if isinstance(answer, dict) else {}
        parts = [str(problem[name]) for name in ("title", "detail") if problem.get(name)]
        text = " ".join(": ".join(parts).split()) or f"{response.method} {response.url}: HTTP {response.status}"
        if response.status == 401:
            text += " (the control API asks for its token)"
        field = problem.get("field")
        return ControlError(text, response.status, None if field is None else str(field))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
            self._session = aiohttp.ClientSession(
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                cookie_jar=aiohttp.DummyCookieJar(),
                json_serialize=lambda value: json.dumps(value, ensure_ascii=False),
            )
        return self._session


def _pairs(query: Query) -> list[tuple[str, str]] | None:
    return None if query is None else list(query.items() if isinstance(query, Mapping) else query)
