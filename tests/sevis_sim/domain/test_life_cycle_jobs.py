"""The declared jobs, what settings and scenarios change in them, and the page that tells of them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.domain import docs
from sevis_sim.domain.facts import facts
from sevis_sim.domain.life_cycle import MOST_DAYS, LifeCycleError, keys, shipped


def test_the_page_of_the_life_cycle_is_fresh() -> None:
    assert docs.PAGE.read_text(encoding="utf-8") == docs.page()
    assert docs.main(["--check"]) == 0


def test_facts_name_jobs_that_exist() -> None:
    assert not {job for fact in facts().values() for job in fact.jobs} - set(shipped().jobs)


@given(st.sampled_from(list(shipped().jobs)), st.integers(0, MOST_DAYS), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_number_of_days_switches_a_job_on_and_moves_its_day(name: str, days: int, start: date) -> None:
    for value in (days, str(days)):
        job = shipped().changed({"all": "off", name: value}).jobs[name]
        assert (job.on, job.days) == (True, days)
        assert (job.day(start) - start).days == days + (job.runs == "after")


@pytest.mark.parametrize(("value", "on"), [("on", True), ("OFF", False), (True, True), ("false", False)])
def test_a_job_is_switched_with_its_days_kept(value: object, on: bool) -> None:
    job = shipped().changed({"student-canceled": value}).jobs["student-canceled"]
    assert (job.on, job.days) == (on, 60)


def test_later_keys_have_no_say_over_named_ones() -> None:
    plan = shipped().changed({"student-completed": 10, "all": "off", "at": "23:05"})
    assert [job.name for job in plan.jobs.values() if job.on] == ["student-completed"]
    assert plan.at == time(23, 5)


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        (
            {"student-canceld": 1},
            "student-canceld",
            r"unknown job 'student-canceld' \(did you mean 'student-canceled'\?\)",
        ),
        ({"zzz": 1}, "zzz", "known jobs: student-canceled, "),
        ({"student-canceled": "soon"}, "student-canceled", "expected on, off or a number of days up to 3650"),
        ({"student-canceled": -1}, "student-canceled", "-1 stands here"),
        ({"student-canceled": 3651}, "student-canceled", "3651 stands here"),
        ({"student-canceled": 1.5}, "student-canceled", "1.5 stands here"),
        ({"student-canceled": None}, "student-canceled", "nothing stands here"),
        ({"student-canceled": []}, "student-canceled", "a list or mapping stands here"),
        ({"all": 3}, "all", "expected on or off"),
        ({"at": "24:00"}, "at", "expected a time of day such as 01:00"),
        ({"at": 1}, "at", "expected a time of day such as 01:00"),
    ],
)
def test_what_is_no_change_is_refused_by_its_key(changes: dict[str, object], key: str, words: str) -> None:
    with pytest.raises(LifeCycleError, match=words) as refused:
        shipped().changed(changes)
    assert refused.value.key == key
    assert refused.value.unknown == ("known" in str(refused.value) or "did you mean" in str(refused.value))


def test_the_signature_differs_where_dates_would() -> None:
    plans = [shipped(), *(shipped().changed({key: "00:30" if key == "at" else "off"}) for key in keys())]
    off_already = [plan for plan in plans if plan.signature() == shipped().signature()]
    assert len(off_already) == 2, "the shipped one, and the job that is off anyway"
