"""All commands in one application."""

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from sevis_sim import __version__
from sevis_sim.cli import (
    certificates,
    check,
    clock,
    config,
    demo,
    exchange,
    explain,
    generate,
    journal,
    organizations,
    records,
    sandboxes,
    schemas,
    serve,
)
from sevis_sim.cli.report import EXIT_ENVIRONMENT, Command, CommandError, error_line

app = typer.Typer(
    name="sevis-sim",
    help="An offline simulator of the SEVIS batch interface.\n\n"
    "Start with:  sevis-sim demo   (the whole way of two batches, narrated)\n\n"
    "Then:        sevis-sim serve  (and follow the lines that it prints)",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sevis-sim {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None: ...


app.command("demo", cls=Command)(demo.demo)
app.command("serve", cls=Command)(serve.serve)
app.command("ready", cls=Command)(serve.ready)
app.command("upload", cls=Command)(exchange.upload)
app.command("download", cls=Command)(exchange.download)
app.command("status", cls=Command)(exchange.status)
app.command("check", cls=Command)(check.check)
app.command("explain", cls=Command)(explain.explain)
app.add_typer(generate.app, name="generate")
app.add_typer(clock.app, name="clock")
app.add_typer(organizations.app, name="org")
app.add_typer(records.app, name="record")
app.add_typer(certificates.app, name="cert")
app.add_typer(sandboxes.app, name="sandbox")
app.add_typer(sandboxes.snapshots, name="snapshot")
app.add_typer(journal.app, name="journal")
app.add_typer(config.app, name="config")
app.add_typer(schemas.app, name="schemas")


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
        error_line(f"a fault of sevis-sim, please report it: {type(error).__name__}: {error} ({where})")
        sys.exit(EXIT_ENVIRONMENT)
