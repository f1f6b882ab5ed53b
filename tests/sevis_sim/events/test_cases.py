"""The shipped cases: what their files may hold, and that all of them are batches that SEVIS would read."""

import subprocess
import sys

import pytest

from sevis_sim.codes import catalogue
from sevis_sim.codes.meaning import meanings
from sevis_sim.events import registry
from sevis_sim.events.cases import GONE, CasesError, cases, load, stage
from sevis_sim.generation.documents import batch
from sevis_sim.schemas import parse, release

CASES = cases()


REFUSED = {"S1058"}
"""Codes of what only schemas of a user's own let through (see their meanings)."""
SENT = [case for case in CASES if case.code not in REFUSED]
TO_COME = frozenset(
    """S2012 S2021 S2127 S2128 S2129 S2130 S2201 S2202 S2203 S2207 S2210 S2211 S2212 S2214 S2215 S2216 S2217 S2219 S2222
    S2225 S2226 S2229 S2230 S2231 S2232 S2233 S2234 S2236 S2252 S2253 S2263 S2264 S2266 S2270 S2272 S2273 S2274 S2275
    S2276 S2277 S2278 S2279 S2280 S2281 S2283""".split()  # noqa: SIM905 - easier to read
)
"""Codes of exchange visitors whose rules are not written yet."""


@pytest.mark.parametrize("case", SENT, ids=lambda case: f"{case.name}-{case.place}")
def test_both_sides_of_a_case_are_batches_that_the_schema_accepts(case):
    for side in (case.breaks, case.near):
        staged = stage(case, side)
        document = batch(case.population, staged.organization.id, "BATCH000000009", "pdso000001", staged.batch)
        assert [str(each) for each in release().validate(parse(document))] == []


def test_every_code_of_a_record_has_a_case_or_a_reason():
    decided = set(registry.codes())
    assert decided == {case.code for case in CASES}
    records = {code for code, entry in catalogue.entries().items() if entry.population != "transport"}
    without = {code for code in records - decided if not meanings()[code].reason}
    if any(population == "student" for population, _ in registry.missing()):
        without = {code for code in without if code.startswith("S2")}
    assert without <= TO_COME


def test_a_case_names_an_event_that_exists():
    for case in CASES:
        assert not case.event or (case.population, case.event) in registry.events(), case.place


def loaded(tmp_path, text):
    path = tmp_path / "cases.yaml"
    path.write_text(text)
    return load(path)


def problems(tmp_path, text):
    with pytest.raises(CasesError) as caught:
        loaded(tmp_path, text)
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


def test_a_case_adds_to_its_group(tmp_path):
    (case,) = loaded(
        tmp_path,
        """
- event: Registration
  base: STU-001
  given: {status: INITIAL, fact:arrived: true}
  sends: {LastSession: true, Email: a@example.com}
  before: [{changes: {status: ACTIVE}}]
  cases:
    - code: S1106
      given: [{status: ACTIVE}, {today: 2029-09-04}]
      sends: {Email: ""}
      before: [{event: PersonalInfo, sends: {Gender: F}, today: 2029-09-03}]
      breaks: {USAddress: ~, organization:visas: [F-1], switch:session_range_days: 30}
      says: ACTIVE
""",
    )
    assert case.given["status"] == "ACTIVE"
    assert case.given["fact:arrived"] is True
    assert case.given["today"].isoformat() == "2029-09-04"
    assert case.sends == {"LastSession": "true", "Email": ""}
    assert [each.event for each in case.before] == ["", "PersonalInfo"]
    assert case.breaks == {
        "USAddress": GONE,
        "organization:visas": frozenset({"F-1"}),
        "switch:session_range_days": 30,
    }
    assert case.place == "cases.yaml:8"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{code: S1106, brakes: {}}", "3:21: [0].cases[0].brakes: unknown key 'brakes' (did you mean 'breaks'?)"),
        ("{breaks: {}}", "3:7: [0].cases[0]: the key 'code' is missing"),
        ("{code: S1106, breaks: 7}", "3:29: [0].cases[0].breaks: '7' stands here; expected a mapping (key: value)"),
        (
            "{code: S1106, breaks: {sored:Email: a}}",
            "3:7: unknown prefix 'sored' (did you mean 'stored'?) in 'sored:Email'",
        ),
        ("{code: S1106, breaks: {fact:arived: true}}", "3:7: unknown fact 'arived' (did you mean 'arrived'?)"),
        (
            "{code: S1106, breaks: {organization:visa: [F-1]}}",
            "3:7: Organization has no field 'visa' (did you mean 'visas'?)",
        ),
        ("{code: S1106, breaks: {organization: college}}", "3:7: organization: 'college'; expected school or sponsor"),
        ("{code: S1106, breaks: {today: soon}}", "3:7: Invalid isoformat string: 'soon'"),
        ("{code: S1106, before: [{}]}", "3:7: an entry of 'before' needs one of the keys 'event' and 'changes'"),
    ],
)
def test_a_wrong_case_is_told_with_its_place(tmp_path, line, said):
    assert problems(tmp_path, f"- base: STU-001\n  cases:\n    - {line}\n") == [f"cases.yaml:{said}"]


