"""What the codes mean, in our own words: when each comes, how to get it from the simulator, how to mend it.

The official texts are in `sevis_sim.codes.catalogue`, apart from this: processing needs them at every start, and nobody
but a reader needs these.
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

EVERY = "every"
EVERY_UPDATE = "every update"
"""What stands among the `Meaning.events` of a code that can occur in all events, or in all that are no creates."""

Decided = Literal["rule", "table", "injectable"]

_FILES = ("transport", "student", "exchange-visitor")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One code in plain words."""

    code: str
    condition: str
    """When SEVIS answers with it."""
    mend: str
    """What a client's developer or an official does about it."""
    decided: Decided
    """``rule``: from the file, the stored record and the date. ``table``: a rule over a code table. ``injectable``: not
    decidable by a simulator, so only a scenario's ``outcomes`` bring it about; `reason` says why."""
    source: tuple[str, ...]
    """What the condition rests on, the surest first."""
    trigger: str = ""
    """How to get it from the simulator; ``""`` for injectable codes, see `how_to_trigger`."""
    events: tuple[str, ...] = ()
    """Paths of events as in ``sevis_sim.events.registry``, or `EVERY`, `EVERY_UPDATE`. Empty for dispositions, and for
    codes that no event of the schema can cause."""
    looks_at: tuple[str, ...] = ()
    """Names of the elements and ``@attributes`` of a record that decide the code; of a block everything in it. Empty
    where the stored record or the event itself decides."""
    places: tuple[str, ...] = ()
    """For dispositions: where in the log they stand, and the parts of the request that decide them."""
    reason: str = ""
    """Why the code is only injectable."""

    @property
    def how_to_trigger(self) -> str:
        """How to get the code from the simulator."""
        if self.trigger:
            return self.trigger
        return f'Let a scenario say it: `outcomes: [{{match: {{requestId: "42"}}, error: {self.code}}}]`.'

    def occurs_in(self, event: str) -> bool:
        """Tell whether an event of the code's population can end in it.

        Args:
            event: the path of an update, or ``CreateStudent``, ``CreateEV``.

        """
        if EVERY in self.events or event in self.events:
            return True
        return EVERY_UPDATE in self.events and not event.startswith("Create")


@functools.cache
def meanings() -> Mapping[str, Meaning]:
    """Return the meanings of all codes of the catalogue, in the order of the official list."""
    found: dict[str, Meaning] = {}
    for name in _FILES:
        text = resources.files(__package__).joinpath("meanings", f"{name}.toml").read_text(encoding="utf-8")
        for code, table in tomllib.loads(text).items():
            fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
            found[code] = Meaning(code=code, **fields)
    return MappingProxyType(found)


def meaning(code: str) -> Meaning:
    """Return what a code means.

    Raises:
        KeyError: the catalogue has no such code.

    """
    return meanings()[code]
