"""What tests of generated batches share: making them, judging them, turning them into records."""

from collections.abc import Iterator, Sequence
from datetime import date, time
from itertools import count

from lxml import etree

from sevis_sim import events
from sevis_sim.advice.check import Checker
from sevis_sim.advice.check_model import FileReport, Limits
from sevis_sim.advice.check_rules import State
from sevis_sim.advice.check_sources import Source
from sevis_sim.clock import Calendar
from sevis_sim.domain.document import to_node
from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.records import Population, Record
from sevis_sim.generation.batches import Batch, Making, Sender, creates
from sevis_sim.generation.draw import Profile
from sevis_sim.generation.students import StudentWishes
from sevis_sim.generation.visitors import VisitorWishes
from sevis_sim.scenarios.load import default_scenario
from sevis_sim.schemas import release

DAY = date(2026, 11, 25)
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
POPULATIONS: tuple[Population, ...] = ("student", "exchangeVisitor")
SCHOOL, SPONSOR = default_scenario().to_organizations()
ORGANIZATIONS: dict[Population, Organization] = {"student": SCHOOL, "exchangeVisitor": SPONSOR}
WISHES = {"student": StudentWishes(), "exchangeVisitor": VisitorWishes()}


def sender(population: Population, batch_id: str | None = None) -> Sender:
    organization = ORGANIZATIONS[population]
    return Sender(organization.id, organization.officials[0].id, batch_id)


def made(
    population: Population,
    number: int = 30,
    seed: int = 1,
    profile: Profile = Profile.typical,
    today: date = DAY,
    wishes: StudentWishes | VisitorWishes | None = None,
    batch_id: str | None = None,
) -> list[Batch]:
    making = Making(
        population, number, seed, today, profile, sender(population, batch_id), wishes or WISHES[population]
    )
    return list(creates(making))


def checked(batch: Batch, today: date, records: Sequence[Record] | None = None) -> FileReport:
    """What `check` says: schema by lxml and xmlschema, then every rule."""
    state = None if records is None else State((SCHOOL, SPONSOR), tuple(records))
    limits = Limits(max_bytes=20 * 1024 * 1024, max_findings=20)
    return Checker(release(), today=today, state=state, limits=limits).check(
        Source(batch.file_name, batch.file_name, batch.xml)
    )


def said(report: FileReport) -> list[str]:
    """Findings and undecided rules in a line each; empty for a good file."""
    found = [f"{f.code} {f.message} {f.path} {f.value}" for f in report.findings]
    return found + [note.message for note in report.notes]


def applied(
    population: Population, batches: Sequence[Batch], today: date, known: Sequence[Record] = ()
) -> list[Record]:
    """The records after the batches were processed; every record of theirs must succeed."""
    organization, number = ORGANIZATIONS[population], count(1)
    world = events.RecordsWorld(
        organization.id, "STATE000000001", known, lambda each: events.identity(each.population, each.data)
    )
    instant = Calendar().at(today, time(12))
    for batch in batches:
        for section, element in events.records(etree.fromstring(batch.xml)):
            context = events.Context(world, organization, instant, today, batch.batch_id, next(number))
            processed = events.process(section, to_node(element), context)
            assert processed.record is not None, (processed.outcome.event, processed.outcome.message)
            world.keep(processed.record, events.identity(processed.record.population, processed.record.data))
    untouched = [each for each in known if each.sevis_id not in world.changed]
    return untouched + [record for record, _ in world.changed.values()]


def paths(element: etree._Element, above: str = "") -> Iterator[str]:
    """The path of an element and of everything in it, as `schemas.tree` writes them."""
    path = f"{above}/{element.tag}" if above else element.tag
    yield path
    yield from (f"{path}/@{name}" for name in element.attrib if not name.startswith("{"))
    within = f"{path}[{element.get(XSI_TYPE)}]" if element.get(XSI_TYPE) else path
    for child in element:
        yield from paths(child, within)
