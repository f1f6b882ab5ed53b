"""The shipped profiles, read from ``profiles.json`` beside this module.

Their numbers come from design.md "Systems served at once" and, behind it, reference sevis-protocol.md §4: service
hours and cut-off from the Batch Reference Manual 2005 §2.1, beta's 20 minutes from a vendor's manual, alpha's 6
seconds from a client's log. Retention and holidays were not found anywhere; the design decides them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from sevis_sim.clock.profile import Profile


def _shipped() -> Mapping[str, Profile]:
    """Read the data file; a fault in it is a fault of the package and ends the import."""
    data = json.loads(Path(__file__).with_name("profiles.json").read_text(encoding="utf-8"))
    return MappingProxyType({name: Profile.from_mapping(values, name=name) for name, values in data.items()})


PROFILES: Mapping[str, Profile] = _shipped()
"""Profiles by name: ``production``, ``beta``, ``alpha``. Read only."""
