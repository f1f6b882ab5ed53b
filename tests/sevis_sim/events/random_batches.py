"""Random records of batches: creates, updates that mostly make sense, and updates that a schema lets through.

Updates are drawn from the registry and walked from the schema, so a new event joins by itself. Whatever is drawn is
written as XML that the schema accepts and read again, as SEVIS would receive it.
"""

import functools
import re
from datetime import UTC, date, datetime

from hypothesis import strategies as st
from rules_bench import update

from sevis_sim import events
from sevis_sim.domain.document import to_node
from sevis_sim.domain.records import ACTIVE, INITIAL, STATUSES
from sevis_sim.events import registry
from sevis_sim.events.cases import bases, cases, changed, stage
from sevis_sim.events.cases.stage import ORGANIZATIONS
from sevis_sim.generation.documents import batch
from sevis_sim.generation.draw import Draw, Profile
from sevis_sim.generation.sampled import sampled
from sevis_sim.schemas import parse, release

POPULATIONS = {"student": ORGANIZATIONS["school"], "exchangeVisitor": ORGANIZATIONS["sponsor"]}
SECTIONS = {"student": ("CreateStudent", "UpdateStudent"), "exchangeVisitor": ("CreateEV", "UpdateEV")}
BASES = {"student": ("STU-001", "STU-002", "STU-003", "STU-004"), "exchangeVisitor": ("EV-001", "EV-002", "EV-004")}
NAMES = ("Exemplo", "Beispiel", "Exemple", "Esempio", "Ejemplo", "Voorbeeld", "fnu")
NOBODY = "N9900000000"
REFUSED = {"S1058"}
"""Codes of what only schemas of a user's own let through."""
_BASE_YEAR = 2029
"""In which the programs of the good records begin."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SEVIS_ID = re.compile(r"N[0-9]{10}")
_NAME = {"student": "PersonalInfo/FullName/LastName", "exchangeVisitor": "Biographical/FullName/LastName"}


@functools.cache
def built(population):
    """Return the paths of the updates that are processed."""
    return [path for path in registry.UPDATES[population] if (population, path) in registry.events()]


@functools.cache
def known_records():
    """Return what SEVIS knows in the cases of updates: day, records, and the update that succeeds there."""
    staged = [stage(case, case.near) for case in cases() if case.event]
    usual = [
        each for each in staged if each.switches == events.Switches() and each.organization in POPULATIONS.values()
    ]
    return [(each.today, each.records, each.batch) for each in usual]


@functools.cache
def sayings():
    """Return what the cases of the rules send, both sides, by population and event."""
    found = {}
    for case in cases():
        for side in (case.breaks, case.near) if case.event else ():
            _, node = stage(case, side).batch[-1]
            if case.code not in REFUSED:
                found.setdefault((case.population, case.event), []).append(node)
    return found


def create(data, population, today):
    """Draw the element of a create: a good record whose program is to come, at times of another name."""
    node = bases()[data.draw(st.sampled_from(BASES[population]), "base")]
    node = _years_later(node, max(0, today.year + 1 - _BASE_YEAR))
    if data.draw(st.booleans(), "of another name"):
        node = changed(node, {_NAME[population]: data.draw(st.sampled_from(NAMES), "name")})
    return node


def _years_later(node, years):
    """Let everything but births happen some years later."""
    if isinstance(node, list):
        return [_years_later(inner, years) for inner in node]
    if isinstance(node, dict):
        return {name: inner if name == "BirthDate" else _years_later(inner, years) for name, inner in node.items()}
    return f"{int(node[:4]) + years}{node[4:]}" if _DAY.fullmatch(node) else node


def an_update(data, population, records):
    """Draw the element of an update of one of the records, or of nobody's."""
    mine = [each for each in records if each.population == population]
    record = data.draw(st.sampled_from([*mine, None]), "record") if mine else None
    path = data.draw(st.sampled_from(built(population)), "event")
    said = sayings().get((population, path), [])
    sevis_id = record.sevis_id if record else NOBODY
    if said and data.draw(st.integers(0, 3), "sampled if 0"):
        node = data.draw(st.sampled_from(said), "as a case says it") | {"@sevisID": sevis_id}
    else:
        place = data.draw(st.integers(0, 10**6), "seed of a sample")
        content = sampled(Draw(Profile.typical, place), release(), population, path)
        node = update(path, content or "", sevis_id, POPULATIONS[population].officials[0].id)
        node.pop("@statusCode", None)
    if record is not None and data.draw(st.booleans(), "names the level"):
        node = node | {"@statusCode": data.draw(st.sampled_from(["INITIAL", "ACTIVE"]), "level")}
    if population == "exchangeVisitor":
        node = {name: inner for name, inner in node.items() if name != "@statusCode"}
    people = [each.sevis_id for each in record.dependents] if record else []
    sites = [each.site_id for each in record.sites] if record else []
    return _referring(data, node, people, sites)


def _referring(data, node, people, sites):
    """Let references to dependents and sites name some that the record has."""
    if isinstance(node, list):
        return [_referring(data, inner, people, sites) for inner in node]
    if not isinstance(node, dict):
        return node
    found = {}
    for name, inner in node.items():
        if name == "@dependentSevisID" and people:
            found[name] = data.draw(st.sampled_from(people), "dependent")
        elif name == "SiteId" and sites:
            found[name] = data.draw(st.sampled_from(sites), "site")
        else:
            found[name] = _referring(data, inner, people, sites)
    return found


def some(data, population, records, today, most=3):
    """Draw the records of a batch, each with its section, with request IDs of their own.

    Args:
        data: of hypothesis.
        population: whose batch it is.
        records: that SEVIS knows.
        today: about when it is processed.
        most: records in the batch.

    """
    create_section, update_section = SECTIONS[population]
    sent = []
    for number in range(1, data.draw(st.integers(1, most), "records") + 1):
        new = not any(each.population == population for each in records) or not data.draw(st.integers(0, 3), "new if 0")
        node = create(data, population, today) if new else an_update(data, population, records)
        sent.append((create_section if new else update_section, node | {"@requestID": f"R-{number}"}))
    return sent


def document(population, batch_id, sent):
    """Return the batch as XML, which its schema accepts."""
    organization = POPULATIONS[population]
    made = batch(population, organization.id, batch_id, organization.officials[0].id, sent)
    assert [str(each) for each in release().validate(parse(made))] == []
    return made


def read(made):
    """Return the records of a batch as SEVIS reads them."""
    return [(section, to_node(element)) for section, element in events.records(parse(made).getroot())]


def ids(record):
    """Return the SEVIS IDs of a record and its dependents."""
    return [record.sevis_id, *(each.sevis_id for each in record.dependents)]


def well_formed(record):
    """Assert what holds of every record at rest, whatever has happened to it."""
    levels = [(record.level, record.status), *((each.number, each.status) for each in record.levels)]
    assert len({number for number, _ in levels}) == len(levels)
    statuses = [status for _, status in levels]
    assert set(statuses) <= STATUSES[record.population]
    assert statuses.count(ACTIVE) <= 1
    assert statuses.count(INITIAL) <= 1
    assert record.level == record.current_level
    assert len(set(ids(record))) == len(record.dependents) + 1
    for dependent in record.dependents:
        assert dependent.status in STATUSES[record.population]
    assert all(_SEVIS_ID.fullmatch(each) for each in ids(record))
    stamps = [entry.instant for entry in record.history]
    assert stamps == sorted(stamps)


def noon(day: date):
    """Return noon, or an hour later, of an Eastern day."""
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
