"""From a transcript to what every check found in it."""

from collections.abc import Mapping
from types import MappingProxyType

from sevis_sim.conformance import conduct_rules, result_rules, wire_rules
from sevis_sim.conformance.rules import Rule
from sevis_sim.conformance.transcript import Transcript
from sevis_sim.conformance.verdicts import Finding

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "tls.presents-certificate": wire_rules.presents_certificate,
        "tls.refuses-wrong-server": wire_rules.refuses_wrong_server,
        "form.well-formed": wire_rules.well_formed,
        "form.fields": wire_rules.fields,
        "xml.valid": wire_rules.valid_xml,
        "batch.unique-ids": wire_rules.unique_ids,
        "batch.at-most-250": wire_rules.at_most_250,
        "upload.not-again-after-accepted": conduct_rules.not_again_after_accepted,
        "upload.lost-reply": conduct_rules.lost_reply,
        "delivery.exactly-once": conduct_rules.exactly_once,
        "upload.tries-again": conduct_rules.tries_again,
        "upload.backs-off": conduct_rules.backs_off,
        "upload.gives-up": conduct_rules.gives_up,
        "upload.believes": conduct_rules.believes,
        "access.forbidden": conduct_rules.forbidden,
        "access.rollover": conduct_rules.rollover,
        "traffic.polite": conduct_rules.polite,
        "download.waits": result_rules.waits,
        "download.records": result_rules.records,
        "download.spoilt": result_rules.spoilt,
        "download.no-forms": result_rules.no_forms,
        "download.late": result_rules.late,
        "release.change": result_rules.release_change,
    }
)
"""The function of each check but ``scenario.as-expected``, which looks at what the others found."""

LAST = "scenario.as-expected"


def judge(transcript: Transcript) -> tuple[Finding, ...]:
    """Return what all checks find in a case; the same transcript gives the same findings, wherever it is looked at."""
    found = [rule(transcript) for rule in RULES.values()]
    return (*found, _as_expected(transcript, found))


def _as_expected(transcript: Transcript, found: list[Finding]) -> Finding:
    if transcript.error:
        return Finding(LAST, "error", (transcript.error,))
    broken = [each.check for each in found if each.outcome == "fail"]
    unstarted = [each for each in transcript.actions if each.exit is None and not each.wires]
    if unstarted and not broken:
        lines = tuple(f"action {each.number}, {each.name}: {each.problem}" for each in unstarted)
        return Finding(LAST, "error", lines, tuple(each.number for each in unstarted))
    if not transcript.problems:
        return Finding(LAST, "pass")
    if broken:
        return Finding(LAST, "skip", (f"it did not end as it says, which follows from {', '.join(broken)}",))
    return Finding(LAST, "fail", transcript.problems)