def test_a_case_without_a_record_is_told(tmp_path):
    assert problems(tmp_path, "- cases:\n    - {code: S1106}\n") == [
        "cases.yaml:2:7: neither the case nor its group has the key 'base'"
    ]


def test_a_file_that_is_no_yaml_is_told(tmp_path):
    assert problems(tmp_path, "- {")[0].startswith("cases.yaml:")


@pytest.mark.parametrize(
    "line",
    [
        "{code: S1106, event: Dependent/Edit, sends: {'@dependentSevisID': dependent 3}}",
        "{code: S1106, base: STU-999}",
        "{code: S1106, event: PersonalInfo, given: {'level 2:status': ACTIVE}}",
        "{code: S1106, event: PersonalInfo, given: {'site 1:City': Urbana}}",
    ],
)
def test_a_case_that_does_not_fit_its_record_is_told(tmp_path, line):
    (case,) = loaded(tmp_path, f"- base: STU-001\n  cases:\n    - {line}\n")
    with pytest.raises(ValueError, match=r"cases\.yaml:3: S1106-\S+ does not fit its record"):
        stage(case, case.breaks)


def test_a_case_whose_past_is_impossible_is_told(tmp_path):
    (case,) = loaded(
        tmp_path,
        "- base: STU-001\n  cases:\n    - {code: S1106, event: PersonalInfo, before: [{event: Dependent/Reprint,"
        " sends: {'@dependentSevisID': N9900000000}}]}\n",
    )
    with pytest.raises(ValueError, match="before S1106-PersonalInfo-STU-001, Dependent/Reprint fails: S1113"):
        stage(case, case.breaks)


def test_what_a_case_says_of_the_world_is_staged(tmp_path):
    (case,) = loaded(
        tmp_path,
        """
- event: Dependent/Edit
  base: STU-002
  cases:
    - code: S1106
      given: {status: INITIAL, dependent 2:status: TERMINATED, dependent 1:fact:arrived: true, known: STU-001}
      sends: {"@dependentSevisID": dependent 2, Remarks: stored:PersonalInfo/VisaType}
      breaks: {dependent 1:Email: a@example.com, organization:public: true, earlier: [STU-003]}
""",
    )
    staged = stage(case, case.breaks)
    student, other = staged.records
    first, second = student.dependents
    assert (student.status, first.status, second.status) == ("INITIAL", "INITIAL", "TERMINATED")
    assert (first.facts, first.data["Email"]) == ({"arrived": True}, "a@example.com")
    assert other.data["UserDefinedA"] == "A100001"
    assert staged.organization.public
    earlier, update = staged.batch
    assert (earlier[0], earlier[1]["@requestID"]) == ("CreateStudent", "STU-003")
    edit = update[1]["Dependent"][0]["Edit"]
    assert edit == {"@dependentSevisID": second.sevis_id, "Remarks": "01"}


def test_processing_does_not_read_the_cases():
    code = "import sys, sevis_sim.processing, sevis_sim.simulator; print('sevis_sim.events.cases' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
