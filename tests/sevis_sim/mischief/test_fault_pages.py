"""docs/faults.md and docs/magic-values.md, and the data that they are made from."""

import re
from datetime import UTC, datetime

import pytest
from support import REFERENCE, ROOT

from sevis_sim.clock import Calendar
from sevis_sim.faults import FaultError
from sevis_sim.mischief import VOCABULARY, docs, presets, read_faults
from sevis_sim.mischief.magic import magic_faults, table

NOW = datetime(2026, 3, 6, 19, tzinfo=UTC)
CALENDAR = Calendar()


def test_the_pages_are_up_to_date(capsys):
    assert docs.main(["--check"]) == 0, capsys.readouterr().err


def test_an_outdated_page_is_told_and_written_anew(tmp_path, capsys):
    assert docs.main(["--check"], tmp_path) == 1
    assert "python -m sevis_sim.mischief.docs" in capsys.readouterr().err
    assert docs.main([], tmp_path) == 0
    assert docs.main(["--check"], tmp_path) == 0


@pytest.mark.parametrize("preset", presets().values(), ids=lambda each: each.name)
def test_a_preset_makes_faults_that_are_named_after_it(preset):
    faults = read_faults({"preset": preset.name}, NOW, CALENDAR)
    assert [fault.name.startswith(preset.name) for fault in faults] == [True] * len(preset.faults)
    assert all((preset.title, preset.symptom, preset.good, preset.source))
    for fault in faults:
        document = fault.document()
        assert VOCABULARY.read(document, NOW).document() == document


def test_every_failure_mode_of_the_reference_has_a_preset():
    file = REFERENCE / "sevis-protocol.md"
    if not file.is_file():
        pytest.skip("the reference is not beside this checkout")
    section = file.read_text(encoding="utf-8").split("## 10.")[1].split("## 11.")[0]
    modes = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("|")][2:]
    of_mode = {
        "batch server down": ["server-down", "server-unreachable"],
        "bad/expired/unregistered certificate": ["certificate-rejected", "handshake-refused"],
        "wrong certificate password": [],  # nothing is sent: it never reaches a server
        "customer agreement missing for the org": ["no-customer-agreement"],
        "user not logged in for 45 days": ["user-not-logged-in"],
        'stuck in "awaiting confirmation"': ["stuck-awaiting-confirmation", "upload-lost"],
        "result late": ["results-late"],
        "log never generated": ["december-2011", "never-processed"],
        "zip without some PDFs": ["zip-without-some-pdfs", "zip-without-log"],
        "S9999 on single records": ["record-exception"],
        "S2000 / S2098 / S2099": ["record-system-fault", "configuration-error", "custom-error"],
        "schema switched at release": ["schema-switched", "registrations-fail"],
        "scheduled outage window": ["outage-friday-night"],
        "truncated zip, HTML body with 200, hang for 90 s": [
            "truncated-zip",
            "corrupt-zip",
            "html-with-200",
            "hang",
            "slow-answer",
        ],
        "log not matching the XSD (PhysicalCorrectedAddress)": ["log-breaks-its-schema"],
        "duplicate batch id after reset of a local counter": ["duplicate-batch-id", "old-result"],
        "record edited meanwhile in RTI": ["record-edited-in-rti"],
        "address refused by engine": ["address-refused"],
        "wrongly merged or case-changed names after 6.21 conversion": ["names-in-capitals"],
    }
    assert set(modes) == set(of_mode)
    assert {name for names in of_mode.values() for name in names} == set(presets())


def test_whom_and_when_can_be_said_beside_a_preset_in_both_ways_of_writing():
    mapping = {"preset": "record-exception", "first": 2, "whom": {"organization": "ABC*"}}
    [written] = read_faults(mapping, NOW, CALENDAR)
    assert (written.when.first, written.when.every, written.whom) == (2, None, {"organization": "ABC*"})
    assert read_faults("record-exception first=2 organization=ABC*", NOW, CALENDAR) == (written,)
    assert read_faults("preset=record-exception first=2 organization=ABC*", NOW, CALENDAR) == (written,)
    both = read_faults({"preset": "configuration-error", "name": "mine", "whom": {"batch": "B*"}}, NOW, CALENDAR)
    assert [(each.name, each.whom) for each in both] == [("mine", {"population": "exchangeVisitor", "batch": "B*"})]


