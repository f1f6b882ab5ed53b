"""The OpenAPI 3.1 document of the server, put together from the parts of its rooms (``openapi.json`` is this one's)."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from sevis_sim import __version__  # one distribution, one version

Part = Mapping[str, Any]
"""Tags, paths and components of one room, as they stand in an OpenAPI document."""


@cache
def _text(package: str) -> str:
    return resources.files(package).joinpath("openapi.json").read_text(encoding="utf-8")


def part_of(package: str) -> Part:
    """Return what a room answers: its ``openapi.json``."""
    part: Part = json.loads(_text(package))
    return part


def own_part() -> Part:
    """Return what this room answers."""
    return part_of("udir_sim.attributes")


def document(server: str, parts: Sequence[Part] = ()) -> dict[str, Any]:
    """Return the whole document.

    Args:
        server: URL of the server, without a path.
        parts: What the other rooms of the server answer.

    Raises:
        ValueError: two rooms describe the same thing differently.

    """
    tags: list[Any] = []
    paths: dict[str, Any] = {}
    components: dict[str, dict[str, Any]] = {}
    for part in (own_part(), *parts):
        tags += part.get("tags", [])
        _merge(paths, part.get("paths", {}))
        for kind, named in part.get("components", {}).items():
            _merge(components.setdefault(kind, {}), named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "udir-sim",
            "version": __version__,
            "summary": "A simulator of the University Directory: files come in, applications ask about students.",
        },
        "servers": [{"url": server}],
        "tags": tags,
        "paths": paths,
        "components": components,
    }


def _merge(target: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if target.setdefault(name, value) != value:
            raise ValueError(f"two rooms describe {name} differently")
