"""Invented people: names of many cultures, birth, kinship."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from sevis_sim.domain.document import Node
from sevis_sim.events.days import later, shifted
from sevis_sim.generation.data import country_weights, load
from sevis_sim.generation.draw import Draw

SPOUSE = "01"
CHILD = "02"
UNITED_STATES = "US"
_LAST, _FIRST, _PASSPORT = 40, 80, 39
"""Most characters of the names (Common.xsd NameType)."""

_PLAIN = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "đ": "d", "Đ": "D", "ð": "d"}
    | {"Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ı": "i", "ə": "e", "’": "", "'": "", "-": " "}
)
_MACHINE = str.maketrans(
    {"ä": "ae", "Ä": "Ae", "ö": "oe", "Ö": "Oe", "ü": "ue", "Ü": "Ue", "å": "aa", "Å": "Aa", "ø": "oe", "Ø": "Oe"}
)
"""How the machine-readable zone of a passport spells some letters (ICAO Doc 9303, part 3)."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its own letters, and in its own script where that is another."""

    text: str
    script: str = ""

    @property
    def plain(self) -> str:
        """The name in A to Z and blanks, as last and first names must be."""
        return plain(self.text)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    surnames: tuple[str, ...]
    """Family names as the list has them, for men and women, in both scripts: what children inherit."""
    given: Name
    family_first: bool
    female: bool
    born: date
    country: str
    """Where they are citizen and at home, as the table ``country`` has it."""

    @property
    def families(self) -> tuple[Name, ...]:
        """The family names in the form that this person has."""
        return tuple(
            Name(*(form.split("/")[-1 if self.female else 0] for form in (text, script)))
            for text, _, script in (entry.partition("|") for entry in self.surnames)
        )

    def last_name(self) -> str:
        """Return the family names in A to Z."""
        return " ".join(name.plain for name in self.families)[:_LAST].strip()

    def first_name(self) -> str:
        """Return the given names in A to Z."""
        return self.given.plain[:_FIRST].strip()

    def passport_name(self) -> str:
        """Return the whole name as the machine-readable zone of a passport has it, cut between words."""
        whole = " ".join((*(name.text for name in self.families), self.given.text)).translate(_MACHINE)
        words = plain(whole).upper().split()
        while len(" ".join(words)) > _PASSPORT:
            words.pop()
        return " ".join(words)

    def preferred_name(self, script: bool) -> str:
        """Return the whole name as its bearer writes it.

        Args:
            script: whether in its own script, if that is known.

        """
        own = script and all(name.script for name in (*self.families, self.given))
        family = " ".join(name.script if own else name.text for name in self.families)
        given = self.given.script if own else self.given.text
        return f"{family} {given}" if self.family_first else f"{given} {family}"

    def mailbox(self) -> str:
        """Return a mail address at a domain that is kept for examples (RFC 2606)."""
        name = f"{self.first_name()}.{self.families[0].plain}".lower().replace(" ", "")
        domain = ("com", "org", "net")[self.born.day % 3]
        return f"{name}{self.born.year % 100:02}@example.{domain}"


def plain(text: str) -> str:
    """Return a text in letters of ASCII: diacritics go, some letters become two, hyphens become blanks."""
    bare = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(character for character in bare if ord(character) < 128)


def invent(
    draw: Draw, on: date, ages: tuple[int, int], country: str | None = None, female: bool | None = None
) -> Person:
    """Make somebody up.

    Args:
        draw: chance.
        on: the day on which they have the age.
        ages: least and most completed years, both included.
        country: where they come from; None: anywhere.
        female: None: either.

    """
    country = country or draw.weighted(country_weights())
    culture = load("people")["cultures"][draw.one(load("countries")["countries"][country]["names"])]
    female = draw.happens(0.5) if female is None else female
    surnames = tuple(dict.fromkeys(draw.one(culture["family"]) for _ in range(culture.get("families", 1))))
    born = draw.day(later(shifted(on, years=-ages[1] - 1), 1), shifted(on, years=-ages[0]))
    text, _, script = draw.one(culture["female" if female else "male"]).partition("|")
    return Person(surnames, Name(text, script), culture.get("order") == "family-given", female, born, country)


def family_of(draw: Draw, person: Person, today: date, showcase: bool = False) -> list[tuple[str, Person]]:
    """Make up the spouse and children who come along, with their relationship codes; none of the young.

    Args:
        draw: chance.
        person: whose.
        today: day of which their ages are.
        showcase: whether spouse and a son are wanted.

    """
    years = (today - person.born).days // 365
    if years < 20:
        return []
    found: list[tuple[str, Person]] = []
    if draw.happens(0.85) or showcase:
        ages = (max(18, years - 5), years + 4)
        found.append((SPOUSE, invent(draw, today, ages, person.country, not person.female)))
    oldest = min(years - 19, 17)
    if oldest >= 1:
        for _ in range(draw.number(0 if found and not showcase else 1, 2)):
            child = invent(draw, today, (0, oldest), person.country, False if showcase else None)
            found.append((CHILD, replace(child, surnames=person.surnames)))
    return found


def full_name(draw: Draw, person: Person, showcase: bool = False) -> Node:
    """Return a ``FullName`` element: the family name alone where only what must be is wanted.

    Args:
        draw: chance.
        person: whose.
        showcase: whether every part is wanted.

    """
    node: Node = {"LastName": person.last_name()}
    if draw.adds(0.99):  # some people have one name
        node["FirstName"] = person.first_name()
        if draw.adds(0.4):
            node["PassportName"] = person.passport_name()
        if draw.adds(0.5):
            node["PreferredName"] = person.preferred_name(script=draw.full)
        if draw.adds(0.02) and not person.female and (showcase or not draw.full or draw.happens(0.1)):
            node["Suffix"] = draw.one(("Jr.", "II", "III"))
    return node
