"""All commands in one application."""

import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from sevis_sim import __version__
from sevis_sim.cli.report import EXIT_ENVIRONMENT, Command, CommandError, collect_seldom, error_line

COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "demo": ("demo", "demo"),
        "serve": ("serve", "serve"),
        "ready": ("serve", "ready"),
        "upload": ("exchange", "upload"),
        "download": ("exchange", "download"),
        "status": ("exchange", "status"),
        "check": ("check", "check"),
        "explain": ("explain", "explain"),
        "generate": ("generate", "app"),
        "scenario": ("scenarios", "app"),
        "conform": ("conform", "conform"),
        "clock": ("clock", "app"),
        "org": ("organizations", "app"),
        "user": ("users", "app"),
        "record": ("records", "app"),
        "cert": ("certificates", "app"),
        "listener": ("listeners", "app"),
        "sandbox": ("sandboxes", "app"),
        "snapshot": ("sandboxes", "snapshots"),
        "fault": ("faults", "app"),
        "journal": ("journal", "app"),
        "config": ("config", "app"),
        "schemas": ("schemas", "app"),
    }
)
"""Each command, in the order of the help: the module of this package and the name in it, of a function or a group."""


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sevis-sim {__version__}")
        raise typer.Exit


def _root(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None: ...


def application(wanted: str | None = None) -> typer.Typer:
    """Return the application, with all commands, or with one of them: the others need not be imported for it."""
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
    app.callback()(_root)
    for name, (module, attribute) in COMMANDS.items():
        if wanted in (None, name):
            found = getattr(importlib.import_module(f"sevis_sim.cli.{module}"), attribute)
            if isinstance(found, typer.Typer):
                app.add_typer(found, name=name)
            else:
                app.command(name, cls=Command)(found)
    return app


def main() -> None:
    """Run the command line. Whatever a user can cause ends in one line and an exit code, never in a traceback."""
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        collect_seldom()
        application(first if first in COMMANDS else None)()
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
        import traceback

        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        error_line(f"a fault of sevis-sim, please report it: {type(error).__name__}: {error} ({where})")
        sys.exit(EXIT_ENVIRONMENT)
