"""``sevis-sim generate``: batches of invented people, valid ones and wrong ones, without a server."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from sevis_sim.cli.report import EXIT_USAGE, Command, fail, progress, say

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
            write_near_misses(population, output / population if output else None)
    else:
        say(context.get_help())


@app.command("near-misses", cls=Command)
def near_misses_command(
    population: Annotated[PopulationName, typer.Argument(help="Whose document it is.")],
    output: DirectoryOption = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="At every element that shares a type, not only at the first.")
    ] = False,
) -> None:
    """Write one file for each limit of the schema, which breaks just that, and what `check` should say of it.

    Example:  sevis-sim generate near-misses student -o near-misses
    """
    write_near_misses(population, output, everywhere=everywhere)


@app.command("for-code", cls=Command)
def for_code_command(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code of a record, such as S1042.")],
    output: DirectoryOption = None,
) -> None:
    """Write a batch that ends in this code, and the state of SEVIS in which it does.

    Example:  sevis-sim generate for-code S1042 -o s1042
    """
    write_for_code(code, output)


def write_near_misses(population: PopulationName, output: Path | None, *, everywhere: bool = False) -> None:
    """Write the near misses of one population's document; `students --near-misses` calls it too."""
    if output is None:
        fail("give the folder to write the files to with -o DIR", EXIT_USAGE)
    if output.exists() and not output.is_dir():
        fail(f"{output}: not a folder; the files need one, as -o DIR", EXIT_USAGE)
    from sevis_sim.generation.near_misses import NearMisses, write
    from sevis_sim.schemas import release

    document: Literal["student", "exchange-visitor"] = (
        "student" if population is PopulationName.student else "exchange-visitor"
    )
    misses = NearMisses(release(), document, everywhere=everywhere)
    with progress(f"near misses of the {population} document", len(misses)) as advance:
        count = write(misses, output, advance)
    say(f"{count:,} near misses of {len(misses.bases)} good documents written to {output}")
    say(f"what to expect of each: the .json beside it, all in {output / 'index.json'}")


def write_for_code(code: str, output: Path | None) -> NoReturn:  # noqa: ARG001 - hook
    """Write batch and state for one code.

    Hook for `sevis_sim.generation.for_code`; `generate --for-code` calls it too.
    """
    fail(f"a batch for the code {code} cannot be made yet", EXIT_USAGE)
