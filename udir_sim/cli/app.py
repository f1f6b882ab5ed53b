"""All commands in one application."""

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from udir_sim.cli import applications, asking, checking, controls, layouts, making, rules, serving
from udir_sim.cli.output import EXIT_ENVIRONMENT, Command, CommandError, error_line

app = typer.Typer(
    name="udir-sim",
    help="A simulator of the University Directory's student interface (UDIRSTUD).\n\n"
    "Start with:  udir-sim generate -o udirstud.txt\n\n"
    "Then:        udir-sim check udirstud.txt",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from sevis_sim import __version__  # one distribution, one version

        typer.echo(f"udir-sim {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None: ...


app.command("check", cls=Command)(checking.check)
app.command("diff", cls=Command)(checking.diff)
app.command("report-diff", cls=Command)(checking.report_diff)
app.command("generate", cls=Command)(making.generate)
app.command("hash", cls=Command)(making.hash_values)
app.command("rules", cls=Command)(rules.rules)
app.command("layout", cls=Command)(layouts.layout)
app.command("query", cls=Command)(asking.query)
app.command("policies", cls=Command)(applications.policies)
app.command("audit", cls=Command)(applications.audit)
app.add_typer(applications.certificate_app, name="certificate")
app.command("serve", cls=Command)(serving.serve)
app.add_typer(controls.held_app, name="held")
app.command("loads", cls=Command)(controls.loads)
app.command("roll-back", cls=Command)(controls.roll_back)
app.add_typer(controls.fault_app, name="fault")
app.command("journal", cls=Command)(controls.journal)


def main() -> None:
    """Run the command line. Whatever a user can cause ends in one line and an exit code, never in a traceback."""
    try:
        app()
    except CommandError as error:
        error_line(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output has gone (`| head`): nothing is left to say, even at the exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        error_line(f"{error.strerror or error}{place}")
        sys.exit(EXIT_ENVIRONMENT)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        error_line(f"a fault of udir-sim, please report it: {type(error).__name__}: {error} ({where})")
        sys.exit(EXIT_ENVIRONMENT)
