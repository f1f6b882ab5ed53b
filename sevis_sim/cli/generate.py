"""``sevis-sim generate``: batches of invented people, valid ones and wrong ones, without a server."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from sevis_sim.cli.report import EXIT_USAGE, Command, fail, say

app = typer.Typer(help="Make batches of invented people: valid ones, and wrong ones of each kind.")


class PopulationName(StrEnum):
    """The populations as words of a command."""

    student = "student"
    exchange_visitor = "exchange-visitor"


DirectoryOption = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="DIR", help="Folder to write the files to.")
]


@app.callback(invoke_without_command=True)
def generate(
    context: typer.Context,
    for_code: Annotated[
        str | None, typer.Option("--for-code", metavar="CODE", help="The same as the command `for-code CODE`.")
    ] = None,
    near_misses: Annotated[
        bool, typer.Option("--near-misses", help="The same as the command `near-misses`, for both populations.")
    ] = False,
    output: DirectoryOption = None,
) -> None:
    """Make batches of invented people: valid ones, and wrong ones of each kind."""
    if context.invoked_subcommand is not None:
        if for_code or near_misses or output:
            fail("give options after the name of the command, or leave the command out", EXIT_USAGE)
        return
    if for_code and near_misses:
        fail("choose one of --for-code and --near-misses", EXIT_USAGE)
    if for_code:
        write_for_code(for_code, output)
    elif near_misses:
        for population in PopulationName:
            write_near_misses(population, output)
    else:
        say(context.get_help())


@app.command("near-misses", cls=Command)
def near_misses_command(
    population: Annotated[PopulationName, typer.Argument(help="Whose document it is.")],
    output: DirectoryOption = None,
) -> None:
    """Write one file for each limit of the schema, which breaks just that, and what `check` should say of it.

    Example:  sevis-sim generate near-misses student -o near-misses
    """
    write_near_misses(population, output)


@app.command("for-code", cls=Command)
def for_code_command(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code of a record, such as S1042.")],
    output: DirectoryOption = None,
) -> None:
    """Write a batch that ends in this code, and the state of SEVIS in which it does.

    Example:  sevis-sim generate for-code S1042 -o s1042
    """
    write_for_code(code, output)


def write_near_misses(population: PopulationName, output: Path | None) -> NoReturn:  # noqa: ARG001 - hook
    """Write the near misses of one population's document.

    Hook for `sevis_sim.generation.near_misses`; `generate --near-misses` and `students --near-misses` call it too.
    """
    fail(f"near misses of the {population} document cannot be made yet", EXIT_USAGE)


def write_for_code(code: str, output: Path | None) -> NoReturn:  # noqa: ARG001 - hook
    """Write batch and state for one code.

    Hook for `sevis_sim.generation.for_code`; `generate --for-code` calls it too.
    """
    fail(f"a batch for the code {code} cannot be made yet", EXIT_USAGE)
