"""The published JSON Schema of scenario files: completion and checking in editors.

``python -m sevis_sim.scenarios.jsonschema`` writes ``schemas/scenario.schema.json``; with ``--check`` it only tells
whether that file is up to date (exit code 1 if not).
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sevis_sim import resources
from sevis_sim.codes import table
from sevis_sim.domain.document import REPEATED
from sevis_sim.domain.facts import Fact, facts
from sevis_sim.domain.life_cycle import ALL, AT, shipped
from sevis_sim.domain.records import STATUSES
from sevis_sim.scenarios.elements import Tree, elements
from sevis_sim.scenarios.model import Scenario

FILE = "scenario.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ELEMENT_TEXT: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
_LEAF: dict[str, dict[str, Any]] = {
    "any": {},
    "text": {"$ref": "#/$defs/ElementText"},
    "date": {"type": ["string", "null"], "description": "a day such as 2026-03-06"},
    "dollars": {"type": ["integer", "string", "null"], "description": "whole dollars"},
    "boolean": {"type": ["boolean", "string", "null"]},
}


_VARIABLE: dict[str, Any] = {"type": "string", "pattern": r"^\$\([^()]+\)$", "description": "a variable: $(name)"}
_CLOSED = ("variables", "matrix", "records")
_PLAYED = (
    "CertificateStep",
    "DownloadStep",
    "ExpectEntry",
    "FaultEntry",
    "GenerateEntry",
    "NeverEntry",
    "OrganizationStep",
    "PollStep",
    "RecordDraft",
    "RecordStep",
    "Step",
    "UploadStep",
    "WaitStep",
)
"""What may hold variables anywhere, not only where a text may stand."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, with the elements that records may have."""
    built = Scenario.model_json_schema()
    definitions = built["$defs"]
    _open_to_elements(definitions["RecordEntry"], elements("student"), elements("exchangeVisitor"))
    _open_to_elements(
        definitions["DependentEntry"], elements("student", "dependent"), elements("exchangeVisitor", "dependent")
    )
    _open_to_elements(definitions["LevelEntry"], elements("student", "level"))
    _open_to_elements(definitions["SiteEntry"], elements("exchangeVisitor", "site"))
    words = sorted(set().union(*STATUSES.values()))
    definitions["RecordEntry"]["properties"]["status"]["enum"] = words
    definitions["LevelEntry"]["properties"]["status"]["enum"] = sorted(STATUSES["student"])
    for entry, owner in (("RecordEntry", "record"), ("DependentEntry", "dependent")):
        told = {each.name: _fact(each) for each in facts().values() if owner in each.of}
        definitions[entry]["properties"]["facts"] |= {"properties": told, "additionalProperties": False}
    built["properties"]["life_cycle"] |= {"properties": _life_cycle(), "additionalProperties": False}
    definitions["ElementText"] = _ELEMENT_TEXT
    definitions["Variable"] = _VARIABLE
    for name, definition in definitions.items():
        if name in _PLAYED:
            _open_to_variables(definition, definition["properties"])
    _open_to_variables(definitions["RecordEntry"], ("status", "facts"))
    _open_to_variables(built, [name for name in built["properties"] if name not in _CLOSED])
    return {"$schema": _DIALECT, **_without_titles(built)}


def _fact(fact: Fact) -> dict[str, Any]:
    if fact.type == "choice":
        return {"enum": list(fact.values), "description": fact.means}
    return {"type": ["boolean", "string"], "description": f"{fact.means}; {fact.expected}"}


def _life_cycle() -> dict[str, Any]:
    jobs = {
        job.name: {
            "description": f"{job.means}; {job.days} days after the {job.counts_from} unless said otherwise",
            "anyOf": [{"enum": ["on", "off"]}, {"type": "boolean"}, {"type": "integer", "minimum": 0}],
        }
        for job in shipped().jobs.values()
    }
    return {AT: {"type": "string"}, ALL: {"anyOf": [{"enum": ["on", "off"]}, {"type": "boolean"}]}, **jobs}


def text() -> str:
    """Return the schema as its file holds it."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _without_titles(part: Any) -> Any:
    """Return a schema without the titles that pydantic makes of field names: they only repeat the keys."""
    if isinstance(part, list):
        return [_without_titles(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {key: _without_titles(value) for key, value in part.items() if key != "title" or not isinstance(value, str)}


def _open_to_elements(definition: dict[str, Any], *trees: Tree) -> None:
    """Add the elements that an entry may have beside its own keys, and close it to all others."""
    for tree in trees:
        for name, kind in tree.items():
            added = _element(name, kind)
            known = definition["properties"].setdefault(name, added)
            if known != added:
                definition["properties"][name] = _either(known, added)
    definition["additionalProperties"] = False


def _open_to_variables(definition: dict[str, Any], names: Iterable[str]) -> None:
    """Let a variable stand for properties of an entry, and for each item of their lists."""
    for name in list(names):
        part = definition["properties"][name]
        if isinstance(part.get("items"), dict):
            part["items"] = _or_variable(part["items"])
        definition["properties"][name] = _or_variable(part)


def _or_variable(part: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that takes a variable, too; itself where it takes any text already."""
    kinds = part.get("type", ())
    if not part or ("string" in kinds and not {"enum", "pattern"} & set(part)):
        return part
    told: dict[str, Any] = {key: part[key] for key in ("description", "examples", "default") if key in part}
    rest = {key: value for key, value in part.items() if key not in told}
    choices = rest["anyOf"] if set(rest) == {"anyOf"} else [rest]
    return {**told, "anyOf": [*choices, {"$ref": "#/$defs/Variable"}]}


def _either(known: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """Return a schema for an element that students and exchange visitors both have, with other content."""
    choices = known["anyOf"] if set(known) == {"anyOf"} else [known]
    return {"anyOf": choices if added in choices else [*choices, added]}


def _element(name: str, kind: "str | Tree") -> dict[str, Any]:
    if isinstance(kind, Mapping):
        inner = {child: _element(child, below) for child, below in kind.items()}
        found: dict[str, Any] = {"type": ["object", "null"], "properties": inner, "additionalProperties": False}
    elif kind in _LEAF:
        found = dict(_LEAF[kind])
    else:
        few = table(kind)
        listed = ", ".join(f"{code} {few.words(code)}" for code in few) if len(few) <= 12 else "see docs/codes"
        found = {"type": ["string", "number", "null"], "description": f"code of the table {kind}: {listed}"}
    return {"anyOf": [{"type": "array", "items": found}, found]} if name in REPEATED and kind != "any" else found


def main(arguments: list[str] | None = None) -> int:
    """Write the schema, or check that the file is what would be written. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sevis_sim.scenarios.jsonschema", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only tell whether the file is up to date")
    parser.add_argument("-o", "--output", type=Path, help=f"the file [schemas/{FILE}]")
    options = parser.parse_args(arguments)
    path: Path = options.output or resources.folder("schemas") / FILE
    wanted = text()
    if not options.check:
        path.write_text(wanted, encoding="utf-8")
        return 0
    if path.is_file() and path.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"{path} is out of date; run python -m sevis_sim.scenarios.jsonschema", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
