"""How scenarios are put together from files, variables and matrices, and dates from their clock."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.scenarios import ScenarioError, load_scenario, load_scenarios, load_sources, parse_scenario

HEAD = "scenario: t\nclock: 2026-03-06T14:00:00-05:00\n"


def parse(*lines, head=HEAD):
    return parse_scenario(head + "\n".join(lines) + "\n", "f")


def problem(*lines, head=HEAD):
    with pytest.raises(ScenarioError) as caught:
        parse(*lines, head=head)
    return str(caught.value)


def test_variables_stand_for_texts_and_for_whole_values():
    scenario = parse(
        "variables: {batch: TEST0000000001, other: $(batch)-x, wanted: [S0000, S0010]}",
        "summary: about $(other)",
        "steps: [{upload: {file: a.xml, batchId: $(batch), expect: $(wanted)}}]",
    )
    assert scenario.summary == "about TEST0000000001-x"
    assert scenario.steps[0].upload.batch_id == "TEST0000000001"
    assert scenario.steps[0].upload.expect == ("S0000", "S0010")
    assert scenario.variables == {}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ["variables: {batch: x}", "summary: $(bacth)"],
            "f:4:10: there is no variable 'bacth' (did you mean 'batch'?)",
        ),
        (["variables: {a: [1]}", "summary: is $(a)"], "f:4:10: $(a) is no text, so it must stand alone"),
        (["variables: [a]"], "f:3:12: variables: expected a mapping of names to values"),
        (["variables: {1a: b}"], "f:3:17: variables: '1a' is no name of a variable, such as batch"),
        (["matrix: {a: []}"], "f:3:13: matrix.a: expected a list of values, one for each scenario"),
        (["matrix: [a]"], "f:3:10: matrix[0]: expected a mapping of variables to values"),
        (["matrix: [{name: x}, {name: x}]"], "f:3:9: matrix: two rows are called 'x'; give each a `name`"),
        (
            ["include: nowhere.yaml"],
            "f:3:10: include: a scenario that is no file cannot name others; write out what it needs",
        ),
        (
            ["steps: [{record: {sevisID: N9904705123, tell: {arrived: program start - 3 days}}}]"],
            "f:3:57: 'program start - 3 days' counts from PrgStartDate of a record, and there is none here",
        ),
    ],
)
def test_what_cannot_be_put_together_is_told_with_its_place(lines, told):
    assert problem(*lines) == told


def test_dates_that_count_from_a_clock_need_one():
    said = problem("records: [{sevisID: N9904705123, status: +3 days}]", head="scenario: t\n")
    assert said.startswith("f:2:42: '+3 days' counts from the scenario's clock: give it one")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-03-06"),
        ("+3 business days", "2026-03-11"),
        ("today - 3 business days", "2026-03-03"),
        ("+2 weeks", "2026-03-20"),
        ("today - 1 month", "2026-02-06"),
        ("today + 1 year - 1 day", "2027-03-05"),
        ("program start - 10 days", "2025-08-10"),
        ("program end + 2 months", "2027-07-20"),
        ("today 06:00", "2026-03-06T06:00:00-05:00"),
        ("+3 days 06:00", "2026-03-09T06:00:00-04:00"),
        ("today is fine", "today is fine"),
        ("3 days", "3 days"),
    ],
)
def test_dates_count_from_the_clock_and_from_programs(text, day):
    scenario = parse(
        "records:",
        "  - sevisID: N9904705123",
        "    org: ABC214F00012000",
        "    status: ACTIVE",
        "    EducationalInfo: {PrgStartDate: 2025-08-20, PrgEndDate: 2027-05-20}",
        f"    Remarks: {text}",
    )
    assert scenario.to_records()[0].data["Remarks"] == day


def test_steps_count_from_their_own_moment_or_from_a_record():
    scenario = parse(
        "records:",
        "  - sevisID: N9904705123",
        "    org: ABC214F00012000",
        "    status: ACTIVE",
        "    EducationalInfo: {PrgStartDate: today - 200 days, PrgEndDate: program start + 2 years}",
        "steps: [{advance: +3 business days}, {advance: program end - 1 day 08:00}, {advance: program end}]",
    )
    assert scenario.to_records()[0].data["EducationalInfo"]["PrgEndDate"] == "2027-08-18"
    assert [step.advance for step in scenario.steps] == [
        "+3 business days",
        "2027-08-17T08:00:00-04:00",
        "2027-08-18T00:00:00-04:00",
    ]


def test_a_date_that_counts_from_itself_has_no_program():
    said = problem(
        "records:",
        "  - {sevisID: N9904705123, org: ABC214F00012000, status: ACTIVE,",
        "     EducationalInfo: {PrgStartDate: program end - 1 day, PrgEndDate: program start + 1 day}}",
    )
    assert "counts from" in said
    assert "there is none here" in said


def write(folder, name, *lines):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / name


def test_a_matrix_stands_for_a_scenario_of_each_combination(tmp_path):
    file = write(
        tmp_path,
        "m.yaml",
        "scenario: m",
        "matrix: {system: [beta, alpha], n: [1, 2]}",
        "system: $(system)",
        "summary: $(system) $(n)",
    )
    found = load_scenarios(file)
    assert [each.scenario for each in found] == ["m-beta-1", "m-beta-2", "m-alpha-1", "m-alpha-2"]
    assert [each.summary for each in found] == ["beta 1", "beta 2", "alpha 1", "alpha 2"]
    assert load_scenario(f"{file}#m-alpha-1").system == "alpha"
    with pytest.raises(ScenarioError, match=r"stands for 4 scenarios .*name one of them, as .*#m-beta-1"):
        load_scenario(file)
    with pytest.raises(ScenarioError, match=r"there is no scenario 'm-alfa-1' .*did you mean 'm-alpha-1'"):
        load_scenario(f"{file}#m-alfa-1")


def test_what_is_not_said_is_as_in_the_scenario_that_is_extended(tmp_path):
    write(
        tmp_path,
        "base.yaml",
        "scenario: base",
        "summary: of the base",
        "system: beta",
        "variables: {a: x, b: y}",
        "life_cycle: {student-canceled: 45}",
        "steps: [{advance: +1h}]",
    )
    file = write(
        tmp_path,
        "own.yaml",
        "scenario: own",
        "extends: base.yaml",
        "variables: {b: z}",
        "life_cycle: {visitor-invalid: 10}",
        "steps: [{advance: +2h, note: $(a)$(b)}]",
    )
    scenario = load_scenario(file)
    assert (scenario.scenario, scenario.summary, scenario.system) == ("own", "", "beta")
    assert scenario.life_cycle == {"student-canceled": "45", "visitor-invalid": "10"}
    assert [(step.advance, step.note) for step in scenario.steps] == [("+2h", "xz")]


def test_included_files_add_to_lists_and_their_mistakes_are_told_where_they_stand(tmp_path):
    record = "  - {sevisID: N990470512%s, org: ABC214F00012000, status: %s}"
    write(tmp_path, "parts/one.yaml", "records:", record % (1, "ACTIVE"), "steps: [{advance: +1h}]")
    write(tmp_path, "parts/two.yaml", "records:", record % (2, "ACTIVE"))
    file = write(
        tmp_path,
        "all.yaml",
        "scenario: all",
        "include: [one.yaml, two.yaml]",
        "records:",
        record % (3, "INITIAL"),
        "steps: [{advance: +2h}]",
    )
    scenario = load_scenario(file)
    assert [each.sevis_id[-1] for each in scenario.records] == ["1", "2", "3"]
    assert [step.advance for step in scenario.steps] == ["+1h", "+2h"]
    write(tmp_path, "parts/two.yaml", "records:", record % (2, "ACTIV"))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    assert str(caught.value).startswith(f"{tmp_path / 'parts' / 'two.yaml'}:2:58: records[1].status: 'ACTIV' is no")


def test_a_file_that_is_not_there_is_told_where_it_is_named(tmp_path):
    file = write(tmp_path, "s.yaml", "scenario: s", "extends: nowhere.yaml")
    with pytest.raises(ScenarioError, match=r"s\.yaml:2:10: extends: there is no file .*nowhere\.yaml"):
        load_scenario(file)


def test_files_that_include_each_other_are_refused(tmp_path):
    write(tmp_path, "a.yaml", "include: b.yaml")
    write(tmp_path, "b.yaml", "include: a.yaml")
    file = write(tmp_path, "c.yaml", "scenario: c", "include: a.yaml")
    with pytest.raises(ScenarioError, match="stands in itself"):
        load_scenario(file)


def test_the_source_of_a_scenario_knows_where_its_values_stand(tmp_path):
    file = write(
        tmp_path,
        "s.yaml",
        "scenario: s",
        "variables: {code: S0000}",
        "steps:",
        "  - download: {batchId: b, expect: $(code)}",
    )
    [source] = load_sources(file)
    assert source.document.position(("steps", 0, "download", "expect")) == (4, 36)


@pytest.mark.parametrize(
    ("first", "next_", "told"),
    [
        ("[x, x, x, x, x, x, x, x, x, x]", "[" + ", ".join(["$(v%d)"] * 10) + "]", "more of it than"),
        ("[" * 40 + "x" + "]" * 40, "[" * 20 + "$(v%d)" + "]" * 20, "more of it than"),
        ("x" * 1000, "$(v%d)" * 10, "a text of more than"),
    ],
)
def test_variables_cannot_blow_a_scenario_up(first, next_, told):
    more = [f"  v{number + 1}: {next_ % ((number,) * next_.count('%d'))}" for number in range(12)]
    assert told in problem("variables:", f"  v0: {first}", *more)


def test_a_text_stands_for_one_scenario():
    assert parse("matrix: [{name: only, a: b}]", "summary: $(a)").scenario == "t-only"
    assert problem("matrix: {a: [b, c]}").startswith("f:3:9: matrix: stands for 2 scenarios; expected one")


PIECES = st.recursive(
    st.sampled_from(["a.yaml", "x", "$(x)", "$(y)", "today + 1 day", "program start - 3 days", "", "~", "+1h"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["x", "y", "name", "records", "sevisID", "EducationalInfo"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["variables", "matrix", "extends", "include", "records", "steps", "expect", "summary", "tags"]),
        PIECES,
        max_size=5,
    )
)
def test_whatever_stands_there_a_scenario_is_read_or_refused_in_our_words(content):
    text = json.dumps({"scenario": "t", "clock": "2026-03-06T14:00:00-05:00"} | content)
    told = []
    try:
        assert parse_scenario(text, "f").scenario.startswith("t")
    except ScenarioError as error:
        told = [str(each) for each in error.problems]
    assert all(each.startswith("f:1:") for each in told)
