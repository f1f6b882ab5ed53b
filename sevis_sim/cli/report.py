"""What all commands share: errors in one line, exit codes, JSON."""

import contextlib
import gc
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from sevis_sim.client import ControlClient

T = TypeVar("T")

EXIT_GOOD = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_ENVIRONMENT = 3

BEHIND = "sevis_sim.behind"
"""Key of a command's context: the words behind ``--``."""

DEFAULT_CONTROL_URL = "http://127.0.0.1:8444"

_USUAL_THRESHOLDS = gc.get_threshold()
_SELDOM = 200_000
"""New objects after which the collector looks for garbage among them, instead of some hundreds: `serve` makes 150,000
until it is ready."""


class SystemName(StrEnum):
    """The systems that a command can be for."""

    production = "production"
    beta = "beta"
    alpha = "alpha"


ControlOption = Annotated[
    str | None,
    typer.Option("--control", metavar="URL", help="Control API of the simulator. Default: $SEVIS_SIM_CONTROL_URL."),
]
SandboxOption = Annotated[
    str | None, typer.Option("--sandbox", metavar="NAME", help="Sandbox. Default: $SEVIS_SIM_SANDBOX, else default.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OutputOption = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write it; - is standard output.")
]


class Command(TyperCommand):
    """A command whose help shows its examples line by line, as they were written."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.help:
            self.help = re.sub(r"^Examples?:", "\b\n\\g<0>", self.help, flags=re.MULTILINE)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as usual; what stands behind ``--`` is kept apart, too, for commands that call another program."""
        ctx.meta[BEHIND] = args[args.index("--") + 1 :] if "--" in args else []
        return super().parse_args(ctx, args)


class CommandError(Exception):
    """A command that cannot go on: one line for the user, and the exit code."""

    def __init__(self, message: str, exit_code: int = EXIT_ENVIRONMENT) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def collect_seldom() -> None:
    """Let the garbage collector look seldom: what a start loads stays, and looking at it took an eighth of the time."""
    gc.set_threshold(_SELDOM, *_USUAL_THRESHOLDS[1:])


def collect_as_usual() -> None:
    """Let the collector look as usual from now on, and leave out what there is: a server lives on it to the end."""
    gc.freeze()
    gc.set_threshold(*_USUAL_THRESHOLDS)


def fail(message: str, exit_code: int = EXIT_ENVIRONMENT) -> NoReturn:
    """End the command with one line and an exit code."""
    raise CommandError(message, exit_code)


def error_line(message: str) -> None:
    """Print an error; every line of it names what is wrong and what to do."""
    for line in message.splitlines():
        print(f"sevis-sim: {line}", file=sys.stderr)


def say(text: str = "") -> None:
    """Print a line of the command's output."""
    print(text, flush=True)


def say_json(value: Any) -> None:
    """Print a value as indented JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False), flush=True)


@contextlib.contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far a long work is, where standard error is a terminal; yields what is to be told how many are done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def write_output(content: bytes, output: Path) -> None:
    """Write what a command made to a file, or to standard output for ``-``."""
    if str(output) == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    output.write_bytes(content)


def environment() -> dict[str, str]:
    """Return the environment variables over those that ``serve`` left in .sevis-sim/, if it ran in this folder."""
    file = Path(".sevis-sim") / "sevis-sim.env"
    if not file.is_file():
        return dict(os.environ)
    words = (shlex.split(line) for line in file.read_text(encoding="utf-8").splitlines())
    pairs = (word[1].partition("=") for word in words if len(word) > 1 and word[0] == "export")
    return {name: text for name, _, text in pairs} | dict(os.environ)


def control_url(given: str | None) -> str:
    """Return the control API's address: flag, environment, default."""
    return given or environment().get("SEVIS_SIM_CONTROL_URL") or DEFAULT_CONTROL_URL


def control_client(control: str | None, sandbox: str | None) -> "ControlClient":
    """Return a client of the control API, with the token of ``SEVIS_SIM_CONTROL_TOKEN`` if there is one."""
    from sevis_sim.client import ControlClient

    token = os.environ.get("SEVIS_SIM_CONTROL_TOKEN")
    return ControlClient(control_url(control), token=token, sandbox=sandbox_name(sandbox))


def sandbox_name(given: str | None) -> str:
    """Return the sandbox a command works on: flag, environment, ``default``."""
    return given or environment().get("SEVIS_SIM_SANDBOX") or "default"


def clock_words(mode: str, factor: float) -> str:
    """Say how a clock runs: ``frozen``, ``real``, or ``scaled`` by a factor."""
    return {"frozen": "standing still", "real": "running"}.get(mode, f"running {factor:g} times as fast")


def print_advice(detail: Mapping[str, Any], indent: int) -> None:
    """Print what a journal entry says beyond its summary: violations, oddities, remedies."""
    from sevis_sim.journal import advice

    for line in advice(detail):
        say(f"{'':{indent}}{line}")


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what can go wrong with a simulator into one line each."""
    from sevis_sim.clock import ClockError, InstantError, ProfileError
    from sevis_sim.pki import PkiError
    from sevis_sim.scenarios import ScenarioError
    from sevis_sim.simulator import DataDirectoryError, SimulatorError
    from sevis_sim.store import StoreError
    from sevis_sim.wire import WireError

    try:
        yield
    except (DataDirectoryError, PkiError, SimulatorError, StoreError, WireError) as error:
        raise CommandError(str(error)) from error
    except (ClockError, InstantError, ProfileError, ScenarioError) as error:
        raise CommandError(str(error), EXIT_USAGE) from error


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; errors of client and control become one line."""
    import asyncio  # only now: a fifth of the start of a command that has no use for it

    try:
        return asyncio.run(work)
    except Exception as error:
        from sevis_sim.client import ClientError, ControlError  # only now: `serve` starts faster without it

        if isinstance(error, ControlError):  # 4xx: what was asked cannot be; no answer or 5xx: the surroundings
            asked_wrong = error.status is not None and 400 <= error.status < 500
            raise CommandError(str(error), EXIT_USAGE if asked_wrong else EXIT_ENVIRONMENT) from error
        if isinstance(error, ClientError):
            raise CommandError(str(error)) from error
        raise
