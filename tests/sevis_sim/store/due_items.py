"""Pieces of due work, the plainest rows there are, for tests of the transactions around them."""

from collections.abc import Callable
from datetime import UTC, datetime

from sevis_sim.store import Transaction

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


def add(key: str) -> Callable[[Transaction], int]:
    """Work that adds a piece and returns its number."""
    return lambda tx: tx.due.add("default", NOW, "process", key)


def keys(tx: Transaction) -> list[str]:
    """Work that returns the keys of all pieces, in their order."""
    return [item.key for item in tx.due.list("default")]


class Mishap(Exception):
    """Breaks a transaction."""
