"""The shipped profiles with what a config file, an environment or a scenario changes in them."""

from collections.abc import Mapping

from sevis_sim.clock.hints import did_you_mean, quoted
from sevis_sim.clock.profile import Profile, ProfileError
from sevis_sim.clock.profiles import PROFILES

PROFILE_KEYS: tuple[str, ...] = ("hours", "delay", "cutoff", "window", "available", "retention")
"""The keys of a profile, as `Profile.from_mapping` reads them."""


class OverrideError(ProfileError):
    """An override that cannot be read; ``path`` is the profile's name and, where one is at fault, the key."""

    def __init__(self, message: str, path: tuple[str, ...]) -> None:
        super().__init__(message)
        self.path = path


def overridden(overrides: Mapping[str, Mapping[str, object]]) -> dict[str, Profile]:
    """Return all shipped profiles by name, with the keys of ``overrides`` in place of their own.

    Raises:
        OverrideError: no profile has that name, or `Profile.from_mapping` refuses the keys.

    """
    for name in overrides:
        if name not in PROFILES:
            hint = did_you_mean(name, PROFILES)
            raise OverrideError(f"unknown profile {quoted(name)}{hint}; known are {', '.join(PROFILES)}", (name,))
    return {
        name: _changed(shipped, overrides[name]) if name in overrides else shipped for name, shipped in PROFILES.items()
    }


def _changed(shipped: Profile, values: Mapping[str, object]) -> Profile:
    try:
        return Profile.from_mapping(values, base=shipped)
    except ProfileError as error:
        raise OverrideError(str(error), (shipped.name, *_key_at_fault(shipped, values))) from None


def _key_at_fault(shipped: Profile, values: Mapping[str, object]) -> tuple[str, ...]:
    """Return the key that is refused by itself too; none where only the combination is at fault."""
    for key, value in values.items():
        try:
            Profile.from_mapping({key: value}, base=shipped)
        except ProfileError:
            return (key,)
    return ()
