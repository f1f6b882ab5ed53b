"""The checks as data: what each is called, why it matters, how to mend it (``checks.toml``)."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["must", "should"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a good client does."""

    id: str
    """Stable: baselines and reports name it."""
    group: str
    severity: Severity
    title: str
    proves: str
    rule: str
    """Where it stands."""
    mend: str


@functools.cache
def checks() -> Mapping[str, Check]:
    """Return all checks by id, in the order of reports."""
    with Path(__file__).with_name("checks.toml").open("rb") as file:
        return {name: Check(name, **entry) for name, entry in tomllib.load(file).items()}
