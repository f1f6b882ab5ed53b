"""``udir-sim generate`` and ``hash``."""

import hashlib
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from udir_sim.cli.output import EXIT_USAGE, OutputOption, day, error_line, fail, note, today, write

if TYPE_CHECKING:
    from udir_sim.generator import Plan
    from udir_sim.rules import Rule


def generate(
    records: Annotated[int, typer.Option("--records", metavar="N", help="Data records.")] = 100,
    location: Annotated[str, typer.Option("--location", help="Location, 01 to 09.")] = "06",
    seed: Annotated[int, typer.Option("--seed", help="Another seed gives other students.")] = 0,
    created: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DAY", help="Creation date, as 1999-09-01. [today in California]"),
    ] = None,
    duplicates: Annotated[
        float,
        typer.Option("--duplicates", min=0, max=1, help="Share with a second record (breaks UD-G01)."),
    ] = 0.0,
    early_grace: Annotated[float, typer.Option(min=0, max=1, help="Share with a grace period before the term.")] = 0.3,
    late_grace: Annotated[float, typer.Option(min=0, max=1, help="Share with a grace period after the term.")] = 0.6,
    no_ssn: Annotated[float, typer.Option(min=0, max=1, help="Share without an SSN.")] = 0.1,
    no_net_id: Annotated[float, typer.Option(min=0, max=1, help="Share without a Net ID.")] = 0.03,
    not_released: Annotated[float, typer.Option(min=0, max=1, help="Share with the release flag N.")] = 0.02,
    lf: Annotated[bool, typer.Option("--lf", help="End records with LF instead of CR LF.")] = False,
    mutate: Annotated[
        str | None,
        typer.Option("--mutate", metavar="RULE", help="Break this rule, and no other where one can be had alone."),
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option("--previous", metavar="FILE", help="Where to write the earlier file, of rules that compare two."),
    ] = None,
    output: OutputOption = None,
) -> None:
    """Write a UDIRSTUD file of invented people. The same options give the same file.

    A file with --mutate is one of September 1999, unless the rule compares two files.

    Examples:
      udir-sim generate --records 1000 --location 06 --seed 7 -o udirstud.txt
      udir-sim generate --records 10 --mutate UD-X03-GRACEBEG -o broken.txt
      udir-sim generate --mutate UD-A03-DEL --previous yesterday.txt -o today.txt

    """
    from udir_sim.generator import PAIR_RULES, Plan, Rates, file_lines
    from udir_sim.rules import find_rule

    rates = Rates(
        duplicates=duplicates,
        early_grace=early_grace,
        late_grace=late_grace,
        ssn=1 - no_ssn,
        net_id=1 - no_net_id,
        released=1 - not_released,
    )
    try:
        plan = Plan(records, location, seed, created or today(), rates, b"\n" if lf else b"\r\n")
        rule = find_rule(mutate) if mutate is not None else None
        if rule is not None and rule.id in PAIR_RULES:
            _write_pair(plan, rule, previous, output)
        elif previous is not None:
            fail("--previous is for --mutate with a rule that compares two files", EXIT_USAGE)
        elif rule is not None:
            _write_mutation(plan, rule, output)
        else:
            _write_all(file_lines(plan), output)
    except (ValueError, KeyError) as error:
        fail(str(error.args[0]), EXIT_USAGE)


def _write_mutation(plan: "Plan", rule: "Rule", output: Path | None) -> None:
    from udir_sim.generator import mutate

    mutation = mutate(plan, rule)
    _write_all(mutation.lines(), output)
    switches = "".join(f", with a profile that says {switch}: true" for switch in mutation.sample.switches)
    note(f"breaks {rule.id}; see it with: udir-sim check {_name(output)} --as-of {mutation.sample.as_of}{switches}")


def _write_pair(plan: "Plan", rule: "Rule", previous: Path | None, output: Path | None) -> None:
    from udir_sim.generator import mutate_pair

    if previous is None:
        fail(f"{rule.id} compares with an earlier file; say with --previous FILE where to write that one", EXIT_USAGE)
    pair = mutate_pair(plan, rule)
    _write_all(pair.previous_lines(), previous)
    _write_all(pair.lines(), output)
    note(
        f"breaks {rule.id}; see it with: udir-sim check {_name(output)} --previous {previous} --as-of {pair.as_of}"
        + "".join(f"; {each} comes with it" for each in pair.also)
    )


def _name(output: Path | None) -> str:
    return "FILE" if output is None or str(output) == "-" else str(output)


def _write_all(lines: Iterable[bytes], output: Path | None) -> None:
    if output is None or str(output) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
    else:
        with output.open("wb") as file:
            file.writelines(lines)


def hash_values(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Values to hash, one a line; - is standard input.")
    ] = None,
    output: OutputOption = None,
) -> None:
    """Hash values as the interface wants them: SHA-1, 40 upper-case digits.

    Without a file the value is asked for and not shown. It is never an argument, since other users of the machine
    could read it there, and shells keep what was typed. Line ends and blanks around a value are not hashed.

    Examples:
      udir-sim hash
      udir-sim hash numbers.txt -o digests.txt

    """
    if file is None:
        values = [_asked()]
    else:
        data = _content(file)
        values = data.removesuffix(b"\n").split(b"\n")
    digests = []
    empty = 0
    for value in values:
        plain = value.strip(b" \t\r\n")
        empty += not plain
        # A missing value has no digest: the interface wants blanks, and the digest of nothing is UD-S09.
        digests.append(hashlib.sha1(plain, usedforsecurity=False).hexdigest().upper() if plain else " " * 40)
    write("".join(f"{digest}\n" for digest in digests), output)
    if empty:
        error_line("1 empty value became 40 blanks" if empty == 1 else f"{empty} empty values became 40 blanks")


def _content(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except FileNotFoundError:
        # Not repeated: it may be the value itself.
        fail("there is no such file; a value is never an argument: name a file, or call hash alone to be asked")


def _asked() -> bytes:
    import getpass

    if not sys.stdin.isatty():
        fail("there is no terminal to ask for the value; name a file, or - for standard input", EXIT_USAGE)
    try:
        return getpass.getpass("Value to hash (not shown): ").encode()
    except EOFError:
        fail("no value was given", EXIT_USAGE)
