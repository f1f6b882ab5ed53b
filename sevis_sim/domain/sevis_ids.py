"""How simulated SEVIS IDs are made.

They come from the range N99 (reference: real ones begin N00), so that nobody takes one for a real record, and are
derived from where the record stands, never from a counter shared between batches: the same seed, batch and place in
the file give the same ID whatever else happened before (design.md §3.8).
"""

import hashlib

DEFAULT_RANGE = "N99"


def make(parts: tuple[str, ...], attempt: int = 0, prefix: str = DEFAULT_RANGE) -> str:
    """Return ``prefix`` followed by digits, eleven characters in all.

    Args:
        parts: seed, sandbox, organization, system, batch ID, place in the file and, for a dependent, its number.
        attempt: raised by the caller while the ID is taken already.
        prefix: the range, N and at least one digit.

    """
    digits = 11 - len(prefix)
    source = "\x1f".join((*parts, str(attempt)))
    number = int.from_bytes(hashlib.sha256(source.encode()).digest()[:8], "big")
    return f"{prefix}{number % 10**digits:0{digits}d}"


def site_id(parts: tuple[str, ...]) -> str:
    """Return the id of a site of activity or phase: a number that fits an ``xs:int`` (reference errata 12)."""
    number = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big")
    return str(100_000 + number % 900_000_000)
