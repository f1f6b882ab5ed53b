"""Generated files, right and with one fault, through the whole checker."""

import gzip
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from udir_sim.checker import InputError, check
from udir_sim.generator import Plan, Rates, file_lines, mutate
from udir_sim.rules import Mode, Profile, Severity, Verdict, catalogue
from udir_sim.rules.examples import sample

CREATED = date(1999, 9, 1)
READ = date(1999, 9, 2)
COUNTED = {"UD-D03-UBLANK", "UD-D06-NONE"}
BREAKABLE = [
    rule for rule in catalogue().values() if rule.fails and not any("previous" in each.edit for each in rule.fails)
]

plans = st.builds(
    Plan,
    records=st.integers(1, 60),
    location=st.sampled_from([f"0{digit}" for digit in range(1, 10)]),
    seed=st.integers(0, 10_000),
    created=st.dates(date(1991, 1, 1), date(2098, 1, 1)),
    rates=st.builds(Rates, ssn=st.sampled_from([0.0, 0.5, 1.0]), net_id=st.sampled_from([0.0, 0.9])),
    line_end=st.sampled_from([b"\n", b"\r\n"]),
)


def test_a_creation_date_that_lies_ahead_is_one_finding(checked):
    content = sample("H@12=19991231").content  # after the eligibility of D2
    assert [each.rule for each in checked(content).results] == ["UD-H06-FUTURE"]


@given(plans, st.sampled_from(Mode))
@settings(max_examples=40)
def test_a_generated_file_is_accepted_whatever_its_options(plan, mode):
    report = check(io.BytesIO(b"".join(file_lines(plan))), as_of=plan.created, mode=mode)
    assert report.verdict is Verdict.ACCEPTED
    assert {result.rule for result in report.results} <= COUNTED
    assert report.receipt.data_records == plan.records == report.receipt.trailer_count


@given(plans, st.sampled_from(BREAKABLE), st.sampled_from(Mode))
@settings(max_examples=120)
def test_a_file_with_one_fault_raises_its_rule_and_no_other(plan, rule, mode):
    plan = Plan(max(plan.records, 2), plan.location, plan.seed, CREATED, plan.rates, plan.line_end)
    mutation = mutate(plan, rule)
    profile = Profile(**dict.fromkeys(mutation.sample.switches, True))
    report = check(io.BytesIO(b"".join(mutation.lines())), as_of=mutation.sample.as_of, mode=mode, profile=profile)
    severity = mutation.example.strict if mode is Mode.STRICT else mutation.example.lenient
    expected = {*mutation.example.also, *([rule.id] if severity is not Severity.OFF else [])}
    assert {result.rule for result in report.results} - (COUNTED - {rule.id}) == expected - (COUNTED - {rule.id})


@pytest.fixture(scope="module")
def large() -> bytes:
    """Forty thousand records, five blocks; every 97th has a fault of the status, every 1000th is too short."""
    lines = list(file_lines(Plan(40_000, created=CREATED, line_end=b"\n")))
    for number in range(1, 40_001):
        if number % 97 == 0:
            lines[number] = lines[number][:213] + b"Q" + lines[number][214:]
        if number % 1000 == 0:
            lines[number] = lines[number][:-2] + b"\n"
    return b"".join(lines)


def test_counts_are_exact_and_samples_are_the_first_ones(large, checked):
    report = checked(large, samples=5)
    status, length = report.result("UD-D11-ENUM"), report.result("UD-F09-LEN")
    assert status is not None
    assert length is not None
    both = 40_000 // 97_000
    assert status.count == 40_000 // 97 - both
    assert [finding.record for finding in status.samples] == [97 * number + 1 for number in range(1, 6)]
    assert length.count == 40
    assert [finding.record for finding in length.samples] == [1000 * number + 1 for number in range(1, 6)]
    assert report.records_with_errors == status.count + length.count == len(report.plan.held)


def test_the_number_of_threads_changes_nothing(large, checked):
    assert checked(large, workers=1) == checked(large, workers=4)


def test_no_samples_are_kept_where_none_are_wanted(large, checked):
    report = checked(large, samples=0)
    assert [(result.rule, len(result.samples)) for result in report.results if result.samples] == []
    assert report.count(Severity.ERROR) == 412 + 40


def test_a_pipe_and_a_gz_file_are_read_like_a_file(large, checked, tmp_path):
    plain = checked(large)

    class Pipe(io.BytesIO):
        name = plain.receipt.name

        def seekable(self) -> bool:
            return False

    assert check(Pipe(large), as_of=READ, name=plain.receipt.name) == plain
    packed = tmp_path / "file.gz"
    packed.write_bytes(gzip.compress(large, 1))
    assert check(packed, as_of=READ, name=plain.receipt.name) == plain


def test_progress_ends_at_the_size_of_the_file(large, checked):
    steps: list[tuple[int, int]] = []
    checked(large, progress=lambda done, total: steps.append((done, total)))
    assert steps[-1] == (len(large), len(large))
    assert steps == sorted(steps)


def test_a_file_above_the_limit_is_not_checked(checked):
    with pytest.raises(InputError, match="more than 100 bytes"):
        checked(b"H" * 101, max_bytes=100)
    with pytest.raises(InputError, match="more than 100 bytes"):
        checked(gzip.compress(b"H" * 101), max_bytes=100)


def test_a_gz_file_that_was_cut_off_is_an_error(checked):
    with pytest.raises(InputError, match="cut off"):
        checked(gzip.compress(b"H06" * 1000)[:-10])


def test_the_census_counts_every_data_record(large, checked):
    report = checked(large)
    by_type = report.census.by_type_and_status
    assert sum(count for statuses in by_type.values() for count in statuses.values()) == 40_000 - 40
    assert sum(report.census.by_release_flag.values()) == 40_000 - 40
    assert sum(statuses.get("?", 0) for statuses in by_type.values()) == 412


def test_rules_that_are_off_are_not_found(large, checked):
    report = checked(large, profile=Profile().with_choice(skip=["UD-D11*", "UD-F09*", "UD-D03*", "UD-D06*"]))
    assert report.results == ()
    assert report.verdict is Verdict.ACCEPTED


def test_a_file_may_be_called_whatever_a_disk_allows(checked, tmp_path):
    assert checked(sample().content, name="a\nACCEPTED\x1b[2J\udce9.txt").receipt.name == "a?ACCEPTED?[2J?.txt"
    with pytest.raises(InputError, match=r"/no\?\.txt: No such file"):
        check(tmp_path / "no\udce9.txt", as_of=READ)
