from datetime import timedelta

import pytest

from sevis_sim.clock import PROFILES
from sevis_sim.clock.overrides import PROFILE_KEYS, OverrideError, overridden


def test_profiles_that_nobody_changes_stay_as_shipped():
    assert overridden({}) == dict(PROFILES)
    changed = overridden({"beta": {"delay": "5m"}})
    assert changed["production"] is PROFILES["production"]
    assert changed["beta"].to_mapping()["delay"] == "5m"
    assert changed["beta"].retention == timedelta(days=90)


@pytest.mark.parametrize(
    ("overrides", "path", "words"),
    [
        ({"gamma": {}}, ("gamma",), "known are production, beta, alpha"),
        ({"prodution": {}}, ("prodution",), "did you mean 'production'?"),
        ({"production": {"window": "22:00", "cutof": "21:00"}}, ("production", "cutof"), "did you mean 'cutoff'?"),
        ({"alpha": {"delay": "6 parsecs"}}, ("alpha", "delay"), "length of time"),
        ({"beta": {"delay": "5m", "window": "22:00"}}, ("beta", "window"), "exclude each other"),
    ],
)
def test_an_error_names_the_profile_and_the_key(overrides, path, words):
    with pytest.raises(OverrideError) as caught:
        overridden(overrides)
    assert caught.value.path == path
    assert words in str(caught.value)


def test_the_listed_keys_are_those_that_a_profile_reads():
    for key in PROFILE_KEYS:
        with pytest.raises(OverrideError, match=repr(key)) as caught:
            overridden({"production": {key: "?"}})
        assert "unknown key" not in str(caught.value)
    with pytest.raises(OverrideError, match=f"known keys are {', '.join(PROFILE_KEYS)}"):
        overridden({"production": {"colour": "red"}})
