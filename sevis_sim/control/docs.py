"""docs/control-api.md and docs/journal.md: written by hand but for what stands between marks, which is made here.

``python -m sevis_sim.control.docs`` writes those parts; with ``--check`` it only tells which are out of date.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from sevis_sim.control.examples import BODIES, curl
from sevis_sim.control.routes import ROUTES, Route
from sevis_sim.sandbox.catalogue import HAPPENINGS

FOLDER = Path(__file__).resolve().parents[2] / "docs"

_REMARKS = re.compile(r"\s+")


def routes_table() -> str:
    """Return the table of all requests, and an example of each that takes a body."""
    lines = ["| request | what for | gives |", "|---|---|---|"]
    lines += [f"| {_request(route)} | {_first(route.text)} | {_gives(route)} |" for route in ROUTES]
    lines += ["", "Bodies, as examples:", ""]
    for route in ROUTES:
        if route.takes:
            body = json.dumps(BODIES.get(route.handler.__name__, {}), ensure_ascii=False)
            lines.append(f"- `{route.method} {_path(route)}`: `{body}`")
    lines += ["", "As command lines:", "", "```", *(curl(route) for route in ROUTES), "```"]
    return "\n".join(lines)


def kinds_table() -> str:
    """Return the kinds of entries, each with its documentation, its ids and what its detail holds."""
    lines = []
    for each in HAPPENINGS.descriptions():
        text = "\n".join(part.strip() for part in each.text.split("\n")).replace("``", "`")
        lines += [f"### `{each.kind}`", "", text, ""]
        lines += [f"Ids: {_names(each.subjects)}. Detail: {_names(each.fields)}.", ""]
    return "\n".join(lines).rstrip()


PARTS: Mapping[str, tuple[str, Callable[[], str]]] = MappingProxyType(
    {"control-api.md": ("routes", routes_table), "journal.md": ("kinds", kinds_table)}
)
"""By page, the name of its mark and what stands there."""


def filled(page: str, name: str, part: str) -> str:
    """Return a page with what stands between the marks of a name replaced.

    Raises:
        ValueError: the page has no such marks.

    """
    begin, end = f"<!-- {name}: python -m sevis_sim.control.docs -->\n", f"\n<!-- end of {name} -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"the marks {begin.strip()} and {end.strip()} are missing")
    return f"{before}{begin}{part}{end}{after}"


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> int:
    """Write or check the pages. Returns 0, or 1 if ``--check`` finds one out of date."""
    parser = argparse.ArgumentParser(prog="python -m sevis_sim.control.docs", description="Write parts of docs/.")
    parser.add_argument("--check", action="store_true", help="only tell which pages are out of date")
    check = parser.parse_args(arguments).check
    result = 0
    for name, (mark, part) in PARTS.items():
        page = folder / name
        present = page.read_text(encoding="utf-8")
        wanted = filled(present, mark, part())
        if not check:
            page.write_text(wanted, encoding="utf-8")
        elif present != wanted:
            print(f"{page} is out of date: run python -m sevis_sim.control.docs", file=sys.stderr)
            result = 1
    return result


def _path(route: Route) -> str:
    return f"/api/v1{route.path}"


def _request(route: Route) -> str:
    query = ", ".join(f"`{each.name}`" for each in route.query)
    alone = "" if route.of_sandbox else " (of the server)"
    return f"`{route.method} {route.path}`{alone}" + (f"<br>{query}" if query else "")


def _first(text: str) -> str:
    return _REMARKS.sub(" ", text.partition("\n\n")[0]).replace("|", "\\|").replace("``", "`")


def _gives(route: Route) -> str:
    if route.media:
        return " or ".join(f"`{each}`" for each in route.media)
    if route.gives is None:
        return f"{route.status}, nothing"
    name = route.gives.__name__.removesuffix("Out")
    return f"{route.status}, {'a list of ' if route.many else ''}{name}"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in names) or "none"


if __name__ == "__main__":
    sys.exit(main())
