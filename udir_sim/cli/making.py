"""``udir-sim generate`` and ``hash``."""

import hashlib
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from udir_sim.cli.output import EXIT_USAGE, OutputOption, day, error_line, fail, note, today, write


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
    grace: Annotated[float, typer.Option("--grace", min=0, max=1, help="Share with a late grace period.")] = 0.6,
    no_ssn: Annotated[float, typer.Option("--no-ssn", min=0, max=1, help="Share without an SSN.")] = 0.1,
    lf: Annotated[bool, typer.Option("--lf", help="End records with LF instead of CR LF.")] = False,
    mutate: Annotated[
        str | None, typer.Option("--mutate", metavar="RULE", help="Break this rule. The file is one of September 1999.")
    ] = None,
    output: OutputOption = None,
) -> None:
    """Write a UDIRSTUD file of invented people. The same options give the same file.

    Examples:
      udir-sim generate --records 1000 --location 06 --seed 7 -o udirstud.txt
      udir-sim generate --records 10 --mutate UD-X03-GRACEBEG -o broken.txt

    """
    from udir_sim.generator import Plan, Rates, file_lines
    from udir_sim.generator import mutate as mutated
    from udir_sim.rules import find_rule

    try:
        plan = Plan(
            records,
            location,
            seed,
            created or today(),
            Rates(duplicates=duplicates, late_grace=grace, ssn=1 - no_ssn),
            b"\n" if lf else b"\r\n",
        )
        if mutate is None:
            _write_all(file_lines(plan), output)
            return
        mutation = mutated(plan, find_rule(mutate))
    except (ValueError, KeyError) as error:
        fail(str(error.args[0]), EXIT_USAGE)
    _write_all(mutation.lines(), output)
    switches = "".join(f", with a profile that says {switch}: true" for switch in mutation.sample.switches)
    name = "FILE" if output is None or str(output) == "-" else output
    note(f"breaks {mutation.rule.id}; see it with: udir-sim check {name} --as-of {mutation.sample.as_of}{switches}")


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
        error_line(f"{empty} empty values became 40 blanks")


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
