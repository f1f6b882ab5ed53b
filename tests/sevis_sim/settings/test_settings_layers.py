import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sevis_sim.settings import Settings, SettingsError, load_settings
from sevis_sim.settings.environment import setting_variables


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty current folder, so that no config file of the machine is found."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text, name="sevis-sim.yaml"):
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def problems(flags=None, environ=None, text=None):
    with pytest.raises(SettingsError) as caught:
        load_settings(flags, environ, write(text, "c.yaml") if text is not None else None)
    return caught.value.problems


def test_with_nothing_said_every_setting_is_its_default():
    loaded = load_settings()
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}
    assert {origin for _, _, origin in loaded.rows()} == {"default"}
    assert loaded.warnings == ()


def test_the_config_file_of_the_current_folder_is_read_unless_another_is_named():
    write("port: 1001\n")
    other = write("port: 1002\n", "other.yaml")
    third = write("port: 1003\n", "third.yaml")
    assert load_settings().settings.port == 1001
    named = {"SEVIS_SIM_CONFIG": str(other)}
    assert load_settings({}, named).settings.port == 1002
    assert load_settings({}, named, third).settings.port == 1003
    assert not load_settings({}, named).warnings


def test_a_config_file_that_does_not_exist_is_told():
    with pytest.raises(SettingsError, match=r"^--config: there is no file no\.yaml$"):
        load_settings({}, {}, Path("no.yaml"))
    with pytest.raises(SettingsError, match=r"^SEVIS_SIM_CONFIG: there is no file no\.yaml$"):
        load_settings({}, {"SEVIS_SIM_CONFIG": "no.yaml"})


def test_a_file_that_is_nearly_called_right_is_not_passed_over_in_silence():
    write("port: 1001\n", "sevis-sim.yml")
    loaded = load_settings()
    assert loaded.settings.port == 8443
    assert loaded.warnings == ("sevis-sim.yml is not read; a config file is called sevis-sim.yaml",)


def test_each_inner_setting_has_its_own_origin():
    config = write(
        "switches:\n"
        "  closed_answer: reset\n"
        "  rules: {identity: name-and-birth-date}\n"
        "profiles:\n"
        "  production: {cutoff: '21:00', window: '22:00'}\n"
    )
    environ = {
        "SEVIS_SIM_SWITCHES_NOT_READY_DOWNLOAD": "xml",
        "SEVIS_SIM_SWITCHES_RULES_SESSION_RANGE_DAYS": "30",
        "SEVIS_SIM_SWITCHES_RULES_K12_LEVELS": "01, 02,03",
        "SEVIS_SIM_PROFILES_PRODUCTION_CUTOFF": "20:00",
        "SEVIS_SIM_PROFILES_BETA_DELAY": "5m",
    }
    loaded = load_settings({"switches.closed_answer": "S0001"}, environ)
    switches, rules = loaded.settings.switches, loaded.settings.switches.rules
    assert (switches.closed_answer, switches.not_ready_download) == ("S0001", "xml")
    assert (rules.identity, rules.session_range_days, rules.k12_levels) == (
        "name-and-birth-date",
        30,
        frozenset({"01", "02", "03"}),
    )
    assert loaded.settings.profiles == {
        "production": {"cutoff": "20:00", "window": "22:00"},
        "beta": {"delay": "5m"},
    }
    origins = {name: origin for name, _, origin in loaded.rows()}
    assert origins["switches.closed_answer"] == "flag --switches.closed-answer"
    assert origins["switches.not_ready_download"] == "environment SEVIS_SIM_SWITCHES_NOT_READY_DOWNLOAD"
    assert origins["switches.rules.identity"] == f"file {config}:3"
    assert origins["switches.pdf_name"] == "default"
    assert origins["profiles.production.window"] == f"file {config}:5"
    assert origins["profiles.production.cutoff"] == "environment SEVIS_SIM_PROFILES_PRODUCTION_CUTOFF"
    assert loaded.origins["profiles"] == (
        f"environment SEVIS_SIM_PROFILES_PRODUCTION_CUTOFF, file {config}:5, environment SEVIS_SIM_PROFILES_BETA_DELAY"
    )


def test_groups_in_which_all_is_commented_out_say_nothing():
    write("switches:\n  # closed_answer: reset\n  rules:\nprofiles:\n  beta:\nclosures:\n")
    assert load_settings().settings == Settings()
    write("# nothing at all\n")
    assert load_settings().settings == Settings()


