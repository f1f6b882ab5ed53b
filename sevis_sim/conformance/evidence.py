"""Evidence packs: everything that a verdict hangs on in one zip, so that others can look at it and judge again."""

import hashlib
import json
import platform
import ssl
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from sevis_sim import __version__
from sevis_sim.conformance import html_report, reports
from sevis_sim.conformance.errors import ConformError
from sevis_sim.conformance.judging import judge
from sevis_sim.conformance.transcript import Transcript
from sevis_sim.conformance.verdicts import CaseReport, Report

_FORMAT = 1
_MOST = 512 * 1024 * 1024
_MANIFEST = "manifest.json"
_README = """Evidence of a run of sevis-sim conform.

manifest.json   client, seed, versions, the digest of every file
report.json     checks, cases, findings
report.html     the same for people
junit.xml       the same for build servers
clock.txt       the simulated clock: what happened when, in every case
cases/*.json    what was done and seen, byte for byte (base 64)
sources/*       scenarios, client file and baseline as they were used

Judge it again, offline:  sevis-sim conform verify FILE.zip
"""


def versions() -> dict[str, str]:
    """Return the versions that a result hangs on."""
    return {
        "sevis-sim": __version__,
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "system": platform.platform(),
    }


def pack(report: Report, sources: Mapping[str, bytes]) -> bytes:
    """Return a run as an evidence pack.

    Args:
        report: the run.
        sources: files that it was made from, by name.

    """
    files: dict[str, bytes] = {
        "README.txt": _README.encode(),
        "report.json": _json(reports.as_json(report)),
        "report.html": html_report.as_html(report).encode(),
        "junit.xml": reports.as_junit(report).encode(),
        "clock.txt": "\n".join(_clock(report)).encode(),
    }
    for case in report.cases:
        kept = {"replay": case.replay, "transcript": case.transcript.to_json()}
        files[f"cases/{case.transcript.case}.json"] = _json(kept)
    files |= {f"sources/{name}": content for name, content in sources.items()}
    manifest = {
        "format": _FORMAT,
        "client": report.client,
        "seed": report.seed,
        "versions": report.versions,
        "conforms": report.passed,
        "cases": [each.transcript.case for each in report.cases],
        "expected": sorted(map(list, report.expected)),
        "stale": list(report.stale),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files = {_MANIFEST: _json(manifest), **files}
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of judging a pack again."""

    report: Report
    differences: tuple[str, ...]
    """Where the pack is damaged, or says something else than what comes out now; empty where all agrees."""


def verify(path: Path) -> Verified:
    """Judge a pack again, from what was seen alone.

    Raises:
        ConformError: it cannot be read, or is no evidence pack.

    """
    try:
        files = _read(path)
        manifest = json.loads(files.pop(_MANIFEST))
        if manifest["format"] != _FORMAT:
            raise ConformError(f"{path}: a pack of format {manifest['format']}; this sevis-sim reads {_FORMAT}")
        differences = _damage(files, manifest["files"])
        told = {
            case["case"]: {each["check"]: (each["outcome"], tuple(each["lines"])) for each in case["findings"]}
            for case in json.loads(files["report.json"])["cases"]
        }
        cases = []
        for name in manifest["cases"]:
            content = json.loads(files[f"cases/{name}.json"])
            transcript = Transcript.from_json(content["transcript"])
            cases.append(CaseReport(transcript, judge(transcript), content["replay"]))
        expected = frozenset((check, case) for check, case in manifest["expected"])
        found = Report(
            manifest["client"], tuple(cases), manifest["seed"], expected, tuple(manifest["stale"]), manifest["versions"]
        )
        conforms = manifest["conforms"]
    except ConformError:
        raise
    except (OSError, zipfile.BadZipFile) as error:
        raise ConformError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConformError(f"{path}: this is no evidence pack of sevis-sim conform ({type(error).__name__})") from error
    for case in cases:
        before = told.get(case.transcript.case, {})
        for finding in case.findings:
            outcome, lines = before.get(finding.check, ("", ()))
            if (outcome, lines) != (finding.outcome, finding.lines):
                was = outcome or "not there"
                differences.append(f"{case.transcript.case}: {finding.check} was {was}, and is {finding.outcome}")
    if conforms != found.passed:
        differences.append(f"the pack says that the client {'conforms' if conforms else 'does not conform'}")
    return Verified(found, tuple(differences))


def _read(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        if sum(each.file_size for each in archive.infolist()) > _MOST:
            raise ConformError(f"{path}: it unpacks to more than {_MOST} bytes")
        return {each.filename: archive.read(each) for each in archive.infolist()}


def _damage(files: Mapping[str, bytes], digests: Mapping[str, str]) -> list[str]:
    lines = [f"{name} is missing" for name in digests if name not in files]
    for name, content in files.items():
        if name not in digests:
            lines.append(f"{name} does not belong to the pack")
        elif hashlib.sha256(content).hexdigest() != digests[name]:
            lines.append(f"{name} has been changed")
    return lines


def _clock(report: Report) -> list[str]:
    lines = []
    for case in report.cases:
        lines.append(f"# {case.transcript.case}")
        lines += [f"{each.instant}  {each.kind}  {each.summary}" for each in case.transcript.happenings]
    return [*lines, ""]


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
