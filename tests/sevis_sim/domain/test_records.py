"""A copy of a record is a record of its own, whatever is changed in either."""

import copy

import pytest

from sevis_sim.domain.records import Dependent, HistoryEntry, Level, Record, Site


def _record() -> Record:
    return Record(
        "N9900000001",
        "ABC214F00012000",
        "student",
        "ACTIVE",
        {
            "PersonalInfo": {"FullName": {"LastName": "SAMPLE"}},
            "OPTEmployment": [{"Employer": [{"EmployerName": "A"}]}],
        },
        [Dependent("N9900000002", "ACTIVE", {"FullName": {"LastName": "SAMPLE"}}, {"arrived": True})],
        [Site("1", {"TippPhase": [{"PhaseId": "2"}]})],
        {"arrived": "2026-01-01"},
        [HistoryEntry("2026-01-01T00:00:00-05:00", "CreateStudent", "B", "1")],
        2,
        [Level(1, "DEACTIVATED", {"EducationalInfo": {"MajorCode1": "11.0101"}})],
    )


CHANGES = {
    "an element": lambda record: record.data["PersonalInfo"]["FullName"].update(LastName="OTHER"),
    "a part of a list": lambda record: record.data["OPTEmployment"][0]["Employer"].append({}),
    "a dependent": lambda record: record.dependents[0].data["FullName"].clear(),
    "the status of a dependent": lambda record: setattr(record.dependents[0], "status", "TERMINATED"),
    "a fact of a dependent": lambda record: record.dependents[0].facts.clear(),
    "one dependent more": lambda record: record.dependents.append(Dependent("", "INITIAL")),
    "a site": lambda record: record.sites[0].data["TippPhase"].clear(),
    "a fact": lambda record: record.facts.update(arrived=False),
    "the history": lambda record: record.history.clear(),
    "a level": lambda record: record.levels[0].data["EducationalInfo"].clear(),
    "the level shown": lambda record: record.show(1),
    "the status": lambda record: setattr(record, "status", "TERMINATED"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_a_copy_does_not_reach_the_record_nor_the_other_way_round(change):
    record = _record()
    copied = record.copy()
    assert copied == record == _record()
    change(copied)
    assert record == _record() != copied
    changed, second = copy.deepcopy(copied), record.copy()
    change(record)
    assert (copied, second, record) == (changed, _record(), changed)
