"""What all rules share: a rule looks at a transcript and returns what it found."""

import re
from collections.abc import Callable, Iterator, Sequence

from sevis_sim.conformance.transcript import Action, Transcript, Wire
from sevis_sim.conformance.verdicts import Finding
from sevis_sim.gateway.multipart import boundary_of, read_form

_BATCH_ID = re.compile(rb"<BatchID>[^<]*</BatchID>")

Rule = Callable[[Transcript], Finding]


def finding(check: str, looked_at: Sequence[Action], problems: Sequence[tuple[Action, str]], why_not: str) -> Finding:
    """Return what came of a check.

    Args:
        check: its id.
        looked_at: actions that it has to do with; none makes it not applicable.
        problems: what is wrong with which.
        why_not: why it is not applicable then.

    """
    if problems:
        where: dict[str, list[Action]] = {}
        for action, problem in problems:
            where.setdefault(problem, []).append(action)
        told = tuple(f"{_places(actions)}: {problem}" for problem, actions in where.items())
        return Finding(check, "fail", told, tuple(dict.fromkeys(action.number for action, _ in problems)))
    if not looked_at:
        return Finding(check, "not applicable", (why_not,))
    return Finding(check, "pass", actions=tuple(dict.fromkeys(each.number for each in looked_at)))


def unmapped(check: str, actions: Sequence[Action], *, runs: bool = False) -> Finding:
    """Return that a check must be left out, since client.yaml does not say what the client makes of an answer."""
    if runs:
        told = "what the client made of it cannot be seen; say in client.yaml where its output names records"
        return Finding(check, "skip", (told,), tuple(each.number for each in actions))
    ends = ", ".join(sorted({f"{each.name} exit {each.exit}" for each in actions}))
    return Finding(
        check,
        "skip",
        (f"client.yaml does not say what this means: {ends}; add a rule to its outcomes",),
        tuple(each.number for each in actions),
    )


def _places(actions: Sequence[Action]) -> str:
    """Return actions in a few words: the first of them whole, the others by number."""
    others = [str(each.number) for each in dict.fromkeys(actions) if each is not actions[0]]
    also = f" (also {', '.join(others)})" if others else ""
    return f"action {actions[0].number}, {actions[0].name} {actions[0].batch}{also}"


def uploads(transcript: Transcript) -> Iterator[tuple[Action, Wire]]:
    """Yield all uploads that came in, with the action in which they did."""
    return ((action, wire) for action in transcript.actions for wire in action.wires if wire.kind == "upload")


def requests(transcript: Transcript) -> Iterator[tuple[Action, Wire]]:
    """Yield all requests that came in."""
    return ((action, wire) for action in transcript.actions for wire in action.wires if wire.request)


def header(wire: Wire, name: str) -> str:
    """Return a header of a request; blank where it has none."""
    for line in wire.request_head.split("\r\n")[1:]:
        found, _, text = line.partition(":")
        if found.strip().lower() == name:
            return text.strip()
    return ""


def document_of(wire: Wire) -> bytes | None:
    """Return the batch that an upload brought; None where its form cannot be read."""
    boundary = boundary_of(header(wire, "content-type"))
    part = read_form(wire.request_body, boundary).parts.get("xml") if boundary else None
    return part.read() if part else None


def content_of(wire: Wire) -> bytes:
    """Return what an upload brought without its batch ID, to tell the same records under another one."""
    document = document_of(wire)
    return _BATCH_ID.sub(b"", document, count=1) if document else b""


def whole(wire: Wire) -> bool:
    """Whether the whole body of a request was kept."""
    return len(wire.request_body) == wire.request_size


def claims(
    check: str,
    transcript: Transcript,
    chosen: Callable[[Action], bool],
    wrong: Callable[[Action], str],
    why_not: str,
) -> Finding:
    """Judge what the client made of answers.

    Args:
        check: id.
        transcript: the case.
        chosen: the actions that it has to do with.
        wrong: why what the client made of it is wrong; blank where it is not.
        why_not: why it is not applicable where none is chosen.

    """
    actions = [each for each in transcript.actions if chosen(each)]
    problems = []
    for action in actions:
        if action.exit is None:
            problems.append((action, action.problem or "it did not end by itself"))
        elif action.exit < 0:
            problems.append((action, f"it was ended by signal {-action.exit}"))
        elif action.means is not None and (told := wrong(action)):
            problems.append((action, told))
    unknown = [each for each in actions if each.exit is not None and each.exit >= 0 and each.means is None]
    if unknown and not problems:
        return unmapped(check, unknown, runs=transcript.flow == "run")
    return finding(check, actions, problems, why_not)
