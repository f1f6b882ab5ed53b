"""States that are written as scenarios and read again: the same organizations and records."""

import pytest

from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.events.cases import cases, stage
from sevis_sim.generation.states import scenario
from sevis_sim.scenarios import parse_scenario

CLOCK = "2026-03-06T14:00-05:00"
SCHOOL = Organization("ABC214F00012000", "school", officials=(Official("pdso000001", "PDSO"),))
CASES = [case for case in cases() if case.event]


def read(organizations, records):
    found = parse_scenario(scenario("state", 'with "quotes": and \\ more', CLOCK, organizations, records))
    assert found.summary == 'with "quotes": and \\ more'
    return found.to_organizations(), found.to_records()


@pytest.mark.parametrize(
    "organization",
    [
        SCHOOL,
        Organization(
            "ABC214F00012000",
            "school",
            name="Anywhere: a university",
            address=("1 Main Street", "Springfield, IL 62701"),
            place="Springfield, IL",
            phone="217-555-0100",
            approval_date="2001-02-03",
            active=False,
            visas=frozenset({"M-1"}),
            levels=frozenset({"09", "07"}),
            public=True,
            officials=(Official("dso0000001", "DSO", "Ann O'Hara", "DSO #2", active=False),),
        ),
        Organization("P-1-12345", "sponsor", categories=frozenset({"08"}), form_limit=0, korea_west=True),
    ],
)
def test_an_organization_comes_back_as_it_was(organization):
    assert read([organization], [])[0] == (organization,)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.place}")
def test_the_records_of_a_case_come_back_as_they_were(case):
    staged = stage(case, case.near)
    found = read({each.id: each for each in (staged.organization, *_others(staged))}.values(), staged.records)[1]
    for stored, told in zip(staged.records, found, strict=True):
        closed = [each for each in stored.levels if each.number > stored.level and each.status != "INITIAL"]
        if not closed:  # a further level that was closed again is not told
            assert told.levels == stored.levels
            assert (told.level, told.status) == (stored.level, stored.status)
        stored.history = []
        assert (told.data, told.facts) == (stored.data, stored.facts)
        assert (told.dependents, told.sites) == (stored.dependents, stored.sites)


def _others(staged):
    """Return an organization for each record that is not the sender's."""
    return [
        Organization(record.org_id, "school" if "214F" in record.org_id else "sponsor") for record in staged.records
    ]


@pytest.mark.parametrize(
    "text", ["~", "null", "", " a", "a: b", "#x", "@x", "- x", "yes", "01", "1e3", "ü", "\n", '"', "a\\b"]
)
def test_any_text_comes_back_as_it_was(text):
    organization = Organization("ABC214F00012000", "school", name=text)
    assert read([organization], [])[0][0].name == text
