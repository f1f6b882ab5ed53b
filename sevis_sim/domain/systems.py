"""The three SEVIS systems that a client can address (design.md "Systems served at once")."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    """One SEVIS system: production, beta or alpha. Each keeps records and batch IDs of its own."""

    name: str
    """What our commands and files call it: ``production``, ``beta``, ``alpha``."""
    url_path: str
    """First segment of its URLs, without slashes."""
    label: str
    """The ``system`` attribute of its transaction logs."""


PRODUCTION = System("production", "sevisbatch", "PROD")
BETA = System("beta", "sbtsevisbatch", "PROD-SBT")
ALPHA = System("alpha", "alphasevisbatch", "PROD-ALPHA")

SYSTEMS: dict[str, System] = {system.name: system for system in (PRODUCTION, BETA, ALPHA)}
