"""What may be odd about a multipart form, as data: the words, why it matters, and whether the standard forbids it."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Oddity:
    """A way in which a form can differ from the standard (``deviations.toml`` explains the fields)."""

    says: str
    matters: str
    forbidden: bool
    source: str


@functools.cache
def oddities() -> Mapping[str, Oddity]:
    """Return every oddity that the reader can notice, by its kind."""
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        return {kind: Oddity(**entry) for kind, entry in tomllib.load(file).items()}


@dataclass(frozen=True, slots=True)
class Deviation:
    """An oddity seen in one request."""

    kind: str
    offset: int | None
    """Bytes of the body before it; None where it is in the header of the request."""
    says: str

    @property
    def matters(self) -> str:
        """Why it matters, and how to mend it."""
        return oddities()[self.kind].matters

    @property
    def forbidden(self) -> bool:
        """Whether the standard forbids it."""
        return oddities()[self.kind].forbidden

    @property
    def source(self) -> str:
        """The clause of the standard, or whose limit it is."""
        return oddities()[self.kind].source

    @property
    def place(self) -> str:
        """Where it was seen, in words."""
        return "in the request's header" if self.offset is None else f"at byte {self.offset} of the body"

    def __str__(self) -> str:
        return f"{self.says} ({self.place}); {self.matters}"


def seen(kind: str, offset: int | None, **values: object) -> Deviation:
    """Return a deviation with its words filled in."""
    return Deviation(kind, offset, oddities()[kind].says.format(**values))
