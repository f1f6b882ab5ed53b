"""Thresholds, switches and severities of a campus: a YAML file over the defaults.

``severities`` overrides single rules, ``skip`` turns rules off by id or pattern (``UD-S1*``), ``only`` turns off all
others.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sevis_sim.yamlfile import Finding as YamlFinding
from sevis_sim.yamlfile import YamlError, explain, load_file, reject, suggestion
from udir_sim.rules.catalogue import catalogue
from udir_sim.rules.model import Mode, Rule, Severity

UNALTERABLE = frozenset(
    {"UD-F01-EMPTY", "UD-F02-EBCDIC", "UD-F10-HDRFIRST", "UD-F11-HDRONE", "UD-F12-TRLLAST", "UD-F13-TRLONE"}
)
"""Without these a file cannot be read at all, so no profile changes them."""

SeverityName = Annotated[
    Literal["OFF", "INFO", "WARNING", "ERROR", "FATAL"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]
Percent = Annotated[float, Field(ge=0, le=100_000)]
Days = Annotated[int, Field(ge=0, le=40_000)]


class BothModes(BaseModel):
    """Severities of a rule, one a mode."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    strict: SeverityName | None = None
    lenient: SeverityName | None = None


class Profile(BaseModel):
    """What a campus or a receiver sets for itself. The defaults are those of the rules page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="default", description="what reports call the profile")
    allow_merced: bool = Field(default=False, description="location 10 is a warning in lenient mode (UD-F21)")
    allow_blank_dates_for: str = Field(
        default="",
        pattern="^[PGUEXARBWF]*$",
        description="letters of types and statuses that may go without dates",
        examples=["AX"],
    )
    volume_change_percent: Percent = Field(default=20, description="UD-F22")
    future_days: Days = Field(default=1, description="UD-H06")
    max_age_days: Days = Field(default=7, description="UD-H07")
    early_grace_days: Days = Field(default=90, description="UD-X05")
    late_grace_days: Days = Field(default=120, description="UD-X06")
    term_days: Days = Field(default=370, description="UD-X07")
    ssn_sharers: int = Field(default=5, ge=2, description="UD-G08")
    deletes_percent: Percent = Field(default=5, description="UD-A04")
    flag_changes_percent: Percent = Field(default=5, description="UD-A06")
    severities: dict[str, SeverityName | BothModes] = Field(default={}, description="severity of single rules")
    skip: tuple[str, ...] = Field(default=(), description="rules that are off: ids or patterns such as UD-S1*")
    only: tuple[str, ...] = Field(default=(), description="the only rules that are on: ids or patterns")

    @model_validator(mode="after")
    def _known_rules(self) -> "Profile":
        wrong = [
            YamlFinding(
                ("severities", rule_id), f"there is no rule {rule_id!r}{suggestion(rule_id, catalogue())}", True
            )
            for rule_id in self.severities
            if rule_id not in catalogue()
        ]
        wrong += [
            YamlFinding(("severities", rule_id), f"no profile changes {rule_id}: such a file cannot be read", True)
            for rule_id in self.severities
            if rule_id in UNALTERABLE
        ]
        for key, patterns in (("skip", self.skip), ("only", self.only)):
            wrong += [
                YamlFinding((key, number), f"no rule is named {pattern!r}{suggestion(pattern, catalogue())}")
                for number, pattern in enumerate(patterns)
                if not any(_matches(pattern, rule_id) for rule_id in catalogue())
            ]
        if wrong:
            reject(wrong)
        return self

    @cached_property
    def digest(self) -> str:
        """Twelve digits that differ whenever the profile does."""
        text = json.dumps(self.model_dump(mode="json", exclude={"name"}), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def severity(self, rule: Rule, mode: Mode, variant: str = "") -> Severity:
        """Return what a finding counts as. An override holds for all variants of the rule."""
        if rule.id in UNALTERABLE:
            return rule.severity(mode, variant)
        if any(_matches(pattern, rule.id) for pattern in self.skip):
            return Severity.OFF
        if self.only and not any(_matches(pattern, rule.id) for pattern in self.only):
            return Severity.OFF
        override = self.severities.get(rule.id)
        if isinstance(override, BothModes):
            override = override.strict if mode is Mode.STRICT else override.lenient
        return Severity[override] if override is not None else rule.severity(mode, variant)

    def with_choice(self, skip: Iterable[str] = (), only: Iterable[str] = ()) -> "Profile":
        """Return the profile with more rules turned off.

        Raises:
            ValueError: a pattern names no rule.

        """
        for pattern in (*skip, *only):
            if not any(_matches(pattern, rule_id) for rule_id in catalogue()):
                raise ValueError(f"no rule is named {pattern!r}{suggestion(pattern, catalogue())}")
        return self.model_copy(update={"skip": (*self.skip, *skip), "only": (*self.only, *only)})


def _matches(pattern: str, rule_id: str) -> bool:
    """Whether a rule is meant: by its id, a pattern of it, or its code alone, such as ``X03``."""
    pattern = pattern.upper()
    pattern = pattern if pattern.startswith(("UD-", "*")) else f"UD-{pattern}"
    return fnmatchcase(rule_id, pattern) or rule_id.rsplit("-", 1)[0] == pattern


def load_profile(path: Path) -> Profile:
    """Read a profile file.

    Raises:
        YamlError: what is wrong, with file, line and column of each problem.

    """
    from pydantic import ValidationError

    document = load_file(path)
    content: Mapping[str, Any] = {} if document.value is None else document.value
    try:
        profile = Profile.model_validate(content)
    except ValidationError as error:
        raise YamlError(explain(error, document, Profile)) from error
    return profile if "name" in content else profile.model_copy(update={"name": path.stem})
