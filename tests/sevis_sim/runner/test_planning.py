"""The plan of a scenario tells what playing it does, and when, without doing it."""

from lxml import etree

from sevis_sim.runner.library import shipped_folder
from sevis_sim.runner.plan import as_json, as_lines, plan
from sevis_sim.runner.plan_svg import as_svg
from sevis_sim.runner.suite import Case, run_scenarios
from sevis_sim.scenarios import load_scenario, load_scenarios, parse_scenario

HEAD = "scenario: t\nclock: 2026-03-06T21:59:59-05:00\n"


def shipped(name):
    return load_scenario(shipped_folder() / name)


def test_the_cut_off_scenario_is_told_hour_by_hour():
    told = [
        (f"{each.instant:%m-%dT%H:%M:%SZ}", each.lane, each.step) for each in plan(shipped("friday-cutoff.yaml")).events
    ]
    assert told == [
        ("03-07T02:59:59Z", "client", 1),
        ("03-07T03:00:00Z", "sevis", None),
        ("03-07T03:00:00Z", "clock", 2),
        ("03-07T03:00:00Z", "client", 3),
        ("03-09T10:00:00Z", "sevis", None),
        ("03-09T10:00:00Z", "clock", 4),
        ("03-09T10:00:00Z", "client", 5),
        ("03-09T10:00:00Z", "client", 6),
    ]
    later = [each.text for each in plan(shipped("friday-cutoff.yaml")).later]
    assert later == [
        "processes BATCH000000002 of ABC214F00012000 (production)",
        "result of BATCH000000002 can be downloaded",
    ]


async def test_what_the_calendar_is_planned_to_do_it_does():
    scenario = shipped("life-cycle.yaml")
    planned = [each.text.partition(" (")[0] for each in plan(scenario).events if each.lane == "calendar"]
    [outcome] = await run_scenarios([Case(scenario)])
    changes = [f"{count} {job}" for step in outcome.steps for count, job in _counted(step.says)]
    assert sum(int(each.split()[0]) for each in changes) == len(planned)
    assert "N9904705204: ACTIVE to COMPLETED" in planned
    assert "N9904705205: ACTIVE to TERMINATED" in planned


def _counted(says):
    for part in says.split("life cycle of ")[1:]:
        for change in part.partition("): ")[2].split(";")[0].split(", "):
            count, job = change.split()
            yield count, job


async def test_a_plan_ends_where_playing_ends():
    files = ["time/cut-off.yaml", "time/holidays.yaml", "time/daylight-saving.yaml", "basics/systems.yaml"]
    scenarios = [each for file in files for each in load_scenarios(shipped_folder() / file)]
    outcomes = await run_scenarios([Case(each) for each in scenarios])
    for scenario, outcome in zip(scenarios, outcomes, strict=True):
        assert outcome.verdict == "passed"
        assert plan(scenario).ends == outcome.steps[-1].instant


def test_what_cannot_be_is_a_problem_of_the_plan():
    made = plan(
        parse_scenario(
            HEAD + "steps:\n"
            "  - advance: +1d\n"
            "  - upload: {batchId: TEST0000000001, records: [{create: STU-001}]}\n"
            "  - advance: 2026-03-01T10:00:00-05:00\n"
            "  - download: {batchId: TEST0000000001}\n"
            "  - wait: {batchId: TEST0000000001}\n"
            "  - restore: nothing\n"
            "  - poll: {batchId: TEST0000000001, at_most: 2}\n"
        )
    )
    problems = {each.step: each.problem for each in made.problems}
    assert problems[2] == "production is closed then; it opens Mon 2026-03-09 06:00:00"
    assert problems[3].startswith("time never moves backward: it is Sat 2026-03-07 21:59:59 then")
    assert problems[4] == "production is closed then"
    assert problems[5] == "no step before uploads TEST0000000001"
    assert problems[6] == "no step before has taken this snapshot"
    assert problems[7] == "no step before uploads TEST0000000001"


def test_a_plan_is_text_json_and_a_picture():
    made = plan(shipped("faults/outage.yaml"))
    lines = list(as_lines(made))
    assert lines[0] == "outage-friday-night: from Fri 2026-03-06 19:00 to Mon 2026-03-09 06:00"
    assert any("fault    upload: outage reset" in line for line in lines)
    found = as_json(made)
    assert (found["scenario"], len(found["events"])) == ("outage-friday-night", len(made.events))
    picture = etree.fromstring(as_svg(made).encode())
    texts = ["".join(each.itertext()) for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Client", "Clock", "SEVIS", "Faults"} <= set(texts)
    assert sum(each.tag.endswith("circle") for each in picture) == len(made.events) + len(made.later)
