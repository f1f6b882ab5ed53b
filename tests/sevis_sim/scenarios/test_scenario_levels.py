"""A student whose education level changed, as a scenario writes it."""

import json

import pytest

from sevis_sim.scenarios import ScenarioError, parse_scenario

MASTER = {"EducationalInfo": {"EduLevel": {"Level": "05"}, "PrgStartDate": "2026-08-24"}}
BACHELOR = {"EducationalInfo": {"EduLevel": {"Level": "04"}}, "PersonalInfo": {"VisaType": "01"}}


def parsed(*levels, org="ABC214F00012000", **entry):
    whole = {"sevisID": "N9900000001", "org": org, "status": "ACTIVE"} | entry | {"Levels": levels}
    return parse_scenario("scenario: x\nrecords:\n- " + json.dumps(whole), "f")


def record(*levels, **entry):
    return parsed(*levels, **entry).to_records()[0]


def problem(*levels, **entry):
    with pytest.raises(ScenarioError) as caught:
        parsed(*levels, **entry)
    return str(caught.value.problems[0])


def test_a_pending_change_comes_after_the_active_level():
    found = record({"status": "INITIAL"} | MASTER, **BACHELOR)
    assert (found.level, found.status, found.pending_level) == (1, "ACTIVE", 2)
    assert found.levels[0].data == MASTER
    found.show(2)
    assert found.data == BACHELOR | MASTER


def test_levels_that_are_over_came_before_it():
    found = record({"status": "COMPLETED"}, {"status": "INITIAL"}, {"status": "DEACTIVATED"}, **BACHELOR)
    assert found.statuses == {3: "ACTIVE", 1: "COMPLETED", 2: "DEACTIVATED", 4: "INITIAL"}
    assert [level.number for level in found.levels] == [1, 2, 4]


def test_the_level_that_counts_is_shown_whichever_the_record_is_written_with():
    found = record({"status": "INITIAL"} | MASTER, status="COMPLETED", **BACHELOR)
    assert (found.level, found.status, found.data) == (2, "INITIAL", BACHELOR | MASTER)


@pytest.mark.parametrize(
    ("levels", "entry", "says"),
    [
        ([{"status": "ACTIVE"}], {}, "records[0].Levels[0].status: a second level is ACTIVE; a student is Initial"),
        ([{"status": "INITIAL"}, {"status": "INITIAL"}], {}, "records[0].Levels[1].status: a second level is INITIAL"),
        ([{"status": "INVALID"}], {}, "records[0].Levels[0].status: 'INVALID' is no status of a student record"),
        ([{}], {}, "records[0].Levels[0]: the key 'status' is missing"),
        (
            [{"status": "INITIAL", "PersonalInfo": {}}],
            {},
            "records[0].Levels[0].PersonalInfo: unknown element 'PersonalInfo'",
        ),
        ([{"status": "ACTIVE"}], {"org": "P-1-12345"}, "records[0].Levels: only students have education levels"),
        (
            [],
            {"EducationLevel": {}},
            "unknown element 'EducationLevel'; write further education levels as a list under",
        ),
    ],
)
def test_levels_that_do_not_fit_are_told(levels, entry, says):
    assert says in problem(*levels, **entry)
