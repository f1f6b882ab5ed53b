"""What the calendar makes of a record: each job on the day before, and on its day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.codes import table
from sevis_sim.domain.life_cycle import shipped
from sevis_sim.domain.records import Dependent, Level, Record
from sevis_sim.events import life_cycle
from sevis_sim.events.life_cycle import STARTS, due, next_day, run

PLAN = shipped().changed({"all": "on"})
NOW = datetime(2026, 1, 1, tzinfo=UTC)
START, END = date(2026, 1, 12), date(2026, 12, 18)


def student(status: str = "ACTIVE", visa: str = "01", **more) -> Record:
    data = {
        "PersonalInfo": {"VisaType": visa},
        "EducationalInfo": {"PrgStartDate": START.isoformat(), "PrgEndDate": END.isoformat()},
    }
    facts = more.pop("facts", {})
    dependents = more.pop("dependents", [])
    return Record("N9900000001", "ABC214F00012000", "student", status, data | more, dependents, facts=facts)


def visitor(status: str = "ACTIVE", **more) -> Record:
    data = {"PrgStartDate": START.isoformat(), "PrgEndDate": END.isoformat()}
    facts = more.pop("facts", {})
    dependents = more.pop("dependents", [])
    return Record("N9900000002", "P-1-12345", "exchangeVisitor", status, data | more, dependents, facts=facts)


def child(born: str, status: str = "ACTIVE", relationship: str = "02") -> Dependent:
    return Dependent("N9900000003", status, {"BirthDate": born, "Relationship": relationship})


def opt(**more) -> list[dict]:
    return [{"Status": "APPROVED", "StartDate": "2026-12-19", "EndDate": "2027-12-18", "CompletionType": "02"} | more]


def stem(*reported: str, **more) -> list[dict]:
    """An OPT with an employer, and its STEM extension from 2027-12-19 with reports of these due days."""
    made = [{"Due": due_day, "Reported": due_day} for due_day in reported]
    dates = {"StartDate": "2027-12-19", "EndDate": "2029-12-18"}
    return [*opt(Employer=[{}]), {"Type": "STEM OPT", "Status": "APPROVED", "Participation": made, **dates, **more}]


REPORTED = ("2028-06-19", "2028-12-19", "2029-06-19")
NEXT = {"Registration": {"NextSessionStartDate": "2026-05-11"}}

CASES = [
    ("student-canceled", student("INITIAL"), START + timedelta(61), "CANCELED"),
    ("student-no-show", student("INITIAL", facts={"arrived": "2026-01-02"}), START + timedelta(31), "TERMINATED"),
    ("student-failure-to-enroll", student(**NEXT), date(2026, 6, 11), "TERMINATED"),
    ("student-completed", student(), END + timedelta(61), "COMPLETED"),
    ("student-completed", student(OPTEmployment=opt(Employer=[{}])), date(2027, 12, 18) + timedelta(61), "COMPLETED"),
    ("student-m1-completed", student(visa="02"), END + timedelta(31), "COMPLETED"),
    ("opt-unemployment", student(OPTEmployment=opt()), date(2026, 12, 19) + timedelta(91), "TERMINATED"),
    ("stem-report", student(OPTEmployment=stem()), date(2028, 6, 19) + timedelta(33), "TERMINATED"),
    ("stem-report", student(OPTEmployment=stem(*REPORTED[:2])), date(2029, 6, 19) + timedelta(33), "TERMINATED"),
    ("student-completed", student(OPTEmployment=stem(*REPORTED)), date(2029, 12, 18) + timedelta(61), "COMPLETED"),
    (
        "student-completed",
        student(Request={"CapGapExtension": {"Status": "F"}}, OPTEmployment=opt(EndDate="2027-07-01", Employer=[{}])),
        date(2027, 9, 30) + timedelta(61),
        "COMPLETED",
    ),
    (
        "student-completed",
        student(OPTEmployment=opt(Status="PENDING")),  # USCIS is slow
        date(2027, 12, 18) + timedelta(61),
        "COMPLETED",
    ),
    (
        "student-m1-completed",
        student(visa="02", Program={"Extension": [{"Status": "REQUESTED", "NewPrgEndDate": "2027-06-18"}]}),
        date(2027, 6, 18) + timedelta(31),
        "COMPLETED",
    ),
    (
        "student-m1-completed",
        student(visa="02", Program={"Extension": [{"Status": "DENIED", "NewPrgEndDate": "2027-06-18"}]}),
        END + timedelta(31),
        "COMPLETED",
    ),
    (
        "opt-unemployment",
        student(OPTEmployment=opt(DecisionDate="2027-03-01")),
        date(2027, 3, 1) + timedelta(91),
        "TERMINATED",
    ),
    (
        "stem-report",
        student(OPTEmployment=stem(DecisionDate="2028-07-20")),  # the first report could be made until the day before
        date(2028, 12, 19) + timedelta(33),
        "TERMINATED",
    ),
    (
        "stem-report",
        student(OPTEmployment=stem(DecisionDate="2028-07-19")),
        date(2028, 6, 19) + timedelta(33),
        "TERMINATED",
    ),
    ("visitor-invalid", visitor("INITIAL"), START + timedelta(31), "INVALID"),
    ("visitor-no-show", visitor("INITIAL", facts={"arrived": True}), START + timedelta(31), "NO SHOW"),
    ("visitor-inactive", visitor(), END + timedelta(1), "INACTIVE"),
]


@pytest.mark.parametrize(("job", "record", "day", "becomes"), CASES)
def test_a_job_changes_the_record_on_its_day_and_not_the_day_before(job, record, day, becomes) -> None:
    before = record.status
    assert next_day(record, PLAN) == day
    assert run(record, PLAN, day - timedelta(1), NOW) == []
    assert record.status == before
    assert record.history == []
    [change] = run(record, PLAN, day, NOW)
    assert (change.job, change.before, change.after, record.status) == (job, before, becomes, becomes)
    assert [entry.event for entry in record.history] == [PLAN.jobs[job].reason]
    assert record.data["StatusChange"] == {"Reason": PLAN.jobs[job].reason, "Date": day.isoformat()}


@pytest.mark.parametrize(("job", "record", "day", "becomes"), CASES)
def test_a_job_that_is_off_changes_nothing(job, record, day, becomes) -> None:
    plan = PLAN.changed({"all": "off"})
    assert due(record, plan) == []
    assert run(record, plan, day + timedelta(10_000), NOW) == []


def test_the_record_says_what_a_termination_event_would_say() -> None:
    late, idle = (
        student("INITIAL", facts={"arrived": True}, dependents=[child("2020-01-01")]),
        student(OPTEmployment=opt()),
    )
    run(late, PLAN, START + timedelta(31), NOW)
    assert (late.data["Termination"], late.dependents[0].data["Termination"]) == ({"Reason": "24"}, {"Reason": "06"})
    run(idle, PLAN, date(2027, 3, 20), NOW)
    assert idle.data["Termination"] == {"Reason": "16", "OtherRemarks": "Exceeded Unemployment Time"}


def test_the_codes_of_reasons_stand_in_their_tables() -> None:
    for job in PLAN.jobs.values():
        name = "dependent-termination-reason" if job.subject == "dependent" else "student-termination-reason"
        assert not job.code or table(name).row(job.code), job.name


def test_each_declared_job_has_one_function_and_ends_its_own_condition() -> None:
    assert list(STARTS) == list(PLAN.jobs)
    assert not [job.name for job in PLAN.jobs.values() if job.subject == "record" and job.becomes in job.statuses]


def test_a_child_is_ended_on_its_21st_birthday() -> None:
    for record, becomes in ((student(), "TERMINATED"), (visitor(), "INACTIVE")):
        record.dependents = [child("2005-06-15")]
        assert run(record, PLAN, date(2026, 6, 14), NOW) == []
        [change] = run(record, PLAN, date(2026, 6, 15), NOW)
        assert (change.sevis_id, change.after) == ("N9900000003", becomes)
        assert (record.status, record.dependents[0].status) == ("ACTIVE", becomes)


def test_a_child_of_29_february_turns_21_on_the_first_of_march() -> None:
    record = student(dependents=[child("2004-02-29")])
    record.data["EducationalInfo"]["PrgStartDate"] = "2024-01-01"
    assert next_day(record, PLAN) == date(2025, 3, 1)


@pytest.mark.parametrize("person", [child("2005-06-15", relationship="01"), child("2005-06-15", status="TERMINATED")])
def test_spouses_and_ended_dependents_have_no_birthday_of_interest(person: Dependent) -> None:
    assert "student-child-21" not in {each.job for each in due(student(dependents=[person]), PLAN)}


def test_dependents_follow_a_principal_who_ends() -> None:
    record = student(dependents=[child("2020-01-01"), Dependent("N9900000004", "TERMINATED")])
    changes = run(record, PLAN, END + timedelta(61), NOW)
    assert [(each.sevis_id, each.after) for each in changes] == [
        ("N9900000001", "COMPLETED"),
        ("N9900000003", "COMPLETED"),
    ]
    assert [each.status for each in record.dependents] == ["COMPLETED", "TERMINATED"]


@pytest.mark.parametrize(
    "record",
    [
        student(OPTEmployment=opt(Employer=[{"EmployerName": "Sample"}])),
        student(OPTEmployment=opt(), facts={"portalEmployer": True}),
        student(OPTEmployment=opt(CompletionType="01")),
        student(OPTEmployment=opt(Status="DENIED")),
        student(OPTEmployment=opt(Status="REQUESTED")),
    ],
)
def test_unemployment_counts_only_without_any_employer_in_an_approved_post_completion_opt(record: Record) -> None:
    assert "opt-unemployment" not in {each.job for each in due(record, PLAN)}


def test_a_session_after_the_end_of_the_program_is_no_failure_to_enroll() -> None:
    record = student(Registration={"NextSessionStartDate": "2027-01-11"})
    assert [each.job for each in due(record, PLAN)] == ["student-completed"]


def test_a_stale_request_is_canceled_and_is_off_by_default() -> None:
    waiting = [{"Status": "REQUESTED", "RequestDate": "2026-02-01", "StartDate": "2026-12-19"}]
    record = student(OPTEmployment=waiting)
    assert "stale-request" not in {each.job for each in due(record, shipped())}
    day = date(2026, 2, 1) + timedelta(181)
    assert run(record, PLAN, day - timedelta(1), NOW) == []
    [change] = run(record, PLAN, day, NOW)
    assert (change.part, change.before, change.after) == ("OPTEmployment[1]", "REQUESTED", "CANCELED")
    assert (record.status, record.data["OPTEmployment"][0]["Status"]) == ("ACTIVE", "CANCELED")


def test_a_student_whose_opt_waits_is_completed_only_once_the_request_has_ended() -> None:
    waiting = [{"Status": "REQUESTED", "RequestDate": "2026-11-01", "EndDate": "2027-12-18"}]
    record = student(OPTEmployment=waiting)
    day = date(2026, 11, 1) + timedelta(181)
    assert run(record, PLAN, day - timedelta(1), NOW) == []
    assert [change.job for change in run(record, PLAN, day, NOW)] == ["stale-request", "student-completed"]


def test_a_pending_level_is_canceled_without_touching_the_level_that_counts() -> None:
    record = student()
    record.levels = [
        Level(2, "INITIAL", {"EducationalInfo": {"PrgStartDate": "2026-02-02", "PrgEndDate": "2028-05-01"}})
    ]
    [change] = run(record, PLAN, date(2026, 2, 2) + timedelta(61), NOW)
    assert change.job == "student-canceled"
    assert (record.level, record.statuses) == (1, {1: "ACTIVE", 2: "CANCELED"})


def test_what_lies_before_a_records_seeding_does_not_happen_any_more() -> None:
    record = student("INITIAL")
    assert next_day(record, PLAN, since=START + timedelta(60)) == START + timedelta(61)
    assert next_day(record, PLAN, since=START + timedelta(61)) is None


_records = st.builds(
    lambda population, status, arrived, start, length, born, next_session: (student if population else visitor)(
        status if population or status in ("INITIAL", "ACTIVE") else "INACTIVE",
        facts={"arrived": arrived},
        dependents=[child(born.isoformat())],
        Registration={"NextSessionStartDate": next_session.isoformat()},
        PrgStartDate=start.isoformat(),
        PrgEndDate=(start + timedelta(length)).isoformat(),
        EducationalInfo={"PrgStartDate": start.isoformat(), "PrgEndDate": (start + timedelta(length)).isoformat()},
    ),
    st.booleans(),
    st.sampled_from(["INITIAL", "ACTIVE", "COMPLETED", "TERMINATED", "CANCELED"]),
    st.booleans(),
    st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    st.integers(1, 1500),
    st.dates(date(2003, 1, 1), date(2020, 1, 1)),
    st.dates(date(2024, 1, 1), date(2028, 1, 1)),
)


@given(_records, st.lists(st.dates(date(2024, 1, 1), date(2050, 1, 1)), max_size=6))
def test_it_makes_no_difference_on_which_days_one_looks(record: Record, looks: list[date]) -> None:
    """Day by day, or all at once: the same record, and nothing is left over or done twice."""
    once, often = record.copy(), record.copy()
    last = date(2050, 1, 1)
    changes = run(once, PLAN, last, NOW)
    seen = []
    while (day := next_day(often, PLAN)) is not None and day <= last:
        for look in looks:
            if look < day:
                assert run(often, PLAN, look, NOW) == []
        done = run(often, PLAN, day, NOW)
        assert done, "a record that is due is changed"
        seen += done
    assert seen == changes
    assert (once.status, [d.status for d in once.dependents]) == (often.status, [d.status for d in often.dependents])
    assert next_day(once, PLAN) is None


def test_days_beyond_the_calendar_of_python_are_never() -> None:
    record = student()
    record.data["EducationalInfo"]["PrgEndDate"] = "9999-12-31"
    assert life_cycle.next_day(record, PLAN) == date.max
