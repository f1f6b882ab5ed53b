"""Rules about what a client does after an answer: again, ask, or stop; and how often."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from sevis_sim.conformance.rules import claims, content_of, finding, uploads
from sevis_sim.conformance.transcript import NO_ANSWER, Action, Transcript, Wire
from sevis_sim.conformance.verdicts import Finding

REFUSED = ("S0002", "S0003", "S0010", "S0011", "S0012", "S0013")
"""Codes of an upload that is refused until somebody mends it."""


def not_again_after_accepted(transcript: Transcript) -> Finding:
    """``upload.not-again-after-accepted``: after the client has read S0000. Lost replies are another matter."""
    check = "upload.not-again-after-accepted"
    told: dict[bytes, Action] = {}
    problems = []
    for action, wire in uploads(transcript):
        before = told.get(_people(wire))
        # A scenario that asks for the same batch twice wants to see S0010; that is not the client's doing.
        asked_for = before is not None and action is not before and transcript.flow == "steps"
        if before is not None and not asked_for:
            problems.append((action, f"the records of {before.batch} are sent again, which had been accepted"))
        if wire.outcome == "S0000":
            told.setdefault(_people(wire), action)
    return finding(check, list(told.values()), problems, "no upload was accepted")


def lost_reply(transcript: Transcript) -> Finding:
    """``upload.lost-reply``: the batch is there or not, the client cannot know; nothing is doubled, nothing is lost."""
    check = "upload.lost-reply"
    lost = [(action, wire) for action, wire in uploads(transcript) if wire.outcome == NO_ANSWER]
    if not lost:
        return Finding(check, "not applicable", ("no reply was lost",))
    problems = [
        (action, "it takes the batch for accepted, and no answer has told it so")
        for action, wire in lost
        if wire is action.last and action.means == "accepted"
    ]
    problems += [(lost[0][0], each) for each in doubled(transcript)]
    if transcript.flow in ("deliver", "run"):
        problems += [(lost[0][0], each) for each in missing(transcript)]
    return finding(check, [action for action, _ in lost], problems, "")


def exactly_once(transcript: Transcript) -> Finding:
    """``delivery.exactly-once``: for deliveries; what a lost reply does to them is ``upload.lost-reply``."""
    check = "delivery.exactly-once"
    if transcript.flow == "steps" or transcript.server != "valid":
        return Finding(check, "not applicable", ("nothing is delivered as the client itself decides",))
    if any(wire.outcome == NO_ANSWER for _, wire in uploads(transcript)):
        return Finding(check, "not applicable", ("an upload got no answer: see upload.lost-reply",))
    first = transcript.actions[:1]
    problems = [(first[0], each) for each in (*doubled(transcript), *missing(transcript))] if first else []
    return finding(check, first, problems, "nothing was to be delivered")


def doubled(transcript: Transcript) -> list[str]:
    """Return the people whom SEVIS has stored more than once, with the batches that did it."""
    found: dict[str, list[str]] = {}
    for taken in transcript.taken:
        for person in taken.people:
            found.setdefault(person, []).append(taken.batch)
    return [
        f"{person} is stored {len(batches)} times, by the batches {', '.join(batches)}"
        for person, batches in found.items()
        if len(batches) > 1
    ]


def missing(transcript: Transcript) -> list[str]:
    """Return batches that were to be delivered and are not: not in SEVIS, or there without the client's knowing it."""
    lines = []
    there = {each.batch for each in transcript.taken}
    for batch in dict.fromkeys(each.batch for each in transcript.actions if each.name == "upload"):
        ends = [each for each in transcript.actions if each.batch == batch]
        if any(each.name == "download" and each.means in ("received", "partly") for each in ends):
            continue
        # What a client that runs by itself makes of a good result is not known: it has it.
        if transcript.flow == "run" and any(each.name == "download" and each.outcome == "S0000" for each in ends):
            continue
        if ends[-1].means == "again":
            continue  # it has not given up: only this case has ended
        last = next((each for each in reversed(ends) if each.name == "upload"), None)
        if batch not in there and last is not None and last.outcome in REFUSED:
            continue  # it was right to give up: that is the matter of upload.gives-up
        if batch in there:
            lines.append(
                f"{batch} is in SEVIS, and the client has never got its result: it ended with {ends[-1].means}"
            )
        else:
            lines.append(f"{batch} never came into SEVIS: the client gave it up with {ends[-1].means}")
    return lines


def tries_again(transcript: Transcript) -> Finding:
    """``upload.tries-again``."""

    def wrong(action: Action) -> str:
        if action.means in ("again", "ask"):
            return ""
        return f"the answer was {action.outcome}, and it makes {action.means!r} of it instead of 'again'"

    return claims(
        "upload.tries-again",
        transcript,
        lambda each: each.name == "upload" and (each.outcome == "S0001" or each.outcome.startswith("5")),
        wrong,
        "no upload ended with S0001 or HTTP 5xx",
    )


