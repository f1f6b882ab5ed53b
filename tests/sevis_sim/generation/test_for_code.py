"""Every code: the batch that is made for it ends in it, offline and in a running simulator, and its near miss does not.

`check` says the same as the transaction log, so the two tests of each code stand for each other's truth.
"""

import pytest
from lxml import etree
from support import download, upload

from sevis_sim import Simulator
from sevis_sim.advice.check import Checker
from sevis_sim.advice.check_rules import State
from sevis_sim.advice.check_sources import Source
from sevis_sim.client import ControlClient
from sevis_sim.events.cases import cases
from sevis_sim.generation.for_code import NoBatchError, fitting, for_code, why_forced
from sevis_sim.scenarios import parse_scenario
from sevis_sim.schemas import parse, release
from sevis_sim.settings import Settings
from sevis_sim.yamlfile import load_text

BY_CASE = sorted({case.code for case in cases()})
WITHOUT_CASE = ["S1026", "S2000", "S2101", "S2123", "S9999"]
"""Of all populations and kinds; every one is forced in the same way."""
FORCED = {"S1058": "its schema refuses the file"}
"""Codes with cases that no file and scenario bring about, and why."""
IMPLIED = {
    "S1051": {"S1076"},  # a leave that begins after the program ends after it, too
    "S1071": {"S1044", "S1072", "S1110"},  # the same employment again lies over the first
    "S1114": {"S1103"},  # a next session in the past begins before the current one ends
    "S1151": {"S1149"},  # an employment that ends before the training begins before it, too
    "S2004": {"S2282"},  # a program that ends before it starts does not end after it
    "S2104": {"S2103"},  # a birth country that is the U.S. no more has no use for a reason
    "S2256": {"S2251"},  # who is in IWT is a trainee or intern outside Korea WEST
    "S2260": {"S2251", "S2209"},  # without a plan the schema demands a site of activity
}
"""Codes of rules that cannot be broken without these; SEVIS reports the first, `check` all."""


def checked(made):
    scenario = parse_scenario(made.state)
    state = State(scenario.to_organizations(), scenario.to_records())
    report = Checker(release(), today=made.today, state=state).check(
        Source(made.file_name, made.file_name, made.document)
    )
    assert not [note for note in report.notes if "not decided" in note.message]
    return [finding.code for finding in report.findings]


async def logged(made):
    """Upload the batch to a simulator in its state at its instant, and return the codes of the log's records."""
    settings = Settings.model_validate(load_text(made.settings, "settings").value) if made.settings else None
    async with Simulator(settings, scenario=parse_scenario(made.state), seed=7, in_memory=True) as sim:
        org, user = sender(made.document)
        party = sim.school(org) if "214F" in org else sim.sponsor(org)
        reply = await upload(sim, made.document, party=party, org=org, user=user, file_name=made.file_name)
        if reply.code != "S0000":
            return [reply.code]
        withdrawn = made.notes and "org withdraw" in made.notes[0]
        if withdrawn:
            await set_active(sim, org, False)
        await sim.clock.advance("next-business-day 06:00")
        if withdrawn:
            await set_active(sim, org, True)
        batch_id = etree.fromstring(made.document).findtext("BatchHeader/BatchID")
        log = (await download(sim, batch_id, party=party, org=org, user=user)).log
        return [record.find("Result").findtext("ErrorCode") for record in log.iter("Record")]


async def set_active(sim, org, active):
    async with ControlClient(sim.control_url) as api:
        await api.patch(f"organizations/{org}", {"active": active})


def sender(document):
    root = etree.fromstring(document)
    return root.findtext("BatchHeader/OrgID"), root.get("userID")


@pytest.mark.parametrize("code", BY_CASE)
def test_the_batch_of_a_code_is_found_by_check(code):
    made = for_code(code)
    if code in FORCED:
        assert FORCED[code] in made.notes[0]
        assert not made.predicted
        return
    assert fitting(code) is not None, why_forced(code)
    assert release().validate(parse(made.document)) == []
    if made.predicted:
        first, *more = checked(made)
        assert first == code
        assert set(more) <= IMPLIED.get(code, set())


@pytest.mark.parametrize("code", [code for code in BY_CASE if code not in FORCED])
def test_the_near_miss_of_a_code_is_found_good(code):
    made = for_code(code, near=True)
    assert made.file_name == f"{code}-near.xml"
    if made.predicted:
        assert checked(made) == []


@pytest.mark.parametrize("code", [*BY_CASE, *WITHOUT_CASE])
async def test_a_simulator_answers_with_the_code(code):
    assert (await logged(for_code(code)))[-1] == code


@pytest.mark.parametrize("code", ["S0002", "S0003", "S0011", "S0012", "S0013"])
async def test_a_disposition_that_a_file_decides_is_found_and_answered(code):
    made = for_code(code)
    assert checked(made)[0] == code
    answer = await answered(made)
    assert answer == code
    assert checked(for_code(code, near=True)) == []


async def answered(made):
    """Upload as the school of the state, whatever the document says; return the disposition."""
    async with Simulator(scenario=parse_scenario(made.state), seed=7) as sim:
        org, user = sender(made.document) if made.code in ("S0002", "S0003") else (None, None)
        batch = "BATCH000000009"
        return (await upload(sim, made.document, org=org, user=user, batch=batch, file_name=made.file_name)).code


async def test_the_dispositions_of_several_requests_come_as_their_notes_say():
    twice, early, failing, good = (for_code(code) for code in ("S0010", "S0030", "S0020", "S0000"))
    async with Simulator(scenario=parse_scenario(good.state), seed=7) as sim:
        assert "twice" in twice.notes[0]
        assert [(await upload(sim, twice.document)).code for _ in range(2)] == ["S0000", "S0010"]
        assert "before the night" in early.notes[0]
        assert (await download(sim, "BATCH000000009")).code == "S0030"
    async with Simulator(scenario=parse_scenario(failing.state), seed=7) as sim:
        assert "Process" in failing.notes[0]
        await upload(sim, failing.document)
        await sim.clock.advance("next-business-day 06:00")
        log = (await download(sim, "BATCH000000009")).log
        assert log.find("BatchDetail/Process").get("resultCode") == "S0020"
        assert [each.text for each in log.iter("ErrorCode")] == ["S1009"]


@pytest.mark.parametrize(("code", "how"), [("S0001", "without its part batchid"), ("S0031", "never uploaded")])
def test_a_disposition_that_no_file_decides_says_which_request_does(code, how):
    with pytest.raises(NoBatchError, match=how):
        for_code(code)


@pytest.mark.parametrize("code", ["S2101", "S1058"])
def test_a_forced_code_says_why_and_has_no_near_miss(code):
    assert why_forced(code) in for_code(code).notes[0]
    with pytest.raises(NoBatchError, match="has no near miss"):
        for_code(code, near=True)


def test_a_code_is_forced_on_an_event_in_which_it_occurs():
    assert parse(for_code("S2101").document).getroot().find("CreateEV/ExchangeVisitor") is not None
    assert parse(for_code("S2123").document).getroot().find("UpdateEV/ExchangeVisitor") is not None


def test_the_same_code_gives_the_same_bytes():
    assert for_code("S1068") == for_code("S1068")


def test_a_code_of_a_withdrawn_school_needs_it_withdrawn_after_the_upload():
    made = for_code("S1109")
    assert made.notes[0] == "between upload and night: sevis-sim org withdraw ABC214F00012000"
    assert not made.predicted
    assert parse_scenario(made.state).to_organizations()[0].active
    assert checked(for_code("S1109", near=True)) == []
