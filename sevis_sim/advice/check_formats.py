"""Reports of checked files for machines: JSON, SARIF 2.1.0 and JUnit."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from sevis_sim import __version__
from sevis_sim.advice.check_model import TOO_LARGE, FileReport, Finding
from sevis_sim.advice.check_text import place, printable, summary, who
from sevis_sim.codes import catalogue

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_OWN_CODES = {TOO_LARGE: "The file is larger than the service takes (HTTP 413)."}


def as_json(reports: Sequence[FileReport], unread: Sequence[str] = ()) -> str:
    """Return the reports as one JSON document: ``good``, ``files`` with findings and notes, and ``unread``.

    Args:
        reports: of the files.
        unread: one line for each file that could not be read.

    """
    good = not unread and all(each.good for each in reports)
    return _dump({"good": good, "files": [_file(each) for each in reports], "unread": list(unread)})


def as_sarif(reports: Sequence[FileReport], unread: Sequence[str] = ()) -> str:
    """Return the reports as one run of SARIF 2.1.0, which code hosts show beside the lines. Columns are characters.

    Files that could not be read are notifications of the tool.
    """
    codes = sorted({finding.code for report in reports for finding in report.findings})
    results = [
        {
            "ruleId": finding.code,
            "ruleIndex": codes.index(finding.code),
            "level": "error",
            "message": {"text": _clean(" → ".join(filter(None, (f"{who(finding)}{finding.message}", finding.remedy))))},
            "locations": [_location(report.name, finding.line, finding.column, finding.path)],
        }
        for report in reports
        for finding in report.findings
    ]
    notes = [
        {
            "level": "note",
            "message": {"text": _clean(f"{who(note)}{note.message}")},
            "locations": [_location(report.name, note.line, None, "")],
        }
        for report in reports
        for note in report.notes
    ]
    driver = {
        "name": "sevis-sim",
        "version": __version__,
        "rules": [{"id": code, "shortDescription": {"text": _official(code)}} for code in codes],
    }
    invocation = {
        "executionSuccessful": not unread,
        "toolExecutionNotifications": [{"level": "error", "message": {"text": _clean(line)}} for line in unread],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [*results, *notes],
    }
    return _dump({"$schema": _SARIF, "version": "2.1.0", "runs": [run]})


def as_junit(reports: Sequence[FileReport], unread: Sequence[str] = ()) -> str:
    """Return the reports as JUnit XML: a suite with one test case for each file, which fails with all its findings.

    A file that could not be read is an error.
    """
    counts = {
        "tests": str(len(reports) + len(unread)),
        "failures": str(sum(not each.good for each in reports)),
        "errors": str(len(unread)),
    }
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "sevis-sim check"} | counts)
    for report in reports:
        case = ElementTree.SubElement(
            suite, "testcase", name=printable(report.name), classname="sevis-sim.check", file=printable(report.name)
        )
        if not report.good:
            failure = ElementTree.SubElement(
                case, "failure", type=report.findings[0].code, message=printable(summary(report))
            )
            failure.text = "\n".join(_line(report.name, finding) for finding in report.findings)
            if report.more:
                failure.text += f"\nand {report.more} more"
        if report.notes:
            output = ElementTree.SubElement(case, "system-out")
            output.text = "\n".join(printable(f"{who(note)}{note.message}") for note in report.notes)
    for line in unread:
        case = ElementTree.SubElement(
            suite, "testcase", name=printable(line.partition(": ")[0]), classname="sevis-sim.check"
        )
        ElementTree.SubElement(case, "error", message=printable(line))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _line(name: str, finding: Finding) -> str:
    line = f"{place(name, finding.line, finding.column)}: {finding.code} {who(finding)}{finding.message}"
    return printable(" → ".join(filter(None, (line, finding.remedy))))


def _file(report: FileReport) -> dict[str, Any]:
    return {
        "file": report.name,
        "disposition": report.disposition,
        "records": report.records,
        "total": report.total,
        "more": report.more,
        "findings": [
            {
                "code": each.code,
                "text": _official(each.code),
                "message": each.message,
                "line": each.line,
                "column": each.column,
                "path": each.path,
                "record": each.record,
                "requestID": each.request_id or None,
                "person": each.person or None,
                "value": each.value,
                "remedy": each.remedy or None,
            }
            for each in report.findings
        ],
        "notes": [
            {
                "message": each.message,
                "line": each.line,
                "record": each.record,
                "requestID": each.request_id or None,
                "person": each.person or None,
            }
            for each in report.notes
        ],
    }


def _location(name: str, line: int | None, column: int | None, path: str) -> dict[str, Any]:
    uri = quote(_clean(name).replace("\\", "/"))
    uri = f"file://{uri}" if uri.startswith("/") else uri
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if line:
        physical["region"] = {"startLine": line} | ({"startColumn": column} if column else {})
    location: dict[str, Any] = {"physicalLocation": physical}
    if path:
        location["logicalLocations"] = [{"fullyQualifiedName": path, "kind": "element"}]
    return location


def _official(code: str) -> str:
    return _OWN_CODES.get(code) or catalogue.message(code)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _dump(value: dict[str, Any]) -> str:
    return _clean(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"
