"""``sevis-sim config``: the settings in force and where each comes from."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sevis_sim.cli.report import EXIT_USAGE, Command, CommandError, JsonOption, error_line, say, say_json

if TYPE_CHECKING:
    from sevis_sim.settings import Loaded

app = typer.Typer(help="The settings in force and where each comes from.", no_args_is_help=True)


def load(flags: Mapping[str, Any], config: Path | None) -> "Loaded":
    """Load the settings: file < environment < flag. Warnings are printed, errors end the command."""
    from sevis_sim.settings import SettingsError, load_settings

    try:
        loaded = load_settings(flags, os.environ, config)
    except SettingsError as error:
        raise CommandError(str(error), EXIT_USAGE) from error
    for warning in loaded.warnings:
        error_line(warning)
    return loaded


@app.command(cls=Command)
def show(
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings file. [sevis-sim.yaml]")] = None,
    json: JsonOption = False,
) -> None:
    """Print every setting with its value and origin.

    Example:  SEVIS_SIM_PORT=9443 sevis-sim config show
    """
    loaded = load({}, config)
    if json:
        say_json({name: {"value": value, "origin": origin} for name, value, origin in loaded.rows()})
        return
    width = max(len(name) for name, _, _ in loaded.rows())
    for name, value, origin in loaded.rows():
        say(f"{name:<{width}}  {value:<32}  {origin}")
