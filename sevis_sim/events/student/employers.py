"""Rules about the employers of an OPT, for every event that brings some.

Each judges the employers that the event brings or changes, against the OPT as the event leaves it. Order: what is
missing and the name; full or part time; the dates, S1151 first, which S1149 or S1159 would always forestall, and S1150
before S1152 and S1159 (reference errata 6); doubles; e-mail and address last.
"""

import functools
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from sevis_sim.domain.document import Node, child, children, day, present, value
from sevis_sim.events import addresses, people
from sevis_sim.events.address_rules import address_rules
from sevis_sim.events.declare import Broken, Case, Rule, broken
from sevis_sim.events.student import practical_training as opt
from sevis_sim.events.student.segments import FULL_TIME, PART_TIME, Concerned, Segment

Brought = Callable[[Case], list[tuple[str, Node]]]
"""Finds the employers that an event brings, as it leaves them, with their paths."""


class _Employer(NamedTuple):
    path: str
    node: Node
    segment: Segment
    """The OPT that it belongs to."""


def same_employer(one: Node, other: Node) -> bool:
    """Tell whether two elements name the same employment: EmployerName, case and blanks aside, and StartDate."""
    return _plain(one) == _plain(other) and day(one, "StartDate") == day(other, "StartDate")


def _plain(employer: Node) -> str:
    """Return the name in lower case with nothing but letters, digits and single blanks."""
    name = value(employer, "EmployerName").casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in name).split())


@functools.cache
def _seeking() -> tuple[frozenset[str], frozenset[str]]:
    with Path(__file__).with_name("seeking.toml").open("rb") as file:
        data = tomllib.load(file)
    return frozenset(data["anywhere"]), frozenset(data["whole"])


def is_seeking(case: Case, employer: Node) -> bool:
    """Tell whether an employer's name says that the student is looking for one (`Switches.seeking_words`)."""
    words = case.context.switches.seeking_words
    anywhere, whole = _seeking() if words is None else (words, frozenset[str]())
    name = _plain(employer)
    return name in whole or any(f" {' '.join(word.casefold().split())} " in f" {name} " for word in anywhere)


def sent(case: Case) -> list[tuple[str, Node]]:
    """Return the employers of an event that brings a list of them."""
    return [
        (f"Employer[{number}]", employer)
        for number, employer in enumerate(children(case.event, "Employer"), start=1)
        if isinstance(employer, dict)
    ]


def employer_named(brought: Brought, needed: bool = False) -> Rule:
    """Return S1161: an employer without a name, or, where one is ``needed``, no employer at all (inferred).

    A missing start is refused by the schema (reference errata 2).
    """

    def check(case: Case) -> Broken | None:
        """An employer has no name, or there is none where one is needed."""
        found = brought(case)
        if needed and not found:
            return broken("Employer")
        return next((broken(f"{path}/EmployerName") for path, node in found if not value(node, "EmployerName")), None)

    return Rule("S1161", check)


def employer_rules(find: Concerned, brought: Brought) -> tuple[Rule, ...]:
    """Return the rules for the employers of an event.

    Args:
        find: the OPT that they belong to, as the event leaves it.
        brought: the employers.

    """

    def about(code: str, element: str, wrong: Callable[[Case, _Employer], bool]) -> Rule:
        def check(case: Case) -> Broken | None:
            segment = find(case)
            if segment is None:
                return None
            found = (_Employer(path, node, segment) for path, node in brought(case))
            return next((broken(f"{one.path}/{element}") for one in found if wrong(case, one)), None)

        check.__doc__ = wrong.__doc__
        return Rule(code, check)

    return (
        about("S1157", "EmployerName", _seeks),
        about("S1158", "FullPartTimeIndicator", _more_than_the_opt),
        about("S1151", "EndDate", _ends_before_the_opt),
        about("S1149", "StartDate", _starts_before_the_opt),
        about("S1150", "StartDate", _starts_after_the_opt),
        about("S1152", "EndDate", _ends_after_the_opt),
        about("S1159", "StartDate", _ends_before_its_start),
        about("S1153", "EmployerName", _double),
        about("S1160", "SupervisorEmail", _bad_email),
        *address_rules(addresses.EMPLOYER, (), lambda case: _addresses(brought(case))),
    )


def _seeks(case: Case, one: _Employer) -> bool:
    """The name says that the student is looking for an employer."""
    return is_seeking(case, one.node)


def _more_than_the_opt(_: Case, one: _Employer) -> bool:
    """Full-time work in a part-time OPT."""
    part_time = value(one.segment.node, "FullPartTimeIndicator") == PART_TIME
    return part_time and value(one.node, "FullPartTimeIndicator") == FULL_TIME


def _starts_before_the_opt(case: Case, one: _Employer) -> bool:
    """It starts before the OPT."""
    begin, (first, _) = day(one.node, "StartDate"), opt.employment_dates(case, one.segment)
    return bool(begin and first and begin < first)


def _starts_after_the_opt(case: Case, one: _Employer) -> bool:
    """It starts when the OPT ends, or later."""
    begin, (_, last) = day(one.node, "StartDate"), opt.employment_dates(case, one.segment)
    return bool(begin and last and begin >= last)


def _ends_before_the_opt(case: Case, one: _Employer) -> bool:
    """It ends before the OPT starts."""
    end, (first, _) = day(one.node, "EndDate"), opt.employment_dates(case, one.segment)
    return bool(end and first and end < first)


def _ends_after_the_opt(case: Case, one: _Employer) -> bool:
    """It ends after the OPT."""
    end, (_, last) = day(one.node, "EndDate"), opt.employment_dates(case, one.segment)
    return bool(end and last and end > last)


def _ends_before_its_start(_: Case, one: _Employer) -> bool:
    """It ends on the day on which it starts, or before."""
    begin, end = day(one.node, "StartDate"), day(one.node, "EndDate")
    return bool(begin and end and begin >= end)


def _double(_: Case, one: _Employer) -> bool:
    """The same employment stands twice among those of the OPT, one of them brought by the event."""
    return sum(same_employer(one.node, other) for other in opt.employers(one.segment)) > 1


def _bad_email(_: Case, one: _Employer) -> bool:
    """The supervisor's e-mail address cannot be one."""
    address = value(one.node, "SupervisorEmail")
    return bool(address) and not people.deliverable(address)


def _addresses(brought: list[tuple[str, Node]]) -> Iterator[tuple[str, Node]]:
    for path, node in brought:
        if present(node, "EmployerAddress"):
            yield f"{path}/EmployerAddress", child(node, "EmployerAddress")


def logged(case: Case) -> list[Node]:
    """Return the employers that an event brings, for the log."""
    return [node for _, node in sent(case)]
