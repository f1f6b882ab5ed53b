"""What is expected of a journal, and whether it is so: happened, never happened, how often, and what came nearest.

As a mapping (JSON, YAML)::

    {match: {kind: upload.answered, subjects: {batch: B1}, detail: {code: S0010},
             after: {kind: batch.accepted, subjects: {batch: B1}}},
     exactly: 1}

``min``, ``max``, ``exactly`` and ``never: true`` say how often; without them once or more. An entry fits only where one
that fits ``after`` stands before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sevis_sim.journal.matching import (
    Condition,
    Matcher,
    MatchError,
    Miss,
    Path,
    read_condition,
    read_names,
    read_path,
    shown,
)
from sevis_sim.store import Entry

NEAREST = 3
"""How many misses are told."""
MOST_ENTRIES = 100
"""How many entries that fit are told; all of them are counted."""
DEEPEST = 8
"""How many ``after`` may stand in each other."""
_CANDIDATES = 20
_SAID = ("summary", "detail")
"""What an entry says, as against what it is and is about."""
_FARTHEST = 0.6
"""Share of what is expected in which a miss may differ."""
_MOST = 1_000_000_000
_KEYS = ("kind", "summary", "subjects", "detail", "after")
_TIMES = ("min", "max", "exactly", "never")


def document_of(entry: Entry) -> dict[str, Any]:
    """Return an entry as the document that conditions are about."""
    return {
        "id": entry.id,
        "sandbox": entry.sandbox,
        "instant": entry.instant.isoformat(),
        "kind": entry.kind,
        "summary": entry.summary,
        "subjects": dict(entry.subjects),
        "detail": dict(entry.detail),
    }


@dataclass(frozen=True, slots=True)
class Pattern:
    """Conditions on an entry, and what must stand before it."""

    matcher: Matcher
    after: "Pattern | None" = None

    @classmethod
    def read(cls, content: Any, where: str = "match", depth: int = 0) -> "Pattern":
        """Read a pattern from a mapping; MatchError names what is wrong with it, below ``where``."""
        if not isinstance(content, Mapping):
            raise MatchError(where, f"expected a mapping such as {{kind: upload.answered}}; got {shown(content)}")
        if depth > DEEPEST:
            raise MatchError(where, f"more than {DEEPEST} stand in each other")
        conditions: dict[Path, Condition] = {}
        for key, value in content.items():
            at = f"{where}.{key}"
            if key == "kind":
                conditions["kind",] = read_names(value, at)
            elif key == "summary":
                conditions["summary",] = read_condition(value, at)
            elif key in ("subjects", "detail"):
                if not isinstance(value, Mapping):
                    raise MatchError(at, f"expected a mapping of names to conditions; got {shown(value)}")
                for name, condition in value.items():
                    path = (str(name),) if key == "subjects" else read_path(str(name), at)
                    conditions[key, *path] = read_condition(condition, f"{at}.{name}")
            elif key != "after":
                raise MatchError(at, f"there is no such key; known: {', '.join(_KEYS)}")
        after = content.get("after")
        return cls(Matcher(conditions), None if after is None else cls.read(after, f"{where}.after", depth + 1))

    @property
    def words(self) -> str:
        """The pattern in one line."""
        own = self.matcher.words or "anything"
        return f"{own}, after one with {self.after.words}" if self.after else own


@dataclass(frozen=True, slots=True)
class Expectation:
    """How often entries of a pattern are to be found."""

    pattern: Pattern
    least: int = 1
    most: int | None = None

    @classmethod
    def read(cls, content: Any) -> "Expectation":
        """Read an expectation from a mapping; MatchError names what is wrong with it."""
        if not isinstance(content, Mapping):
            raise MatchError("", f"an expectation is a mapping such as {{match: {{kind: …}}}}; got {shown(content)}")
        for key in content:
            if key != "match" and key not in _TIMES:
                raise MatchError(str(key), f"there is no such key; known: match, {', '.join(_TIMES)}")
        if "match" not in content:
            raise MatchError("match", "this says which entries are meant, and is missing")
        given = {name: content[name] for name in _TIMES if content.get(name) is not None}
        never = given.pop("never", False)
        if not isinstance(never, bool):
            raise MatchError("never", f"expected true or false; got {shown(never)}")
        counts = {name: _count(name, value) for name, value in given.items()}
        if (never and counts) or ("exactly" in counts and len(counts) > 1):
            names = (*(("never",) if never else ()), *counts)
            raise MatchError(names[0], f"{' and '.join(names)} contradict each other: name one, or min and max")
        least, most = counts.get("min", 0 if "max" in counts else 1), counts.get("max")
        if never or "exactly" in counts:
            least = most = counts.get("exactly", 0)
        if most is not None and least > most:
            raise MatchError("min", f"{least} is more than max, {most}")
        if least == 0 and most is None:
            raise MatchError("min", "0 is always met: expect 1 or more, or name max or never")
        return cls(Pattern.read(content["match"]), least, most)

    @property
    def words(self) -> str:
        """What is expected, in one line."""
        if self.most == 0:
            return f"never an entry with {self.pattern.words}"
        if self.most is None:
            often = f"{self.least} or more" if self.least > 1 else "an entry"
        elif self.least == self.most:
            often = f"exactly {self.least}"
        else:
            often = f"{self.least} to {self.most}"
        return f"{often} with {self.pattern.words}"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An entry that nearly fits, and in what it differs."""

    entry: Mapping[str, Any]
    misses: tuple[Miss, ...]

    @property
    def distance(self) -> float:
        """How far it is from fitting, for ordering: one of another kind or about another thing is farther."""
        return sum(
            miss.distance if miss.path[0] in _SAID else (1 + miss.distance) / 2
            for miss in self.misses  # however alike two batch IDs are, they are not the same batch
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a journal is as expected."""

    expectation: Expectation
    met: bool
    count: int
    """How many entries fit."""
    seen: int
    """How many there were."""
    entries: tuple[Mapping[str, Any], ...]
    """The first of those that fit."""
    near_misses: tuple[NearMiss, ...] = ()
    """Where too few fit: the entries that came nearest, the nearest first."""

    @property
    def words(self) -> str:
        """The verdict in one line."""
        found = f"found {self.count} among {self.seen} entries"
        return f"{'as expected' if self.met else 'not as expected'}: {self.expectation.words}; {found}"

    def __bool__(self) -> bool:
        return self.met


class Verification:
    """Looks at the entries of a journal one after the other, in order, and keeps only what a verdict needs."""

    def __init__(self, expectation: Expectation) -> None:
        self._expectation = expectation
        self._watch = _Watch(expectation.pattern)
        self._count = self._seen = 0
        self._entries: list[Mapping[str, Any]] = []
        self._near: list[NearMiss] = []

    def see(self, document: Mapping[str, Any]) -> None:
        """Take the next entry, as `document_of` gives it."""
        self._seen += 1
        misses = self._watch.see(document)
        if not misses:
            self._count += 1
            if len(self._entries) < MOST_ENTRIES:
                self._entries.append(document)
        elif self._count < self._expectation.least:
            self._near.append(NearMiss(document, tuple(misses)))
            if len(self._near) >= 2 * _CANDIDATES:
                self._forget()

    @property
    def settled(self) -> bool:
        """Whether no further entry can change the verdict."""
        wanted = self._expectation
        if wanted.most is None:
            return self._count >= wanted.least
        return self._count > wanted.most

    def verdict(self) -> Verdict:
        """Judge what was seen."""
        wanted = self._expectation
        enough = self._count >= wanted.least
        met = enough and (wanted.most is None or self._count <= wanted.most)
        near = () if enough else self._nearest()
        return Verdict(wanted, met, self._count, self._seen, tuple(self._entries), near)

    def _forget(self) -> None:
        """Keep the candidates that differ in the fewest places, of equals the later ones."""
        self._near.sort(key=lambda near: (len(near.misses), -int(near.entry["id"])))
        del self._near[_CANDIDATES:]

    def _nearest(self) -> tuple[NearMiss, ...]:
        self._forget()
        conditions = len(self._expectation.pattern.matcher.conditions) + (self._expectation.pattern.after is not None)
        near = [each for each in self._near if each.distance <= _FARTHEST * max(conditions, 1)]
        near.sort(key=lambda each: each.distance)
        return tuple(near[:NEAREST])


@dataclass(slots=True)
class _Watch:
    """A pattern on its way through a journal."""

    pattern: Pattern
    fitted: bool = False
    before: "_Watch | None" = field(init=False)

    def __post_init__(self) -> None:
        self.before = _Watch(self.pattern.after) if self.pattern.after else None

    def see(self, document: Mapping[str, Any]) -> list[Miss]:
        """Return why an entry does not fit; nothing where it does."""
        misses = self.pattern.matcher.misses(document)
        if self.before is not None:
            if not self.before.fitted:
                misses.append(Miss(("after",), _Order(f"before it one with {self.before.pattern.words}"), ()))
            self.before.see(document)
        self.fitted = self.fitted or not misses
        return misses


@dataclass(frozen=True, slots=True)
class _Order:
    """The condition that something stands before an entry."""

    words: str

    def holds(self, values: Any) -> bool:
        """Tell whether anything does."""
        return bool(values)

    def distance(self, values: Any) -> float:
        """Order is half of it."""
        return 0.0 if values else 0.5


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise MatchError(name, f"expected a whole number of 0 or more; got {shown(value)}")
    return value
