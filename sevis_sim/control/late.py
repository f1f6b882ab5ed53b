"""Routes that are made when one of them is first asked for: a simulator starts without them."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from aiohttp import web
from yarl import URL


class LateRoutes(web.AbstractResource):
    """All paths below one, as a resource of aiohttp's that makes their routes for the first request there."""

    def __init__(self, prefix: str, add: Callable[[web.UrlDispatcher], None]) -> None:
        """Prepare; ``add`` adds the routes, all of them below ``prefix``, to a router. It is called in a thread."""
        super().__init__()
        self._prefix = prefix
        self._add = add
        self._made: web.UrlDispatcher | None = None
        self._making = asyncio.Lock()

    def _make(self) -> web.UrlDispatcher:
        router = web.UrlDispatcher()
        self._add(router)
        return router

    async def _router(self) -> web.UrlDispatcher:
        """Return the routes; who asks first waits for them in a thread, for uploads go on meanwhile."""
        async with self._making:
            if self._made is None:
                self._made = await asyncio.to_thread(self._make)
            return self._made

    async def resolve(self, request: web.Request) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        """Find the route of a request; None, and the methods that its path takes, where there is none."""
        router = await self._router() if self._made is None else self._made
        found = await router.resolve(request)
        if isinstance(found.http_exception, web.HTTPMethodNotAllowed):
            return None, set(found.http_exception.allowed_methods)
        return (None if found.http_exception else found), set()

    @property
    def canonical(self) -> str:
        """The path that all are below."""
        return self._prefix

    def url_for(self, **_: str) -> URL:
        """Return the path that all are below."""
        return URL(self._prefix)

    def add_prefix(self, prefix: str) -> None:
        """Refuse: the routes know their whole paths."""
        raise RuntimeError(f"the routes below {self._prefix} stand at the root of an application, not below {prefix}")

    def get_info(self) -> Any:
        """Tell the path that all are below."""
        return {"prefix": self._prefix}

    def raw_match(self, path: str) -> bool:
        """Tell whether this is the path that all are below."""
        return path == self._prefix

    def __len__(self) -> int:
        return len(self._listed.routes())

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        return iter(self._listed.routes())

    @property
    def _listed(self) -> web.UrlDispatcher:
        return self._make() if self._made is None else self._made