def test_relative_paths_start_where_they_are_written(folder):
    write("data_dir: data\nscenario: /abs/s.yaml\nenv_file: ~/client.env\n", "conf/c.yaml")
    settings = load_settings({}, {"SEVIS_SIM_SCHEMAS": "xsd"}, Path("conf/c.yaml")).settings
    assert settings.data_dir == Path("conf/data")
    assert settings.scenario == Path("/abs/s.yaml")
    assert settings.env_file == Path("~/client.env").expanduser()
    assert settings.schemas == Path("xsd")


def test_a_blank_variable_is_not_set():
    loaded = load_settings({"port": None}, {"SEVIS_SIM_PORT": " ", "SEVIS_SIM_CONFIG": ""})
    assert loaded.settings.port == 8443
    assert loaded.origins["port"] == "default"


def test_closures_may_be_listed_in_one_variable():
    settings = load_settings({}, {"SEVIS_SIM_CLOSURES": "2026-01-26, 2026-01-27,"}).settings
    assert settings.closures == (date(2026, 1, 26), date(2026, 1, 27))


def test_the_clock_is_told_only_where_somebody_told_it():
    assert load_settings().settings.told_clock is None
    assert load_settings({"clock": "real"}).settings.told_clock == "real"
    assert load_settings({}, {"SEVIS_SIM_CLOCK": "real x600"}).settings.told_clock == "real x600"
    assert load_settings().settings.changed(port=1).told_clock is None
    assert load_settings({"clock": "real"}).settings.changed(port=1).told_clock == "real"


def test_settings_cannot_be_changed_by_accident():
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Settings().switches.pdf_name = "x.pdf"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Settings().changed(port=-1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("host: ''\n", "c.yaml:1:7: host: '' stands here; expected at least 1 characters"),
        ("port: 84.5\n", "c.yaml:1:7: port: '84.5' stands here; expected a whole number"),
        ("port:\n", "c.yaml:1:5: port: nothing stands here; expected a whole number"),
        ("data_dir:\n", "c.yaml:1:9: data_dir: nothing stands here; expected the path of a file or folder"),
        ("data_dir: [a]\n", "c.yaml:1:11: data_dir: a list stands here; expected the path of a file or folder"),
        ("upload_limit_mb: 0\n", "c.yaml:1:18: upload_limit_mb: '0' stands here; expected at least 1"),
        ("request_timeout_s: 0\n", "c.yaml:1:20: request_timeout_s: '0' stands here; expected more than 0.0"),
        ("request_timeout_s: nan\n", "c.yaml:1:20: request_timeout_s: 'nan' stands here"),
        ("seed: -1\n", "c.yaml:1:7: seed: '-1' stands here; expected at least 0"),
        ("eastern: Europe/Paris\n", "c.yaml:1:10: eastern: 'Europe/Paris' is not allowed here; expected America/New_Y"),
        ("database: mysql://h/x\n", "c.yaml:1:11: database: a URL that begins with 'mysql' stands here; expected sqli"),
        ("clock: 2026-03-06T21:50\n", "c.yaml:1:8: clock: '2026-03-06T21:50' is no clock: "),
        ("closures:\n  - 2026-01-26\n  - 20260127\n", "c.yaml:3:5: closures[1]: '20260127' is no day; expected one su"),
        ("closures: 2026-01-26\n", "c.yaml:1:11: closures: '2026-01-26' stands here; expected a list"),
        ("switches: zip\n", "c.yaml:1:11: switches: 'zip' stands here; expected a mapping (key: value)"),
        ("switches: {pdf_name: form.pdf}\n", "c.yaml:1:22: switches.pdf_name: 'form.pdf' is no pattern of file names;"),
        ("switches: {pdf_name: '{sevis_id}/x.pdf'}\n", "c.yaml:1:22: switches.pdf_name: "),
        ("switches: {pdf_name: '{sevis_id}{x}.pdf'}\n", "c.yaml:1:22: switches.pdf_name: "),
        (
            "switches: {sevis_id_range: N}\n",
            "c.yaml:1:28: switches.sevis_id_range: 'N' is no range of SEVIS IDs; expec",
        ),
        ("switches: {sevis_id_range: N9999999}\n", "c.yaml:1:28: switches.sevis_id_range: "),
        ("switches: {rules: {idetity: x}}\n", "c.yaml:1:20: switches.rules.idetity: unknown key 'idetity' (did you me"),
        ("switches: {rules: {session_range_days: x}}\n", "c.yaml:1:40: switches.rules.session_range_days: 'x' stands"),
        (
            "profiles: {prodution: {}}\n",
            "c.yaml:1:12: profiles.prodution: unknown profile 'prodution' (did you mean",
        ),
        (
            "life_cycle: {student-canceld: 9}\n",
            "c.yaml:1:14: life_cycle.student-canceld: unknown job 'student-canceld' (did you mean 'student-canceled'?)",
        ),
        (
            "life_cycle: {at: 25:00}\n",
            "c.yaml:1:18: life_cycle.at: '25:00' stands here; expected a time of day such as 01:00",
        ),
        ("profiles: {beta: 5m}\n", "c.yaml:1:18: profiles.beta: '5m' stands here; expected a mapping (key: value)"),
        ("profiles: {beta: {delay: 5x}}\n", "c.yaml:1:26: profiles.beta.delay: profile 'beta': 'delay' takes a length"),
        ("a: 1\na: 1\n", "c.yaml:2:1: the key 'a' stands here twice"),
        ("[]\n", "c.yaml:1:1: a list stands here; expected a mapping (key: value)"),
    ],
)
def test_what_is_wrong_in_a_file_has_its_place_and_its_remedy(text, expected):
    [problem] = problems(text=text)
    assert problem.startswith(expected)


