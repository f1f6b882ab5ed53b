"""docs/codes.md: every code with its official text, its meaning, and how to see it."""

import functools
from collections.abc import Iterator, Mapping

from sevis_sim.advice.pages.case_words import example
from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import Meaning, meaning
from sevis_sim.events.cases import RuleCase, cases

_INTRODUCTION = """\
# The codes of SEVIS

Generated from `sevis_sim/codes/` and `sevis_sim/events/cases/` by `python -m sevis_sim.advice.pages`; do not edit it
here. The same text comes from `sevis-sim explain S1042`; `sevis-sim explain RESULT.zip` applies it to a result.
`sevis-sim generate for-code S1042` writes a batch that ends in a code, with the state of SEVIS in which it does;
`--near` adds the least change that makes it succeed.

Each code has its official message in quotation marks; everything else is in our words. "Injectable" codes depend on
something that no simulator can know; a scenario brings them about, as it can any other code of a record:

```yaml
outcomes:
  - {match: {requestId: "42"}, error: S2000}
```

A record can carry one code only, so of several broken rules the first decides.
"""

_REQUESTS = frozenset({"S0001", "S0031"})
"""Codes that no file leads to."""
_SECTIONS = (
    ("transport", "Uploads, processing, downloads"),
    ("student", "Records of students"),
    ("ev", "Records of exchange visitors"),
    ("both", "Records of either kind"),
)


def codes_page() -> str:
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
    if entry.code not in _REQUESTS:
        yield f"- To have it: `sevis-sim generate for-code {entry.code}`"
    case = _first_cases().get(entry.code)
    if case is not None:
        yield f"- A case: {case.event or 'create'} of {case.base}: {example(case)}"
    if entry.population == "transport":
        yield f"- Where: {_listed(found.places)}"
    else:
        yield f"- Events: {_listed(found.events) or 'none in this schema'}"
    yield f"- Decided by: {found.decided}{f' only, since {found.reason}' if found.reason else ''}"
    yield f"- Source: {', '.join(found.source)}"


@functools.cache
def _first_cases() -> Mapping[str, RuleCase]:
    """Return the first case of each code."""
    found: dict[str, RuleCase] = {}
    for case in cases():
        found.setdefault(case.code, case)
    return found


def _listed(items: tuple[str, ...]) -> str:
    return ", ".join(item if item.startswith("every") else f"`{item}`" for item in items)
