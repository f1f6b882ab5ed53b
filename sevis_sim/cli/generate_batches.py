"""``sevis-sim generate students`` and ``exchange-visitors``: batches of new records."""

from collections.abc import Iterator
from datetime import date as Date  # noqa: N812 - the option is called date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sevis_sim.cli.releases import DEFAULT_DATA, chosen
from sevis_sim.cli.report import (
    EXIT_USAGE,
    SandboxOption,
    control_client,
    fail,
    progress,
    run,
    say,
    write_output,
)

if TYPE_CHECKING:
    from sevis_sim.domain.records import Population
    from sevis_sim.generation.batches import Batch, Sender
    from sevis_sim.generation.students import StudentWishes
    from sevis_sim.generation.visitors import VisitorWishes

SCHOOL, PDSO = "ABC214F00012000", "pdso000001"
SPONSOR, RO = "P-1-12345", "roff000001"
"""The organizations that a simulator has when nothing else is said (scenarios/default.yaml)."""

_MOST = 1_000_000


class ProfileName(StrEnum):
    """How much of what may be left out is there."""

    minimal = "minimal"
    typical = "typical"
    full = "full"


CountOption = Annotated[
    int, typer.Option("--count", min=1, max=_MOST, metavar="N", help="How many records; 250 go into one file.")
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="S", help="The same seed and date give the same bytes.")]
DateOption = Annotated[
    str | None,
    typer.Option("--date", metavar="YYYY-MM-DD", help="The day it is; programs start later. [today, Eastern]"),
]
ProfileOption = Annotated[
    ProfileName,
    typer.Option("--profile", help="minimal: only what must be there; full: all elements, each at least once."),
]
BatchOption = Annotated[
    str | None, typer.Option("--batch-id", metavar="BATCHID", help="Of the first file; later ones count up. [derived]")
]
FormsOption = Annotated[bool, typer.Option("--forms/--no-forms", help="Whether printForm asks for forms.")]
FileOption = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="File, or folder for several; - is standard output. [-]"),
]
ClockOption = Annotated[
    str | None, typer.Option("--control", metavar="URL", help="Take the date from the clock of this simulator.")
]
StateOption = Annotated[
    Path | None,
    typer.Option("--write-state", metavar="FILE", help="Write what SEVIS knows afterwards, too: a scenario."),
]
EverywhereOption = Annotated[
    bool, typer.Option("--everywhere", help="Near misses: at every element that shares a type, not only at the first.")
]
SchemasOption = Annotated[
    Path | None, typer.Option("--schemas", metavar="DIR", help="Near misses: of the official XSD files in this folder.")
]
ReleaseOption = Annotated[
    str | None, typer.Option("--release", metavar="NAME", help="Near misses: of this release in `schemas list`.")
]
DataOption = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="Near misses: data directory with imported releases.")
]
_OF_NEAR_MISSES = ("everywhere", "schemas", "release", "data")


def students(
    context: typer.Context,
    count: CountOption = 10,
    seed: SeedOption = 1,
    date: DateOption = None,
    profile: ProfileOption = ProfileName.typical,
    visa: Annotated[
        list[str] | None, typer.Option("--visa", metavar="VISA", help="F-1 or M-1; may be repeated. [both]")
    ] = None,
    level: Annotated[
        list[str] | None,
        typer.Option("--level", metavar="CODE", help="Education level, such as 05; may be repeated. [all]"),
    ] = None,
    org: Annotated[str, typer.Option("--org", metavar="ORGID", help="The school.")] = SCHOOL,
    user: Annotated[str, typer.Option("--user", metavar="USERID", help="Its official.")] = PDSO,
    batch_id: BatchOption = None,
    forms: FormsOption = True,
    near_misses: Annotated[
        bool, typer.Option("--near-misses", help="Wrong files instead: the same as `generate near-misses student`.")
    ] = False,
    everywhere: EverywhereOption = False,
    schemas: SchemasOption = None,
    release: ReleaseOption = None,
    data: DataOption = DEFAULT_DATA,
    control: ClockOption = None,
    sandbox: SandboxOption = None,
    write_state: StateOption = None,
    output: FileOption = None,
) -> None:
    """Make batches of new students who keep the schema and every rule. All people are invented.

    Examples:
      sevis-sim generate students --count 25 -o students.xml
      sevis-sim generate students --visa M-1 --profile full --seed 7 -o m1.xml
      sevis-sim generate students --count 10000 --no-forms -o outbox/

    """
    _check_options(context, near_misses)
    if near_misses:
        from sevis_sim.cli.generate import PopulationName, write_near_misses

        judge = chosen(schemas, release, data)
        write_near_misses(PopulationName.student, output, everywhere=everywhere, release=judge)
        return
    from sevis_sim.generation.students import F1, M1, StudentWishes

    visas = {"F-1": F1, "M-1": M1}
    for each in visa or ():
        if each not in visas:
            fail(f"--visa {each}: expected F-1 or M-1", EXIT_USAGE)
    wishes = StudentWishes(tuple(visas[each] for each in visa or visas), _codes("--level", level, "education-level"))
    if not wishes.possible():
        fail("no education level is left: table `education-level` says which go with F-1 and M-1", EXIT_USAGE)
    places = (output, write_state)
    _creates("student", count, seed, day(date, control, sandbox), profile, (org, user, batch_id), wishes, forms, places)


