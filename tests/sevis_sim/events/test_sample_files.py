from datetime import date

import pytest
from lxml import etree
from rules_bench import SCHOOL, SPONSOR, MemoryWorld, context, nodes

from sevis_sim import events, resources

FILES = ["students.xml", "two-students.xml", "exchange-visitors.xml", "two-exchange-visitors.xml"]


@pytest.mark.parametrize("today", [date(2026, 3, 6), date(2026, 11, 25), date(2028, 2, 29), date(2029, 5, 1)])
@pytest.mark.parametrize(
    ("file", "codes"),
    [
        ("students.xml", [None] * 4),
        ("two-students.xml", [None, "S1024"]),
        ("exchange-visitors.xml", [None] * 4),
        ("two-exchange-visitors.xml", [None, "S2152"]),
    ],
)
def test_the_shipped_files_give_the_outcomes_that_they_promise(file, codes, today):
    world, found = MemoryWorld(), []
    for position, (section, _, node) in enumerate(nodes(file), start=1):
        organization = SPONSOR if section == "CreateEV" else SCHOOL
        done = events.process(section, node, context(world, organization, today, position))
        if done.record:
            world.records[done.record.sevis_id] = done.record
        found.append(done.outcome.finding and done.outcome.finding.code)
    assert found == codes


@pytest.mark.parametrize("file", FILES)
def test_the_shipped_files_are_valid_by_the_official_schemas(file, reference):
    name = "Create-UpdateExchangeVisitor.xsd" if "visitors" in file else "Create-UpdateStudent.xsd"
    schema = etree.XMLSchema(etree.parse(reference / "official-xsd" / name))
    schema.assertValid(etree.parse(resources.folder("scenarios") / "files" / file))


@pytest.mark.parametrize("file", FILES)
def test_the_shipped_files_have_an_identifier_of_their_own(file):
    batch_ids = [
        etree.parse(resources.folder("scenarios") / "files" / each).findtext("BatchHeader/BatchID") for each in FILES
    ]
    assert len(set(batch_ids)) == len(FILES)
    assert all(len(batch_id) == 14 for batch_id in batch_ids)
