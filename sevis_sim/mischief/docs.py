"""Writes docs/faults.md and docs/magic-values.md from the vocabulary, the presets and the magic values.

``python -m sevis_sim.mischief.docs`` writes the pages; with ``--check`` it only tells which are out of date.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sevis_sim.faults import Kind
from sevis_sim.mischief.magic import table
from sevis_sim.mischief.presets import Preset, presets
from sevis_sim.mischief.vocabulary import VOCABULARY

FOLDER = Path(__file__).resolve().parents[2] / "docs"
"""The pages in a checkout; an installed package has none."""

_INTRODUCTIONS = Path(__file__).with_name("introductions")

_SOURCES = {
    "ANT": "Anthology's help pages on SEVIS certificates",
    "CF": "a ColdFusion client of an exchange sponsor (rahljosh/EXITS)",
    "CS": "a C# client of the Department of State's ECA bureau (2016)",
    "HELP": "the help of RTI (egov.ice.gov/sevishelp)",
    "HH-names": "SEVIS Help Hub, article on names",
    "N11": 'NAFSA, "SEVP reports problems with SEVIS batch", December 2011',
    "R22": "SEVP's planning guide of release 6.22",
    "R26": "SEVP's planning guide of release 6.26",
    "R28": "SEVP's planning guide of release 6.28",
    "RB": "a Ruby client with its test runs against beta (sevisr, 2019)",
    "TD-err": 'Terra Dotta\'s knowledge base, "Resolving the Batch Errors"',
    "TD-org": "Terra Dotta's knowledge base on school codes",
    "TD-sch": 'Terra Dotta\'s knowledge base, "Scholar Batch Processing Errors"',
    "TD-up": "Terra Dotta's knowledge base on uploads",
    "TD KB 360041347353": "Terra Dotta's knowledge base, article 360041347353",
    "XLS": "the official list of validation error codes",
}
"""What the keys of the sources mean."""


def faults_page() -> str:
    """Return docs/faults.md."""
    lines = [_introduction("faults.md"), "## What\n"]
    for place, kinds in VOCABULARY.places.items():
        lines += [f"### {place}\n", "| do | what happens |", "|---|---|"]
        lines += [f"| {_form(kind)} | {kind.text} |" for kind in kinds]
        lines.append("")
    lines.append("## Presets: the failure modes of the real service\n")
    lines.append("`sevis-sim fault presets` lists them, `sevis-sim fault presets NAME` shows one.\n")
    for preset in presets().values():
        lines += _preset(preset)
    return "\n".join(lines).rstrip() + "\n"


def magic_page() -> str:
    """Return docs/magic-values.md."""
    lines = [_introduction("magic-values.md")]
    for where in dict.fromkeys(each.where for each in table()):
        lines += [f"## {where}\n", "| for example | what happens |", "|---|---|"]
        lines += [f"| `{each.example}` | {each.text} |" for each in table() if each.where == where]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _introduction(name: str) -> str:
    return (_INTRODUCTIONS / name).read_text(encoding="utf-8")


def _source(keys: str) -> str:
    words = keys.replace(" (inferred)", ", inferred").split(", ")
    return "; ".join(_SOURCES.get(key, key) for key in words)


def _form(kind: Kind) -> str:
    if kind.takes == "nothing":
        return f"`{kind.name}`"
    example = "" if kind.default is None else f" (`{_number(kind.default)}`)"
    return f"`{{{kind.name}: {kind.takes.upper()}}}`{example}"


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _preset(preset: Preset) -> Iterator[str]:
    yield f"### {preset.name}\n"
    yield f"{preset.title}.\n"
    yield f"- **What a client sees:** {preset.symptom}"
    yield f"- **What a good client does:** {preset.good}"
    yield f"- **Source:** {_source(preset.source)}\n"
    yield "```yaml"
    for fault in preset.faults:
        yield f"- {_flow(fault)}"
    yield "```\n"


def _flow(value: Any) -> str:
    """Write a fault as YAML in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    text = str(value)
    return json.dumps(text) if any(c in text for c in " :*{}") else text


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> int:
    """Write or check the pages. Returns 0, or 1 if ``--check`` finds one out of date."""
    parser = argparse.ArgumentParser(prog="python -m sevis_sim.mischief.docs", description="Write pages of docs/.")
    parser.add_argument("--check", action="store_true", help="only tell which pages are out of date")
    check = parser.parse_args(arguments).check
    result = 0
    for name, wanted in (("faults.md", faults_page()), ("magic-values.md", magic_page())):
        page = folder / name
        if not check:
            page.write_text(wanted, encoding="utf-8")
        elif not page.is_file() or page.read_text(encoding="utf-8") != wanted:
            print(f"{page} is out of date: run python -m sevis_sim.mischief.docs", file=sys.stderr)
            result = 1
    return result


if __name__ == "__main__":
    sys.exit(main())
