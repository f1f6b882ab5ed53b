"""Rules about any person in an event, principal or dependent: names, birth dates, e-mail. Both populations share them.

Each is a check; the populations bind it to their own code.
"""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from sevis_sim.domain.document import Node, child, children, day, present, value
from sevis_sim.domain.records import Dependent, Record
from sevis_sim.events import days
from sevis_sim.events.declare import Broken, Case, broken

SPOUSE = "01"
CHILD = "02"
CHILD_AGE_LIMIT = 21
"""Years (error-codes.csv S1014, S2121)."""

_LATIN = re.compile(r"[A-Za-z ]*")
_PREFERRED = re.compile(r"[\w'’-]+(?: [\w'’-]+)*(?:, [\w'’-]+\.?)?", re.UNICODE)
_EMAIL_FIELDS = ("Email", "EmailAddress", "SupervisorEmail", "SuperEmail")


def people(case: Case) -> Iterator[tuple[str, Node]]:
    """Yield every person whose data the event carries, with the path below the event element."""
    for block in ("PersonalInfo", "Biographical"):
        if present(case.event, block):
            yield block, child(case.event, block)
    for number, dependent in enumerate(children(case.event, "CreateDependent/Dependent"), start=1):
        yield f"CreateDependent/Dependent[{number}]", dependent
    if present(case.event, "FullName") or present(case.event, "BirthDate"):
        yield "", case.event


def joined(path: str, name: str) -> str:
    """Return the path of an element below another, either of which may be the event itself."""
    return f"{path}/{name}" if path else name


def new_dependents(case: Case) -> Iterator[tuple[str, Node]]:
    """Yield the dependents that a create or an Add brings."""
    for path, person in people(case):
        if present(person, "Relationship"):
            yield path, person


def named(person: Node) -> dict[str, str]:
    """Return the values with which messages name a dependent."""
    return {"last_name": value(person, "FullName/LastName"), "first_name": value(person, "FullName/FirstName")}


@functools.cache
def _forbidden() -> frozenset[str]:
    with Path(__file__).with_name("names.toml").open("rb") as file:
        return frozenset(tomllib.load(file)["forbidden"])


def forbidden_name(case: Case) -> Broken | None:
    """A name is one of the words that stand for "no name", in any case (S1142, S2245)."""
    for path, person in people(case):
        for name in ("LastName", "FirstName", "PassportName", "PreferredName"):
            if " ".join(value(person, f"FullName/{name}").upper().split()) in _forbidden():
                # The official list spells the fourth field so.
                return broken(joined(path, f"FullName/{name}"), field=name.replace("PreferredName", "preferredname"))
    return None


def not_latin(case: Case) -> Broken | None:
    """A last, first or passport name has a character other than A to Z, a to z or a blank (S1148, S2244)."""
    for path, person in people(case):
        for name in ("LastName", "FirstName", "PassportName"):
            if not _LATIN.fullmatch(value(person, f"FullName/{name}")):
                return broken(joined(path, f"FullName/{name}"), field=name)
    return None


def bad_preferred_name(case: Case) -> Broken | None:
    """A preferred name has a character or pattern that is not allowed (S1143, S2246).

    Allowed: letters with or without diacritics, hyphens, apostrophes, single blanks, and after a comma and a blank a
    suffix with or without a period (sevis-protocol.md §8, name rules).
    """
    for path, person in people(case):
        name = unicodedata.normalize("NFC", value(person, "FullName/PreferredName"))
        if name and ("_" in name or any(c.isdigit() for c in name) or not _PREFERRED.fullmatch(name)):
            return broken(joined(path, "FullName/PreferredName"))
    return None


def born_in_future(case: Case) -> Broken | None:
    """A birth date lies after the day of processing (S1067, S2133)."""
    for path, person in people(case):
        born = day(person, "BirthDate")
        if born and born > case.context.today:
            return broken(joined(path, "BirthDate"))
    return None


def too_old_child(case: Case) -> Broken | None:
    """A child was born earlier than 21 years before the day of processing (S1014, S2121).

    An edited dependent is judged as the event would leave them, since it may send the relationship alone.
    """
    oldest = days.shifted(case.context.today, years=-CHILD_AGE_LIMIT)
    edited = meant(case, case.after)
    for path, person in [("", edited.data)] if edited else new_dependents(case):
        born = day(person, "BirthDate")
        if value(person, "Relationship") == CHILD and born and born < oldest:
            return broken(joined(path, "BirthDate"), date=days.us(oldest), **named(person))
    return None


def meant(case: Case, record: Record) -> Dependent | None:
    """Return the dependent of ``record`` whose dependentSevisID the event gives; None if it gives none or another's."""
    sevis_id = value(case.event, "@dependentSevisID")
    return record.dependent(sevis_id) if sevis_id else None


def second_spouse(case: Case) -> Broken | None:
    """A create has more than one spouse (S1105, S2119)."""
    spouses = [path for path, person in new_dependents(case) if value(person, "Relationship") == SPOUSE]
    return broken(joined(spouses[1], "Relationship")) if len(spouses) > 1 else None


def bad_email(case: Case) -> Broken | None:
    """An e-mail address that the schema lets pass cannot be one (S1160, S2010).

    The schema's pattern allows dots at either end of both parts, dots in a row, and labels that begin or end with a
    hyphen; mail addresses do not (RFC 5321 §4.1.2).
    """
    for path, person in [*people(case), ("", case.event)]:
        for name in _EMAIL_FIELDS:
            address = value(person, name)
            if address and not deliverable(address):
                return broken(joined(path, name))
    return None


def deliverable(address: str) -> bool:
    """Tell whether an e-mail address that the schema lets pass can be one, see `bad_email`."""
    local, _, domain = address.rpartition("@")
    if not all(local.split(".")):
        return False
    return all(label and not label.startswith("-") and not label.endswith("-") for label in domain.split("."))


def duplicates(case: Case, key: str) -> list[str]:
    """Return the SEVIS IDs of other records of this person."""
    found = case.context.world.same_identity(case.before.population, key)
    return [sevis_id for sevis_id in found if sevis_id != case.before.sevis_id]