def exchange_visitors(
    context: typer.Context,
    count: CountOption = 10,
    seed: SeedOption = 1,
    date: DateOption = None,
    profile: ProfileOption = ProfileName.typical,
    category: Annotated[
        list[str] | None,
        typer.Option("--category", metavar="CODE", help="Category, such as 08; may be repeated. [all]"),
    ] = None,
    org: Annotated[str, typer.Option("--org", metavar="ORGID", help="The sponsor's program.")] = SPONSOR,
    user: Annotated[str, typer.Option("--user", metavar="USERID", help="Its official.")] = RO,
    batch_id: BatchOption = None,
    forms: FormsOption = True,
    near_misses: Annotated[
        bool,
        typer.Option("--near-misses", help="Wrong files instead: the same as `generate near-misses exchange-visitor`."),
    ] = False,
    everywhere: EverywhereOption = False,
    schemas: SchemasOption = None,
    release: ReleaseOption = None,
    data: DataOption = DEFAULT_DATA,
    control: ClockOption = None,
    sandbox: SandboxOption = None,
    write_state: StateOption = None,
    output: FileOption = None,
) -> None:
    """Make batches of new exchange visitors who keep the schema and every rule. All people are invented.

    Examples:
      sevis-sim generate exchange-visitors --count 25 -o visitors.xml
      sevis-sim generate exchange-visitors --category 15 --category 14 --profile full -o training.xml

    """
    _check_options(context, near_misses)
    if near_misses:
        from sevis_sim.cli.generate import PopulationName, write_near_misses

        judge = chosen(schemas, release, data)
        write_near_misses(PopulationName.exchange_visitor, output, everywhere=everywhere, release=judge)
        return
    from sevis_sim.generation.visitors import VisitorWishes

    wishes = VisitorWishes(_codes("--category", category, "ev-category"))
    asked, places = (org, user, batch_id), (output, write_state)
    _creates("exchangeVisitor", count, seed, day(date, control, sandbox), profile, asked, wishes, forms, places)


def _check_options(context: typer.Context, near_misses: bool) -> None:
    """Fail where an option is given that would do nothing: of good batches with near misses, or the reverse."""
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if source is None or source.name != "COMMANDLINE" or option.name in ("near_misses", "output"):
            continue
        if (option.name in _OF_NEAR_MISSES) != near_misses:
            only = "does not go with" if near_misses else "goes only with"
            fail(f"{option.opts[0]} {only} --near-misses", EXIT_USAGE)