def backs_off(transcript: Transcript) -> Finding:
    """``upload.backs-off``: between requests that a client repeats by itself within one action."""
    looked_at, problems = [], []
    for action, asked in _repeated(transcript):
        if asked and (_trouble(asked[0]) or len(asked) > 1):
            looked_at.append(action)
        for first, second in pairwise(asked):
            waited = second.seconds - first.seconds
            if _trouble(first) and waited < transcript.pause:
                problems.append((action, f"it repeated the request {waited:.2f} seconds after {first.outcome}"))
    return finding("upload.backs-off", looked_at, problems, "nothing went wrong that could be repeated")


def _repeated(transcript: Transcript) -> Iterator[tuple[Action, list[Wire]]]:
    """Yield what a client asked within one action; of one that runs by itself, what it asked about one batch."""
    if transcript.flow != "run":
        for action in transcript.actions:
            yield action, [each for each in action.wires if each.kind == action.name]
        return
    for first in {(each.name, each.batch): each for each in reversed(transcript.actions)}.values():
        alike = [each for each in transcript.actions if (each.name, each.batch) == (first.name, first.batch)]
        yield first, [wire for each in alike for wire in each.wires if wire.kind == first.name]


def gives_up(transcript: Transcript) -> Finding:
    """``upload.gives-up``."""

    def wrong(action: Action) -> str:
        repeated = [each for each in action.wires if each.kind == "upload" and each.outcome in REFUSED]
        if len(repeated) > 1:
            return f"it sent the batch {len(repeated)} times, though {repeated[0].outcome} had refused it"
        # S0010 may mean that an earlier upload has arrived after all: asking for the result is a good answer to it.
        good = ("refused", "ask") if action.outcome == "S0010" else ("refused",)
        return "" if action.means in good else f"the answer was {action.outcome}, and it makes {action.means!r} of it"

    return claims(
        "upload.gives-up",
        transcript,
        lambda each: each.name == "upload" and each.outcome in REFUSED,
        wrong,
        "no upload was refused with a code",
    )


def believes(transcript: Transcript) -> Finding:
    """``upload.believes``."""

    def wrong(action: Action) -> str:
        accepted = any(each.outcome == "S0000" for each in action.wires if each.kind == "upload")
        if accepted and action.means != "accepted":
            return f"the batch was accepted (S0000), and it makes {action.means!r} of it"
        if not accepted and action.means == "accepted":
            return f"it takes the batch for accepted; the answer was {action.outcome}"
        return ""

    return claims(
        "upload.believes",
        transcript,
        lambda each: each.name == "upload" and bool(each.last) and each.outcome != NO_ANSWER,
        wrong,
        "no upload was answered",
    )


def forbidden(transcript: Transcript) -> Finding:
    """``access.forbidden``."""

    def wrong(action: Action) -> str:
        repeated = [each for each in action.wires if each.outcome == "403"]
        if len(repeated) > 1:
            return f"it asked {len(repeated)} times with a certificate that is refused"
        return "" if action.means == "refused" else f"the answer was 403, and it makes {action.means!r} of it"

    return claims(
        "access.forbidden", transcript, lambda each: each.outcome == "403", wrong, "no request was answered with 403"
    )


def rollover(transcript: Transcript) -> Finding:
    """``access.rollover``: after it was given another certificate, the client goes on with it."""
    used: set[str] = set()
    looked_at, problems = [], []
    for action in transcript.actions:
        if used and action.certificate and action.certificate not in used:
            looked_at.append(action)
            if action.last is None:
                problems.append((action, "with its new certificate it has sent nothing"))
            elif action.last.certificate != action.certificate:
                problems.append((action, "it still presents another certificate"))
        if not looked_at or action.certificate not in {each.certificate for each in looked_at}:
            used.add(action.certificate)
    return finding("access.rollover", looked_at, problems, "the client was given one certificate only")


def polite(transcript: Transcript) -> Finding:
    """``traffic.polite``."""
    problems = []
    at_once = Counter(each.instant for each in transcript.actions) if transcript.flow == "run" else Counter()
    for instant, count in at_once.items():
        first = next(each for each in transcript.actions if each.instant == instant)
        if count > 2 * transcript.requests:
            problems.append((first, f"{count} requests without a pause in which the clock could move"))
    for action in transcript.actions:
        count = sum(each.kind != "unreadable" for each in action.wires)
        if count > transcript.requests:
            problems.append((action, f"{count} requests for one {action.name}; polite are {transcript.requests}"))
    asked = [each for each in transcript.actions if each.wires]
    return finding("traffic.polite", asked, problems, "nothing came in")


def _trouble(wire: Wire) -> bool:
    return wire.outcome in ("S0001", "S0030") or wire.outcome.startswith("5")


def _people(wire: Wire) -> bytes:
    """Return what tells whether two uploads bring the same records, whatever their batch IDs."""
    return content_of(wire) or f"{wire.organization}/{wire.batch}".encode()
