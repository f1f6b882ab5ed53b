"""Rules about results: waiting, reading them record by record, and not believing broken ones."""

from sevis_sim.conformance.rules import claims
from sevis_sim.conformance.transcript import DAMAGED, NO_ANSWER, Action, Transcript, Wire
from sevis_sim.conformance.verdicts import Finding

_DONE = ("received", "partly")
_NOTHING = Wire("none", "", 0.0, NO_ANSWER)


def waits(transcript: Transcript) -> Finding:
    """``download.waits``."""
    return claims(
        "download.waits",
        transcript,
        lambda each: each.name == "download" and each.outcome == "S0030",
        lambda each: "" if each.means == "again" else f"the answer was S0030, and it makes {each.means!r} of it",
        "no download was answered with S0030",
    )


def records(transcript: Transcript) -> Finding:
    """``download.records``."""

    def wrong(action: Action) -> str:
        last = action.last
        if last is None:
            return ""
        if action.means not in _DONE:
            return f"the result is good, and it makes {action.means!r} of it"
        if last.failed and action.means == "received":
            return f"it says that all is stored; these records failed: {', '.join(last.failed)}"
        if not last.failed and action.means == "partly":
            return "it says that records failed, and none did"
        for said, true, word in (
            (action.said_failed, last.failed, "failed"),
            (action.said_stored, last.stored, "stored"),
        ):
            if said is not None and set(said) != set(true):
                return f"it calls {_listed(said)} {word}; the result says {_listed(true)}"
        return ""

    return claims("download.records", transcript, _got_result, wrong, "no result was downloaded")


def spoilt(transcript: Transcript) -> Finding:
    """``download.spoilt``."""

    def wrong(action: Action) -> str:
        if action.means == "again":
            return ""
        what = "an answer that broke off" if action.outcome == NO_ANSWER else "a broken result"
        return f"it got {what}, and makes {action.means!r} of it"

    return claims(
        "download.spoilt",
        transcript,
        lambda each: (
            each.name == "download"
            and each.last is not None
            and each.outcome in (NO_ANSWER, DAMAGED, "page")
            and transcript.server == "valid"
        ),
        wrong,
        "no download was spoilt",
    )


def no_forms(transcript: Transcript) -> Finding:
    """``download.no-forms``: forms that were asked for are not in the zip."""
    return claims(
        "download.no-forms",
        transcript,
        lambda each: _got_result(each) and _struck(transcript, "missing-pdf"),
        lambda each: "" if each.means in _DONE else f"the records are there, and it makes {each.means!r} of it",
        "no result lacked its forms",
    )


def late(transcript: Transcript) -> Finding:
    """``download.late``: first S0030 after the morning on which results come, then the result."""
    check = "download.late"
    if not _struck(transcript, "late"):
        return Finding(check, "not applicable", ("no result was late",))
    return claims(
        check,
        transcript,
        _got_result,
        lambda each: "" if each.means in _DONE else f"the result came late, and it makes {each.means!r} of it",
        "no late result was downloaded",
    )


def release_change(transcript: Transcript) -> Finding:
    """``release.change``: a log with unknown elements is read, a batch that the new schema refuses is not repeated."""

    def wrong(action: Action) -> str:
        if action.name == "download":
            good, what = list(_DONE), "the log has elements that are new"
        else:
            good, what = ["refused"], "the new schema refuses the batch"
        return "" if action.means in good else f"{what}, and it makes {action.means!r} of it"

    return claims(
        "release.change",
        transcript,
        lambda each: any("odd-log" in fault or "schema-switch" in fault for fault in (each.last or _NOTHING).faults),
        wrong,
        "there was no release",
    )


def _got_result(action: Action) -> bool:
    return action.name == "download" and action.outcome == "S0000"


def _struck(transcript: Transcript, kind: str) -> bool:
    return any(each.kind == "fault.struck" and f": {kind}" in each.summary for each in transcript.happenings)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
