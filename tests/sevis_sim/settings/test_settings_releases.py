"""Which release of the schemas each system keeps to, in file and environment."""

from pathlib import Path

import pytest

from sevis_sim.settings import SettingsError, load_settings


def load(text, tmp_path, environ=None):
    file = tmp_path / "c.yaml"
    file.write_text(text)
    return load_settings({}, environ or {}, Path(file))


def test_releases_are_named_by_system(tmp_path):
    loaded = load('releases: {production: "6.31", alpha: my-7.0}\n', tmp_path, {"SEVIS_SIM_RELEASES_ALPHA": "my-8.0"})
    assert loaded.settings.releases == {"production": "6.31", "alpha": "my-8.0"}
    assert ("releases.alpha", "my-8.0", "environment SEVIS_SIM_RELEASES_ALPHA") in loaded.rows()


def test_a_group_in_which_all_is_commented_out_says_nothing(tmp_path):
    assert load("releases:\n", tmp_path).settings.releases == {}
    assert load("releases:\n  alpha:\n", tmp_path).settings.releases == {}


@pytest.mark.parametrize(
    ("text", "said"), [("releases: {gamma: '6.31'}\n", "c.yaml:1:"), ("releases: '6.31'\n", "c.yaml:1:11")]
)
def test_what_names_no_release_of_a_system_is_refused_with_its_place(tmp_path, text, said):
    with pytest.raises(SettingsError) as caught:
        load(text, tmp_path)
    assert said in str(caught.value)
    assert "releases" in str(caught.value)
