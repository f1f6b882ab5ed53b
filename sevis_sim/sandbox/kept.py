"""The settings of one sandbox, which may differ from those of the simulator, and how they are kept in the store."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from sevis_sim.clock import PROFILES, Profile
from sevis_sim.domain.life_cycle import LifeCycle, shipped
from sevis_sim.scenarios import World
from sevis_sim.settings import Fidelity, Settings, Switches


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """What makes one sandbox behave otherwise than another."""

    fidelity: Fidelity = "real"
    switches: Switches = field(default_factory=Switches)
    profiles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Changes to the processing profiles, by name of the system (``settings.profiles``)."""
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Request ID to the error code that a scenario's ``outcomes`` force on it."""

    calendar: tuple[Mapping[str, Any], ...] = ()
    """Changes to the life cycle of records, the later ones over the earlier ones (``settings.life_cycle``)."""

    faults: tuple[Any, ...] = ()
    """Entries of a scenario's ``faults``."""

    @classmethod
    def of(cls, settings: Settings, scenario: World) -> Self:
        """Return what a simulator's settings and a scenario imply; settings have the last word."""
        calendar = (scenario.life_cycle, settings.life_cycle)
        return cls(
            settings.fidelity,
            settings.switches,
            settings.profiles,
            scenario.forced_codes(),
            calendar,
            tuple(entry.content() for entry in scenario.faults),
        )

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the settings that `to_json` has written."""
        switches = Switches.model_validate(kept.get("switches", {}))
        return cls(
            kept.get("fidelity", "real"),
            switches,
            kept.get("profiles", {}),
            kept.get("overrides", {}),
            tuple(kept.get("calendar", ())),
            tuple(kept.get("faults", ())),
        )

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object for the store."""
        return {
            "fidelity": self.fidelity,
            "switches": self.switches.model_dump(mode="json", exclude_defaults=True),
            "profiles": {name: dict(changes) for name, changes in self.profiles.items()},
            "overrides": dict(self.overrides),
            "calendar": [dict(changes) for changes in self.calendar],
            "faults": list(self.faults),
        }

    def life_cycle(self) -> LifeCycle:
        """Return what the calendar does to records."""
        return functools.reduce(LifeCycle.changed, self.calendar, shipped())

    def processing_profiles(self) -> Mapping[str, Profile]:
        """Return the processing profile of each system."""
        return {
            name: Profile.from_mapping(self.profiles[name], name=name, base=shipped)
            if name in self.profiles
            else shipped
            for name, shipped in PROFILES.items()
        }
