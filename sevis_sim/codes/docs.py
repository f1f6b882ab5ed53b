"""Writes docs/codes.md from the catalogue and the meanings.

``python -m sevis_sim.codes.docs`` writes the page; with ``--check`` it only tells whether the page is up to date.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import Meaning, meaning

PAGE = Path(__file__).resolve().parents[2] / "docs" / "codes.md"
"""The page in a checkout; an installed package has none."""

_INTRODUCTION = """\
# The codes of SEVIS

Generated from `sevis_sim/codes/` by `python -m sevis_sim.codes.docs`; do not edit it here. The same text comes from
`sevis-sim explain S1042`, which also says whether a rule of this simulator decides the code already;
`sevis-sim explain RESULT.zip` applies it to a result.

Each code has its official message in quotation marks; everything else is in our words. "Injectable" codes depend on
something that no simulator can know; a scenario brings them about, as it can any other code of a record:

```yaml
outcomes:
  - {match: {requestId: "42"}, error: S2000}
```

A record can carry one code only, so of several broken rules the first decides.
"""

_SECTIONS = (
    ("transport", "Uploads, processing, downloads"),
    ("student", "Records of students"),
    ("ev", "Records of exchange visitors"),
    ("both", "Records of either kind"),
)


def page() -> str:
    """Return the page as it should be, Markdown."""
    parts = [_INTRODUCTION]
    for population, heading in _SECTIONS:
        parts.append(f"## {heading}\n")
        for code, entry in catalogue.entries().items():
            if entry.population == population:
                parts.append("\n".join(_code(entry, meaning(code))) + "\n")
    return "\n".join(parts)


def _code(entry: catalogue.Entry, found: Meaning) -> Iterator[str]:
    yield f"### {entry.code}\n"
    unofficial = "" if entry.official else " (not on the official list)"
    yield f"> {' / '.join(entry.messages)}{unofficial}\n"
    yield f"{found.condition}\n"
    yield f"- To mend it: {found.mend}"
    yield f"- To see it: {found.how_to_trigger}"
    if entry.population == "transport":
        yield f"- Where: {_listed(found.places)}"
    else:
        yield f"- Events: {_listed(found.events) or 'none in this schema'}"
    yield f"- Decided by: {found.decided}{f' only, since {found.reason}' if found.reason else ''}"
    yield f"- Source: {', '.join(found.source)}"


def _listed(items: tuple[str, ...]) -> str:
    return ", ".join(item if item.startswith("every") else f"`{item}`" for item in items)


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page. Returns 0, or 1 if ``--check`` finds it out of date."""
    parser = argparse.ArgumentParser(prog="python -m sevis_sim.codes.docs", description="Write docs/codes.md.")
    parser.add_argument("--check", action="store_true", help="only tell whether the page is up to date")
    wanted = page()
    if not parser.parse_args(arguments).check:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"{PAGE} is out of date: run python -m sevis_sim.codes.docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
