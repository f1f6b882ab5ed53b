"""Chance that can be repeated: everything that is made up is drawn from here."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Profile(StrEnum):
    """How much of what may be left out is there."""

    minimal = "minimal"
    """Only what schema and rules demand."""
    typical = "typical"
    """As schools and sponsors fill it in."""
    full = "full"
    """Whatever goes together; a batch as a whole has every optional element."""


class Draw:
    """Draws for one record. The same place gives the same draws, whatever is drawn elsewhere."""

    def __init__(self, profile: Profile, *place: object) -> None:
        """Prepare.

        Args:
            profile: how much of what may be left out is wanted.
            place: seed, kind and number of the record; what else tells it from others.

        """
        self.profile = profile
        # A text seeds by its SHA-512: the same on every machine.
        self._random = random.Random("\x1f".join(map(str, place)))  # noqa: S311 - test data

    @property
    def full(self) -> bool:
        """Whether everything is wanted that goes together."""
        return self.profile is Profile.full

    def adds(self, usual: float) -> bool:
        """Tell whether an optional part is there; ``usual`` is its chance, 0 to 1, in the profile typical."""
        chance = self._random.random()
        if self.profile is Profile.typical:
            return chance < usual
        return self.full

    def happens(self, chance: float) -> bool:
        """Tell whether something of this chance, 0 to 1, happens; whatever the profile."""
        return self._random.random() < chance

    def one(self, several: Sequence[T]) -> T:
        """Return one of several."""
        return several[self._random.randrange(len(several))]

    def weighted(self, weights: Mapping[str, float]) -> str:
        """Return one of the keys, as often as its weight says."""
        return self._random.choices(list(weights), list(weights.values()))[0]

    def number(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return self._random.randint(low, high)

    def dollars(self, low: int, high: int) -> int:
        """Return an amount in whole hundreds of dollars."""
        return self._random.randint(low // 100, high // 100) * 100

    def digits(self, count: int) -> str:
        """Return so many digits."""
        return "".join(self._random.choices("0123456789", k=count))

    def filled(self, pattern: str) -> str:
        """Return the pattern with a digit for each ``#``."""
        return "".join(self.digits(1) if character == "#" else character for character in pattern)

    def day(self, first: date, last: date) -> date:
        """Return a day from ``first`` to ``last``, both included."""
        return first + timedelta(days=self._random.randint(0, max((last - first).days, 0)))
