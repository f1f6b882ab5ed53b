"""What the commands share: exit codes, errors in one line, where output goes."""

import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

EXIT_GOOD = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_ENVIRONMENT = 3

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


class CommandError(Exception):
    """A command that cannot go on: what is wrong in one line or a few, and the exit code."""

    def __init__(self, message: str, exit_code: int = EXIT_ENVIRONMENT) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def fail(message: str, exit_code: int = EXIT_ENVIRONMENT) -> NoReturn:
    """End the command with a message and an exit code."""
    raise CommandError(message, exit_code)


def error_line(message: str) -> None:
    """Print an error to standard error."""
    print(f"udir-sim: {message}", file=sys.stderr)


def note(message: str) -> None:
    """Print what helps a person but is no part of the output."""
    print(message, file=sys.stderr)


def write(content: str | bytes, output: Path | None) -> None:
    """Write a command's output to a file, or to standard output for None and ``-``."""
    data = content.encode() if isinstance(content, str) else content
    if output is None or str(output) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        output.write_bytes(data)


def as_json(value: Any) -> str:
    """Return a value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def day(text: str) -> date:
    """Read a day of an option: ``1999-09-02`` or ``19990902``."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day; write it as 1999-09-02") from error


DayOption = Annotated[
    date | None,
    typer.Option(parser=day, metavar="DAY", help="Day of receipt, as 1999-09-02. [today in California]"),
]


def today() -> date:
    """Return today's date where the University is."""
    from sevis_sim.clock import Clock, zone_named  # only where no day is given

    return Clock.real().now().astimezone(zone_named("America/Los_Angeles")).date()


def need_numpy() -> None:
    """Fail with the remedy where numpy is missing."""
    try:
        import numpy  # noqa: F401 - only whether it is there
    except ModuleNotFoundError:
        fail("this command needs numpy; install it with: pip install 'sevis-sim[udir]'")
