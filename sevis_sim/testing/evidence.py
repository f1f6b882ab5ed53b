"""What a failing test's report says of its sandbox: what happened in it, why, and what to do about it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from sevis_sim.journal import Entry
    from sevis_sim.synchronous import SyncSandbox, SyncSimulator
    from sevis_sim.testing.university import SyncUniversity

MOST = 60
"""Entries that are shown, the last ones."""


class Evidence(Protocol):
    """Something that can tell what happened during a test."""

    title: str

    def lines(self) -> list[str]:
        """Return what happened."""


class SandboxEvidence:
    """The journal of a test's sandbox, and what the server saw meanwhile that no certificate ties to any."""

    title = "SEVIS: what happened in the test's sandbox"

    def __init__(self, server: "SyncSimulator", sandbox: "SyncSandbox") -> None:
        self._server, self._sandbox = server, sandbox
        self._from = max((entry.id for entry in server.server_entries()), default=0)

    def lines(self) -> list[str]:
        """Return clock, seed and scenario, then the entries."""
        sandbox = self._sandbox
        calendar = self._server.simulator.default.sandbox.calendar
        local = calendar.local
        clock = f"{local(sandbox.clock.now()):%a %Y-%m-%d %H:%M:%S %Z}"
        lines = [f"sandbox {sandbox.name}, scenario {sandbox.scenario.scenario}, seed {sandbox.seed}, clock {clock}"]
        lines += entry_lines(sandbox.journal.entries(), local)
        others = self._server.server_entries(self._from)
        if others:
            lines += ["", "meanwhile, from clients whose certificate names no sandbox:", *entry_lines(others, local)]
        return lines


class UniversityEvidence:
    """The journal of a test's University Directory."""

    title = "University Directory: what happened in the test"

    def __init__(self, university: "SyncUniversity") -> None:
        self._university = university

    def lines(self) -> list[str]:
        """Return the entries."""
        return entry_lines(self._university.entries(), lambda instant: instant)


def entry_lines(entries: "Sequence[Entry]", local: Callable[[datetime], datetime]) -> list[str]:
    """Return entries as lines: when, kind, summary; below it why, and what to do."""
    from sevis_sim.journal import advice, escaped

    lines = [f"({len(entries) - MOST} earlier entries are left out)"] if len(entries) > MOST else []
    for entry in entries[-MOST:]:
        lines.append(f"{local(entry.instant):%a %m-%d %H:%M:%S}  {entry.kind:<18}  {escaped(entry.summary)}")
        lines += [f"{'':20}{line}" for line in advice(entry.detail)]
    return lines or ["nothing: no request reached it"]


def add_evidence(report: pytest.TestReport, evidence: Iterable[Evidence]) -> None:
    """Add sections to a report: to the failure itself where pytest can, so that JUnit files have them too."""
    for each in evidence:
        try:
            text = "\n".join(each.lines())
        except Exception as error:  # the test's own failure must be told, whatever became of the server
            text = f"cannot be told: {type(error).__name__}: {error}"
        add = getattr(report.longrepr, "addsection", None)
        if add is not None:
            add(each.title, text, "-")
        else:
            report.sections.append((each.title, text))
