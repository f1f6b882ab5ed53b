"""The published JSON Schemas of client files and of reports.

``python -m sevis_sim.conformance.report_schema`` writes ``schemas/client.schema.json`` and
``schemas/conform-report.schema.json``; with ``--check`` it only tells which are out of date.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from sevis_sim import resources
from sevis_sim.conformance.catalogue import Severity, checks
from sevis_sim.conformance.client_file import Meaning, schema_text
from sevis_sim.conformance.verdicts import Outcome

CLIENT, REPORT = "client.schema.json", "conform-report.schema.json"


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of what ``conform --json`` writes."""
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    number = {"type": "integer"}
    outcome = {"enum": list(get_args(Outcome))}
    names = ("group", "title", "proves", "rule", "mend")
    check = {"id": {"enum": list(checks())}, **dict.fromkeys(names, text), "outcome": outcome}
    check["severity"] = {"enum": list(get_args(Severity))}
    finding = {
        "check": {"enum": list(checks())},
        "outcome": outcome,
        "expected": {"type": "boolean", "description": "whether the baseline expects it"},
        "lines": texts,
        "actions": {"type": "array", "items": number, "description": "numbers of the actions that it is about"},
    }
    wire = {"kind": text, "outcome": text, "truth": text, "faults": texts}
    action = {
        "number": number,
        "action": {"enum": ["upload", "download"]},
        "batch": text,
        "instant": text,
        "command": text,
        "exit": {"type": ["integer", "null"]},
        "means": {"enum": [*get_args(Meaning), None]},
        "problem": {"type": ["string", "null"]},
        "outcome": text,
        "wire": {"type": "array", "items": _closed(wire)},
    }
    case = {
        **dict.fromkeys(("case", "file", "summary", "server", "replay"), text),
        "flow": {"enum": ["steps", "deliver", "run"]},
        "outcome": outcome,
        "seconds": {"type": "number"},
        "findings": {"type": "array", "items": _closed(finding)},
        "actions": {"type": "array", "items": _closed(action)},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Report of sevis-sim conform",
        **_closed(
            {
                "client": text,
                "conforms": {"type": "boolean"},
                "seed": number,
                "versions": {"type": "object", "additionalProperties": text},
                "stale": texts,
                "checks": {"type": "array", "items": _closed(check)},
                "cases": {"type": "array", "items": _closed(case)},
            }
        ),
    }


def texts() -> Mapping[str, str]:
    """Return the schemas as their files hold them."""
    return {CLIENT: schema_text(), REPORT: json.dumps(report_schema(), indent=1, ensure_ascii=False) + "\n"}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def main(arguments: list[str] | None = None, folder: Path | None = None) -> int:
    """Write the schemas, or check that the files are what would be written. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sevis_sim.conformance.report_schema", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only tell which files are out of date")
    check = parser.parse_args(arguments).check
    result = 0
    for name, wanted in texts().items():
        path = (folder or resources.folder("schemas")) / name
        if not check:
            path.write_text(wanted, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != wanted:
            print(f"{path} is out of date; run python -m sevis_sim.conformance.report_schema", file=sys.stderr)
            result = 1
    return result


if __name__ == "__main__":
    sys.exit(main())
