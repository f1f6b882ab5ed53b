"""``sevis-sim generate``: batches of invented people, valid ones and wrong ones, without a server."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sevis_sim.cli import generate_batches, generate_updates
from sevis_sim.cli.releases import DEFAULT_DATA, DataOption, ReleaseOption, SchemasOption, chosen
from sevis_sim.cli.report import EXIT_USAGE, Command, fail, progress, say

if TYPE_CHECKING:
    from sevis_sim.schemas import Release

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
    near: Annotated[bool, typer.Option("--near", help="With --for-code: the near miss, too, which succeeds.")] = False,
    output: DirectoryOption = None,
) -> None:
    """Make batches of invented people: valid ones, and wrong ones of each kind."""
    if context.invoked_subcommand is not None:
        if for_code or near_misses or near or output:
            fail("give options after the name of the command, or leave the command out", EXIT_USAGE)
        return
    if near and not for_code:
        fail("--near goes with --for-code CODE", EXIT_USAGE)
    if for_code and near_misses:
        fail("choose one of --for-code and --near-misses", EXIT_USAGE)
    if for_code:
        write_for_code(for_code, output, near=near)
    elif near_misses:
        for population in PopulationName:
            write_near_misses(population, output / population if output else None)
    else:
        say(context.get_help())


app.command("students", cls=Command)(generate_batches.students)
app.command("exchange-visitors", cls=Command)(generate_batches.exchange_visitors)
app.command("updates", cls=Command)(generate_updates.updates)


@app.command("near-misses", cls=Command)
def near_misses_command(
    population: Annotated[PopulationName, typer.Argument(help="Whose document it is.")],
    output: DirectoryOption = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="At every element that shares a type, not only at the first.")
    ] = False,
    schemas: SchemasOption = None,
    release: ReleaseOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Write one file for each limit of the schema, which breaks just that, and what `check` should say of it.

    Examples:
      sevis-sim generate near-misses student -o near-misses
      sevis-sim generate near-misses exchange-visitor --schemas ~/Downloads/official-xsd -o near-misses

    """
    write_near_misses(population, output, everywhere=everywhere, release=chosen(schemas, release, data))


@app.command("for-code", cls=Command)
def for_code_command(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code of a record or a batch, such as S1042.")],
    near: Annotated[bool, typer.Option("--near", help="Write the near miss, too, which succeeds.")] = False,
    output: DirectoryOption = None,
) -> None:
    """Write a batch that ends in this code, and the state of SEVIS in which it does.

    The batch, a scenario with state and clock, and the commands to use them with. What only the outside world decides
    the scenario forces. Without -o they go to a folder that is called like the code. Exit code 1 if no file can bring
    the code about.

    Examples:
      sevis-sim generate for-code S1042
      sevis-sim generate for-code S1010 --near -o s1010
    """
    write_for_code(code, output, near=near)


def write_near_misses(
    population: PopulationName, output: Path | None, *, everywhere: bool = False, release: "Release | None" = None
) -> None:
    """Write the near misses of one population's document; `students --near-misses` calls it too."""
    if output is None:
        fail("give the folder to write the files to with -o DIR", EXIT_USAGE)
    if output.exists() and not output.is_dir():
        fail(f"{output}: not a folder; the files need one, as -o DIR", EXIT_USAGE)
    from sevis_sim.generation.near_misses import NearMisses, write
    from sevis_sim.schemas import release as shipped

    document: Literal["student", "exchange-visitor"] = (
        "student" if population is PopulationName.student else "exchange-visitor"
    )
    misses = NearMisses(release or shipped(), document, everywhere=everywhere)
    with progress(f"near misses of the {population} document", len(misses)) as advance:
        count = write(misses, output, advance)
    say(f"{count:,} near misses of {len(misses.bases)} good documents written to {output}")
    say(f"what to expect of each: the .json beside it, all in {output / 'index.json'}")


def write_for_code(code: str, output: Path | None, *, near: bool = False) -> None:
    """Write batch and state for one code; `generate --for-code` calls it too."""
    from sevis_sim.cli.generate_for_code import write

    write(code, output, near=near)
