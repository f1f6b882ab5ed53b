"""The decision table of the attribute service: every row under every policy, through all ten tests."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from attribute_world import NAMES, NOW, Row, Student, World, decision_table
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.pki import CertificateAuthority
from udir_sim.attributes import Outside, Reason, decide, issue_student
from udir_sim.attributes.policy import EXAMPLE, load_policies

POLICIES = load_policies(EXAMPLE).applications
ROWS = [row for row in decision_table() if row.day is not None]


def test_the_table_has_all_rows():
    assert len(decision_table()) == 22
    assert len(ROWS) == 20


@pytest.mark.parametrize("policy", NAMES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case)
async def test_every_row_ends_as_the_table_says(row: Row, policy: str):
    world = World()
    if row.records:
        world.shelf.students["1234567"] = list(row.records)
    answer = await world.service.answer(world.question(NAMES[policy], day=row.day))
    assert answer.reason.code == row.reasons[policy]
    assert answer.told() == {"eligible": row.reasons[policy] == "OK"}
    assert world.audit[-1].reason == row.reasons[policy]


@pytest.mark.parametrize("row", [row for row in ROWS if row.any_n_blocks], ids=lambda row: row.case)
async def test_the_stricter_option_lets_one_flag_n_block_all(row: Row):
    world = World(any_n_blocks=True)
    world.shelf.students["1234567"] = list(row.records)
    answer = await world.service.answer(world.question(day=row.day))
    assert answer.reason.code == row.any_n_blocks


@pytest.mark.parametrize("policy", NAMES.values())
@pytest.mark.parametrize("day", [None, date(1999, 10, 1)])
async def test_certificates_without_net_id_expired_or_from_a_strange_authority_are_refused(policy: str, day):
    world = World()
    world.shelf.students["1234567"] = [Student(), Student(eligibility_begin=date.min, eligibility_end=date.max)]
    without = issue_student(world.authority, "", NOW)
    expired = issue_student(world.authority, "1234567", NOW, profile="expired")
    strange = issue_student(CertificateAuthority.create(), "1234567", NOW)
    for identity, reason in ((without, Reason.NET_ID), (expired, Reason.CERTIFICATE), (strange, Reason.CERTIFICATE)):
        question = world.question(policy, net_id=None, certificate=identity.certificate_pem, day=day)
        answer = await world.service.answer(question)
        assert answer.reason is reason
        assert answer.outside is Outside.REFUSED
    assert world.shelf.asked == 0


@pytest.mark.parametrize("day", [None, date(1999, 10, 1)])
async def test_an_unknown_application_is_refused(day):
    world = World()
    world.shelf.students["1234567"] = [Student()]
    for question in (
        world.question(application="PUBLISHER1", day=day, fingerprint="0" * 64),
        replace(world.question(day=day), application="PUBLISHER9"),
        replace(world.question(day=day), application="PUBLISHER2"),  # known, but not whose certificate this is
        replace(world.question(day=day), fingerprint=None),
    ):
        answer = await world.service.answer(question)
        assert answer.reason is Reason.APPLICATION
        assert answer.outside is Outside.REFUSED
    assert world.shelf.asked == 0


def test_the_table_is_the_one_of_the_reference():
    reference = next((p / "shared/reference/udir.md" for p in Path(__file__).parents if (p / "shared").is_dir()), None)
    if reference is None or not reference.exists():
        pytest.skip("the reference is not beside this checkout")
    text = reference.read_text(encoding="utf-8").partition("### 6.4")[2].partition("\n\nProperty tests")[0]
    lines = [[cell.strip().replace("*", "") for cell in line.strip("|").split("|")] for line in text.splitlines()]
    rows = [cells for cells in lines if len(cells) == 5 and not set(cells[0]) <= {"-"}][1:]
    assert [cells[0] for cells in rows] == [row.case for row in decision_table()]
    for cells, row in zip(rows, decision_table(), strict=True):
        assert cells[1] == (f"{row.day:%Y%m%d}" if row.day else "any")
        for cell, ours in zip(cells[2:], row.reasons.values(), strict=True):
            theirs = re.sub(r"^no |\(.*|`.*", "", cell).strip()
            assert theirs == {"OK": "yes"}.get(ours, ours)


# -- what holds for all records and policies ---------------------------------------------------------------------------

DAYS = st.dates(date(1999, 9, 1), date(2000, 1, 31))
STUDENTS = st.builds(
    Student,
    location=st.sampled_from(["01", "06", "09"]),
    release_flag=st.sampled_from("YN"),
    student_type=st.sampled_from("PGUEX"),
    student_status=st.sampled_from("ARBWF"),
    eligibility_begin=st.none() | DAYS,
    eligibility_end=st.none() | DAYS,
)
RECORDS = st.lists(STUDENTS, max_size=3)


def subsets(codes):
    return st.frozensets(st.sampled_from(codes), min_size=1)


CONDITIONS = st.builds(
    lambda **conditions: POLICIES["PUBLISHER1"].model_copy(update=conditions),
    locations=subsets(["01", "06", "09"]),
    types=subsets("PGUEX"),
    statuses=subsets("ARBWF"),
    dates=st.booleans(),
    any_n_blocks=st.booleans(),
)


@given(RECORDS, CONDITIONS, DAYS)
def test_a_release_flag_n_never_yields_yes(records, policy, day):
    refused = [replace(record, release_flag="N") for record in records]
    assert not decide(policy, refused, day).eligible
    if not any(record.release_flag == "Y" for record in records):
        assert not decide(policy, records, day).eligible


@given(RECORDS, CONDITIONS, CONDITIONS, DAYS)
def test_widening_a_policy_never_turns_yes_into_no(records, policy, other, day):
    wider = policy.model_copy(
        update={
            "locations": policy.locations | other.locations,
            "types": policy.types | other.types,
            "statuses": policy.statuses | other.statuses,
            "dates": policy.dates and other.dates,
            "any_n_blocks": policy.any_n_blocks and other.any_n_blocks,
        }
    )
    assert decide(wider, records, day).eligible >= decide(policy, records, day).eligible


@given(RECORDS, CONDITIONS, DAYS, st.integers(-200, 200), st.text(max_size=5))
def test_names_and_term_dates_never_change_the_answer(records, policy, day, days, name):
    moved = timedelta(days=days)
    changed = [
        replace(r, last_name=name, term_begin=date(1999, 9, 23) + moved, term_end=date(1999, 12, 11) + moved)
        for r in records
    ]
    assert decide(policy, changed, day) == decide(policy, records, day)


@given(RECORDS, CONDITIONS, DAYS)
def test_the_answer_does_not_depend_on_the_order_of_the_campuses(records, policy, day):
    assert decide(policy, records[::-1], day).reason is decide(policy, records, day).reason


@given(RECORDS, CONDITIONS, DAYS)
def test_the_work_is_the_same_whatever_the_answer(records, policy, day):
    """Counts every look at a policy, which is all that the tests do."""

    class Counting:
        def __init__(self) -> None:
            self.looks = 0

        def __getattr__(self, name: str) -> object:
            if name in ("locations", "types", "statuses", "dates"):
                self.looks += 1
            return getattr(policy, name)

    with_records, without = Counting(), Counting()
    decide(with_records, records, day)
    decide(without, [], day)
    assert with_records.looks == without.looks


async def test_today_is_the_day_in_california():
    # 17:00 UTC is the same day in California, 05:00 UTC the day before.
    world = World(test_mode=False)
    world.shelf.students["1234567"] = [Student(eligibility_begin=date(2026, 3, 5), eligibility_end=date(2026, 3, 5))]

    async def at(instant: datetime) -> Reason:
        world.now = instant
        return (await world.service.answer(world.question())).reason

    assert await at(datetime(2026, 3, 6, 5, 0, tzinfo=UTC)) is Reason.OK
    assert await at(datetime(2026, 3, 6, 17, 0, tzinfo=UTC)) is Reason.DATE
