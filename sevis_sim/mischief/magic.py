"""Magic values: faults that a batch asks for by its own data, for testers who cannot reach the controls.

magic.toml has the table. A value is read into ordinary faults, so that it does and is called the same as everywhere;
it has no schedule: it strikes each time it is seen.
"""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sevis_sim.faults import Fault, FaultError
from sevis_sim.mischief.vocabulary import VOCABULARY

_FILE = Path(__file__).with_name("magic.toml")
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Magic:
    """One magic value."""

    where: str
    """``UserDefinedB`` (of a record), ``file`` (name of the uploaded file) or ``BatchID``."""
    pattern: re.Pattern[str]
    example: str
    text: str
    at: str
    do: Any
    phase: str | None

    def fault(self, written: str) -> Fault | None:
        """Return the fault that a text asks for; None where it is another text, or asks for what cannot be."""
        found = self.pattern.fullmatch(written)
        if found is None:
            return None
        do = {
            kind: _PLACEHOLDER.sub(lambda name: found[name[1]], value) if isinstance(value, str) else value
            for kind, value in self.do.items()
        }
        content: dict[str, Any] = {"name": f"{self.where} {written}", "at": self.at, "do": do}
        if self.phase:
            content["phase"] = self.phase
        try:
            return VOCABULARY.read(content, _NO_TIME)
        except FaultError:
            return None


@functools.cache
def table() -> tuple[Magic, ...]:
    """Return all magic values."""
    with _FILE.open("rb") as file:
        rows = tomllib.load(file)["magic"]
    return tuple(
        Magic(
            row["where"],
            re.compile(row["pattern"]),
            row["example"],
            row["text"],
            row["at"],
            row["do"] if isinstance(row["do"], Mapping) else {row["do"]: None},
            row.get("phase"),
        )
        for row in rows
    )


def magic_faults(at: str, **values: str) -> list[Fault]:
    """Return the faults that values ask for at a place; names of values are those of `Magic.where`."""
    told = {where: text for where, text in values.items() if "SIM" in text}
    if not told:
        return []
    faults = (each.fault(told[each.where]) for each in table() if each.at == at and each.where in told)
    return [fault for fault in faults if fault is not None]
