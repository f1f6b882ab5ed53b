import pytest

from sevis_sim.settings import CLIENT_VARIABLES, SettingsError, load_settings


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path):
    config = tmp_path / "c.yaml"
    config.write_text("port: 1001\ncontrol_port: 1002\nseed: 3\n")
    loaded = load_settings({"port": 3001}, {"SEVIS_SIM_PORT": "2001", "SEVIS_SIM_CONTROL_PORT": "2002"}, config)
    settings = loaded.settings
    assert (settings.port, settings.control_port, settings.seed, settings.upload_limit_mb) == (3001, 2002, 3, 20)
    assert loaded.origins["port"] == "flag --port"
    assert loaded.origins["control_port"] == "environment SEVIS_SIM_CONTROL_PORT"
    assert loaded.origins["seed"] == f"file {config}:3"
    assert loaded.origins["upload_limit_mb"] == "default"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("prot: 1\n", "c.yaml:1:1", "port"),
        ("port: many\n", "c.yaml:1:7", "many"),
        ("port: 99999\n", "c.yaml:1:7", "99999"),
        ("switches:\n  closed_answer: 404\n", "c.yaml:2:18", "503"),
        ("switches:\n  rules:\n    identity: name\n", "c.yaml:3:15", "name-and-birth-date"),
        ("profiles:\n  production: {cutof: '21:00'}\n", "c.yaml:2:", "cutoff"),
        ("clock: tomorrow\n", "c.yaml:1:8", "tomorrow"),
        ("closures: [2026-02-30]\n", "c.yaml:1:12", "2026-02-30"),
        ("fidelity: reel\n", "c.yaml:1:11", "real"),
        ("control_host: 0.0.0.0\n", "c.yaml:1:15", "control_token"),
    ],
)
def test_an_error_in_the_file_names_its_place_and_the_remedy(tmp_path, monkeypatch, text, line, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(text)
    from pathlib import Path

    with pytest.raises(SettingsError) as caught:
        load_settings({}, {}, Path("c.yaml"))
    [problem] = caught.value.problems
    assert problem.startswith(line)
    assert words in problem


def test_an_error_in_the_environment_names_the_variable():
    with pytest.raises(SettingsError, match="SEVIS_SIM_PORT"):
        load_settings({}, {"SEVIS_SIM_PORT": "x"})
    with pytest.raises(SettingsError, match="--port"):
        load_settings({"port": -1}, {})


def test_the_variables_of_client_programs_are_known():
    assert not load_settings({}, dict.fromkeys(CLIENT_VARIABLES, "x")).warnings
    [warning] = load_settings({}, {"SEVIS_SIM_PROT": "1"}).warnings
    assert "SEVIS_SIM_PROT" in warning
    assert "SEVIS_SIM_PORT" in warning


def test_passwords_and_tokens_are_not_shown():
    loaded = load_settings({"database": "postgresql://me:secret@host/x", "control_token": "very secret"}, {})
    assert "secret" not in str(loaded.rows())