def _creates(
    population: "Population",
    count: int,
    seed: int,
    today: Date,
    profile: ProfileName,
    asked: tuple[str, str, str | None],
    wishes: "StudentWishes | VisitorWishes",
    forms: bool,
    places: tuple[Path | None, Path | None],
) -> None:
    from sevis_sim.generation.batches import LIMIT, Making, creates
    from sevis_sim.generation.draw import Profile

    making = Making(population, count, seed, today, Profile(profile), sender(population, *asked), wishes, forms)
    words = {"student": "students", "exchangeVisitor": "exchange visitors"}[population]
    output, write_state = places
    with progress(words, count) as advance:
        made = write_batches(creates(making, advance), count > LIMIT, output, words, keep=write_state is not None)
    if write_state is not None:
        from sevis_sim.generation.aftermath import organization_of, processed, state

        organization = organization_of(population, making.sender)
        records = processed(organization, made, today)
        write_output(state(organization, records, today).encode(), write_state)


def sender(population: "Population", org: str, user: str, batch_id: str | None) -> "Sender":
    """Return who sends a batch, or fail with what is wrong about it."""
    from sevis_sim.domain.organizations import kind_of
    from sevis_sim.generation.batches import KINDS, USER_ID, Sender

    if kind_of(org) != KINDS[population]:
        expected = {"school": f"a school code such as {SCHOOL}", "sponsor": f"a program number such as {SPONSOR}"}
        fail(f"--org {org}: expected {expected[KINDS[population]]}", EXIT_USAGE)
    if len(user) != USER_ID:
        fail(f"--user {user}: a user ID has {USER_ID} characters, this one {len(user)}", EXIT_USAGE)
    if not (user.isascii() and user.isprintable()):
        fail(f"--user {user!r}: expected letters and digits", EXIT_USAGE)
    return Sender(org, user, batch_id)


def day(text: str | None, control: str | None, sandbox: str | None) -> Date:
    """Return the day that it is: as said, else by a simulator's clock if one is named, else by the wall clock."""
    from datetime import datetime

    from sevis_sim.clock import Calendar, Clock

    if text is not None:
        try:
            found = Date.fromisoformat(text)
        except ValueError:
            fail(f"--date {text!r} is no day; expected YYYY-MM-DD, such as 2029-08-20", EXIT_USAGE)
        if not 1950 <= found.year <= 2150:
            fail(f"--date {text}: the year must be from 1950 to 2150", EXIT_USAGE)
        return found
    if control is None:
        return Calendar().today(Clock.real().now())

    async def ask() -> str:
        async with control_client(control, sandbox) as client:
            clock = await client.get("clock")
            return str(clock["now"])

    return Calendar().today(datetime.fromisoformat(run(ask())))


def write_batches(
    batches: "Iterator[Batch]", several: bool, output: Path | None, words: str, keep: bool = False
) -> "list[Batch]":
    """Write batches to a file, a folder or standard output, and say where they are.

    Args:
        batches: to write.
        several: whether there is more than one, which needs a folder.
        output: as the option was given.
        words: what the records are, for people.
        keep: whether to return them.

    """
    from sevis_sim.generation.batches import LIMIT, BatchIdError

    folder = output is not None and str(output) != "-" and (output.is_dir() or (several and not output.suffix))
    if several and not folder:
        place = "standard output" if output is None or str(output) == "-" else str(output)
        fail(
            f"a batch holds at most {LIMIT} records, so this takes several files: give a folder, not {place}, "
            "or lower --count",
            EXIT_USAGE,
        )
    if output is not None and folder:
        output.mkdir(parents=True, exist_ok=True)
    files = records = 0
    kept: list[Batch] = []
    try:
        for batch in batches:
            target = output / batch.file_name if output is not None and folder else output or Path("-")
            write_output(batch.xml, target)
            files, records = files + 1, records + batch.records
            if keep:
                kept.append(batch)
            if not several and str(target) != "-":
                say(f"{records} {words} in batch {batch.batch_id}: {target}")
    except BatchIdError as error:
        fail(str(error), EXIT_USAGE)
    if several:
        say(f"{records:,} {words} in {files} batches: {output}")
    return kept


def _codes(option: str, given: list[str] | None, name: str) -> tuple[str, ...] | None:
    """Return the codes given, None if none is, or fail with those that there are."""
    from sevis_sim.codes import table

    for code in given or ():
        if code not in table(name):
            known = ", ".join(f"{each} {table(name).words(each)}" for each in table(name))
            fail(f"{option} {code}: no code of the table `{name}`; it has {known}", EXIT_USAGE)
    return tuple(given) if given else None