@pytest.mark.parametrize(
    ("entry", "words", "key"),
    [
        ({"preset": "decembr-2011"}, "did you mean 'december-2011'", "preset"),
        ({"preset": "hang", "at": "upload"}, "cannot stand beside preset", "at"),
        ({"preset": "hang", "whom": "me"}, "expected a mapping", "whom"),
        ("hang frist=2", "did you mean 'first'", "frist"),
        ("hang 2", "expected key=value", ""),
        ({"at": "record", "do": {"error": "S0003"}}, "no code of a record", "do"),
        ({"at": "record", "do": {"error": "S21011"}}, "did you mean", "do"),
        ({"at": "upload", "do": {"disposition": "S1024"}}, "no code of uploads and downloads", "do"),
        ({"at": "download", "do": {"missing-pdf": "some"}}, "expected all, half or a SEVIS ID", "do"),
        ({"at": "upload", "do": {"outage": "404"}}, "expected 503, reset or drop", "do"),
        ({"at": "processing", "do": {"late": "tomorrow"}}, "no length of time", "do"),
        ({"at": "processing", "do": "missing-log", "phase": "before"}, "missing-log is always after", "phase"),
        ({"at": "handshake", "do": "drop", "phase": "after"}, "drop is always before", "phase"),
        ({"at": "upload", "do": "drop", "from": "next-window"}, "depends on what is due", "from"),
        ({"at": "upload", "do": "drop", "from": "friday 25:00"}, "25:00", "from"),
        ({"at": "upload", "do": "drop", "from": "+2h", "until": "2026-03-06T14:30-05:00"}, "before from", "until"),
        ({"at": "upload", "do": {"delay": 301}}, "0 to 300", "do"),
    ],
)
def test_what_cannot_be_says_which_key_is_wrong_and_what_would_be_right(entry, words, key):
    with pytest.raises(FaultError) as caught:
        read_faults(entry, NOW, CALENDAR)
    assert words in str(caught.value)
    assert caught.value.key == key
    assert "\n" not in str(caught.value)


def test_days_of_the_week_are_the_next_ones_in_eastern_time():
    friday_noon = datetime(2026, 3, 6, 17, tzinfo=UTC)
    first, _ = read_faults({"preset": "outage-friday-night"}, friday_noon, CALENDAR)
    assert (first.when.since.isoformat(), first.when.until.isoformat()) == (
        "2026-03-07T01:00:00+00:00",
        "2026-03-07T05:00:00+00:00",
    )
    late = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)
    first, _ = read_faults({"preset": "outage-friday-night"}, late, CALENDAR)
    assert first.when.since.isoformat() == "2026-03-14T00:00:00+00:00"  # the clocks have gone forward meanwhile


@pytest.mark.parametrize("magic", table(), ids=lambda each: each.example)
def test_each_magic_value_asks_for_a_fault_and_fits_where_it_is_written(magic):
    [fault] = magic_faults(magic.at, **{magic.where: magic.example})
    assert fault.at == magic.at
    assert len(magic.example) <= {"UserDefinedB": 14, "BatchID": 14, "file": 30}[magic.where]
    if magic.where == "BatchID":
        assert len(magic.example) == 14


@pytest.mark.parametrize(
    "text", ["SIM", "SIM:", "SIM:S1", "SIM:S0003", "SIM:S9998", "sim:S2101", "SIM:DELAY9x", "XSIM:S2101"]
)
def test_what_is_no_magic_value_asks_for_nothing(text):
    assert not [fault for at in ("record", "processing") for fault in magic_faults(at, UserDefinedB=text)]


def test_the_pages_name_no_command_that_there_is_not():
    text = (ROOT / "docs" / "faults.md").read_text() + (ROOT / "docs" / "magic-values.md").read_text()
    from sevis_sim.cli.app import COMMANDS

    assert set(re.findall(r"sevis-sim ([a-z]+)", text)) <= set(COMMANDS)
