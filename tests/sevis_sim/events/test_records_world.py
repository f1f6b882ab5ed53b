"""Judging without a store: the world over given records, and all the rules that a record breaks."""

from datetime import UTC, date, datetime

from lxml import etree
from support import sample

from sevis_sim import events
from sevis_sim.domain.document import to_node
from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.domain.records import Dependent, Record

ORG = "ABC214F00012000"


def record(sevis_id: str, org: str = ORG, *dependents: str) -> Record:
    return Record(sevis_id, org, "student", "ACTIVE", dependents=[Dependent(each, "ACTIVE") for each in dependents])


def world(*records: Record) -> events.RecordsWorld:
    return events.RecordsWorld(ORG, "BATCH000000001", records, lambda known: known.status)


def test_records_of_the_organization_are_there_and_never_by_reference():
    known = world(record("N9900000001"), record("N9900000002", "XYZ214F00099000"))
    assert known.record("student", "N9900000002") is None
    assert known.record("exchangeVisitor", "N9900000001") is None
    known.record("student", "N9900000001").status = "CANCELED"
    assert known.record("student", "N9900000001").status == "ACTIVE"


def test_identities_are_seen_across_organizations_and_follow_a_changed_record():
    known = world(record("N9900000001"), record("N9900000002", "XYZ214F00099000"))
    assert known.same_identity("student", "ACTIVE") == ["N9900000001", "N9900000002"]
    known.keep(record("N9900000001"), "somebody else")
    assert known.same_identity("student", "ACTIVE") == ["N9900000002"]
    assert known.same_identity("student", "somebody else") == ["N9900000001"]


def test_a_new_id_is_nobodys_and_is_never_given_twice():
    first = world().new_sevis_id("1")
    assert world(record("N9900000001", ORG, first)).new_sevis_id("1") != first  # a dependent has it
    here = world()
    assert here.new_sevis_id("1") == first
    assert here.new_sevis_id("1") != first


def test_all_broken_rules_are_told_and_the_first_is_the_one_that_processing_reports():
    root = etree.fromstring(sample("two-exchange-visitors.xml"))
    sponsor = Organization("P-1-12345", "sponsor", officials=(Official("roff000001", "RO"),))
    section, element = list(events.records(root))[1]
    known = events.RecordsWorld(sponsor.id, "BATCH000000001", (), lambda each: each.status)
    context = events.Context(known, sponsor, datetime(2029, 4, 2, tzinfo=UTC), date(2029, 4, 2), "BATCH000000001", 2)
    broken = events.broken_rules(section, to_node(element), context)
    assert [finding.code for finding in broken] == ["S2152", "S2151"]
    assert events.process(section, to_node(element), context).outcome.finding == broken[0]


def test_a_record_that_is_stopped_at_the_gates_has_that_one_finding():
    root = etree.fromstring(sample("two-exchange-visitors.xml"))
    nobody = Organization("P-1-12345", "sponsor")
    section, element = list(events.records(root))[1]
    known = events.RecordsWorld(nobody.id, "BATCH000000001", (), lambda each: each.status)
    context = events.Context(known, nobody, datetime(2029, 4, 2, tzinfo=UTC), date(2029, 4, 2), "BATCH000000001", 2)
    assert [finding.code for finding in events.broken_rules(section, to_node(element), context)] == ["S2154"]