def test_all_that_is_wrong_is_told_at_once():
    assert [line.split(":")[1] for line in problems(text="prot: 1\nseed: x\nfidelity: y\n")] == ["1", "2", "3"]
    found = problems({"port": -1}, {"SEVIS_SIM_SEED": "x", "SEVIS_SIM_SWITCHES_CLOSED_ANSWER": "no"})
    assert [line.partition(":")[0] for line in found] == [
        "--port",
        "SEVIS_SIM_SEED",
        "SEVIS_SIM_SWITCHES_CLOSED_ANSWER",
    ]


def test_values_that_only_clash_together_blame_all_who_said_them():
    write("profiles:\n  beta: {delay: 5m}\n", "c.yaml")
    with pytest.raises(SettingsError) as caught:
        load_settings({}, {"SEVIS_SIM_PROFILES_BETA_WINDOW": "22:00"}, Path("c.yaml"))
    assert "SEVIS_SIM_PROFILES_BETA_WINDOW" in str(caught.value)
    assert "exclude each other" in str(caught.value)


def test_an_unknown_flag_is_an_error_with_a_suggestion():
    assert problems({"prot": 1}) == ["there is no setting 'prot' (did you mean 'port'?)"]


def test_every_variable_reaches_the_setting_that_it_is_named_after():
    variables = setting_variables()
    assert len({*variables}) == len({*variables.values()})
    assert variables["SEVIS_SIM_PROFILES_PRODUCTION_AVAILABLE"] == ("profiles", "production", "available")
    assert variables["SEVIS_SIM_SWITCHES_RULES_IDENTITY"] == ("switches", "rules", "identity")
    reached = {path[0] for path in variables.values()}
    assert reached == set(Settings.model_fields)


def test_every_setting_says_what_it_is():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@given(st.dictionaries(st.sampled_from(sorted(setting_variables())), st.text(max_size=20), max_size=4))
def test_no_environment_makes_the_loader_raise_anything_else(environ):
    for line in told({}, environ):
        assert any(line.startswith(name) for name in environ)


def told(*sources):
    """Return what is wrong with settings, if anything is."""
    try:
        assert load_settings(*sources).settings
    except SettingsError as error:
        return error.problems
    return []


@given(
    st.recursive(
        st.sampled_from(["1", "real", "x", "", "N99", "2026-01-01"]) | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*Settings.model_fields, "beta", "x"]), inner)
        ),
        max_leaves=10,
    )
)
def test_no_config_file_makes_the_loader_raise_anything_else(tmp_path_factory, value):
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(json.dumps(value), encoding="utf-8")
    for line in told({}, {}, file):
        assert line.startswith(f"{file}:1:")


def test_the_life_cycle_is_merged_key_by_key():
    config = Path("c.yaml")
    write("life_cycle:\n  all: off\n  student-canceled: 45\n", "c.yaml")
    environ = {"SEVIS_SIM_LIFE_CYCLE_STUDENT_CANCELED": "50", "SEVIS_SIM_LIFE_CYCLE_AT": "03:00"}
    loaded = load_settings(environ=environ, config_file=config)
    assert loaded.settings.life_cycle == {"all": "off", "student-canceled": "50", "at": "03:00"}
    assert loaded.origins["life_cycle.student-canceled"] == "environment SEVIS_SIM_LIFE_CYCLE_STUDENT_CANCELED"
    assert loaded.origins["life_cycle.all"] == f"file {config}:2"
