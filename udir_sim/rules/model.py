"""What a rule is, and what its findings mean for the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Mode(StrEnum):
    """How a file is judged: as the interface is written, or with what can be repaired repaired."""

    STRICT = "strict"
    LENIENT = "lenient"


class Severity(IntEnum):
    """How bad a finding is, in rising order."""

    OFF = 0
    """Not reported."""
    INFO = 1
    """Worth counting."""
    WARNING = 2
    """Probably wrong, or repaired; loaded and reported."""
    ERROR = 3
    """A stated rule is broken: strict holds the file, lenient holds the record."""
    FATAL = 4
    """The file cannot be trusted as a whole: refused."""


class Verdict(StrEnum):
    """What becomes of the file."""

    ACCEPTED = "ACCEPTED"
    ACCEPTED_WITH_WARNINGS = "ACCEPTED WITH WARNINGS"
    HELD = "HELD"
    REFUSED = "REFUSED"

    @property
    def accepted(self) -> bool:
        """Whether the file is loaded."""
        return self in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_WARNINGS)


@dataclass(frozen=True, slots=True)
class Variant:
    """A case of a rule that has severities of its own."""

    name: str
    strict: Severity
    lenient: Severity
    when: str

    def severity(self, mode: Mode) -> Severity:
        """Return the severity in a mode."""
        return self.strict if mode is Mode.STRICT else self.lenient


@dataclass(frozen=True, slots=True)
class Example:
    """An edit of the base file (see `udir_sim.rules.examples`) and what it raises."""

    edit: str
    strict: Severity
    lenient: Severity
    also: tuple[str, ...] = ()
    """Other rules that it must raise too."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: an object with everything that people and programs want to know about it."""

    id: str
    title: str
    where: str
    """Columns, in words."""
    strict: Severity
    lenient: Severity
    must: str
    """The condition that holds in a right file."""
    mend: str
    """What the sender does about it."""
    source: str
    """Section of the interface file, or whose convention it is."""
    variants: Mapping[str, Variant] = field(default_factory=dict)
    passes: tuple[str, ...] = ("base",)
    fails: tuple[Example, ...] = ()

    @property
    def code(self) -> str:
        """The short form: ``D02`` of ``UD-D02-HEX``."""
        return self.id.split("-")[1]

    @property
    def family(self) -> str:
        """F file, H header, T trailer, D field, X fields, G records, S leaks, A difference."""
        return self.code[0]

    def severity(self, mode: Mode, variant: str = "") -> Severity:
        """Return the severity in a mode, of the rule or of one of its variants.

        Raises:
            KeyError: the rule has no such variant.

        """
        if variant:
            return self.variants[variant].severity(mode)
        return self.strict if mode is Mode.STRICT else self.lenient
