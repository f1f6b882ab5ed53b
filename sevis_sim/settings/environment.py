"""Variables that begin with ``SEVIS_SIM_``: some are settings, some are written for client programs."""

from collections.abc import Mapping
from dataclasses import fields

from sevis_sim.clock import PROFILES
from sevis_sim.clock.overrides import PROFILE_KEYS
from sevis_sim.domain.life_cycle import keys as life_cycle_keys
from sevis_sim.settings.model import Settings, Switches
from sevis_sim.yamlfile import suggestion

PREFIX = "SEVIS_SIM_"

CONFIG_VARIABLE = f"{PREFIX}CONFIG"
"""Names the config file, as ``--config`` does."""

CLIENT_VARIABLES: frozenset[str] = frozenset(
    PREFIX + name
    for name in (
        "CA",
        "CLIENT_CERT",
        "CLIENT_KEY",
        "CLIENT_P12",
        "CLIENT_P12_PASSWORD",
        "CONTROL_URL",
        "DOWNLOAD_URL",
        "ORG_ID",
        "SANDBOX",
        "SCHOOL_ORG_ID",
        "SCHOOL_USER_ID",
        "SPONSOR_ORG_ID",
        "SPONSOR_USER_ID",
        "UPLOAD_URL",
        "USER_ID",
    )
)
"""What ``serve`` writes for client programs (design.md §3.2). They share the prefix and are no settings."""

SettingPath = tuple[str, ...]
"""Where a setting stands in the model: ``("port",)``, ``("switches", "closed_answer")``."""


def setting_variables() -> dict[str, SettingPath]:
    """Return every variable that is a setting, with the setting's place."""
    paths: list[SettingPath] = []
    for name in Settings.model_fields:
        if name == "switches":
            paths += [(name, switch) for switch in Switches.model_fields if switch != "rules"]
            paths += [(name, "rules", field.name) for field in fields(Switches().rules)]
        elif name == "profiles":
            paths += [(name, profile, key) for profile in PROFILES for key in PROFILE_KEYS]
        elif name == "life_cycle":
            paths += [(name, key) for key in life_cycle_keys()]
        elif name == "releases":
            paths += [(name, system) for system in PROFILES]
        else:
            paths.append((name,))
    return {PREFIX + "_".join(path).replace("-", "_").upper(): path for path in paths}


def read(environ: Mapping[str, str]) -> tuple[dict[SettingPath, tuple[str, str]], list[str]]:
    """Return the settings of an environment and warnings about variables that are nothing.

    Returns:
        For each setting its variable and text; a blank variable counts as not set. The warnings are one line each.

    """
    variables = setting_variables()
    known = {*variables, *CLIENT_VARIABLES, CONFIG_VARIABLE}
    settings = {
        path: (variable, environ[variable]) for variable, path in variables.items() if environ.get(variable, "").strip()
    }
    warnings = [
        f"{variable} is no setting{suggestion(variable, known)}; it is ignored"
        for variable in environ
        if variable.startswith(PREFIX) and variable not in known
    ]
    return settings, sorted(warnings)
