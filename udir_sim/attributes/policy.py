"""Who may ask, and what makes a student eligible: the policies of applications, a YAML file.

Everything that opens or closes a door must be said: locations, types, statuses and dates have no defaults.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from sevis_sim.yamlfile import Finding, YamlError, explain, load_file, quoted, reject, suggestion
from udir_sim.layout import layout

ALL = "all"
EXAMPLE = Path(__file__).with_name("policies.example.yaml")
"""A policy file to begin with: the seed's publisher under three policies."""
MERCED = "10"
"""Not in the layout of 1999, but a receiver may take its files (profile switch ``allow_merced``)."""
NET_ID_OID = "2.16.840.1.113916.1.1.4.1"
"""The University's later object identifier of a person's number in a certificate (udir.md 6.1)."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OID = re.compile(r"[012](\.(0|[1-9][0-9]{0,38})){1,30}")
PLACES: Mapping[str, str] = {"UID": "0.9.2342.19200300.100.1.1", "serialNumber": "2.5.4.5", "CN": "2.5.4.3"}
"""Parts of a certificate's subject that can hold the Net ID, and their object identifiers (RFC 4519)."""


def locations() -> Mapping[str, str]:
    """Return all campuses: code and name."""
    return {**layout().locations, MERCED: "Merced"}


def student_types() -> Mapping[str, str]:
    """Return the codes of field D10 and their meaning."""
    return layout().field("D10").values


def student_statuses() -> Mapping[str, str]:
    """Return the codes of field D11 and their meaning."""
    return layout().field("D11").values


@dataclass(frozen=True, slots=True)
class _Choice:
    """How a set of codes is written: ``all``, or a list in which every code is known."""

    meaning: str
    known: Callable[[], Mapping[str, str]]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(
            self.read, handler(source), serialization=core_schema.plain_serializer_function_ser_schema(sorted)
        )

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        items = {"enum": list(self.known())}
        return {"anyOf": [{"const": ALL}, {"type": "array", "minItems": 1, "uniqueItems": True, "items": items}]}

    def read(self, value: Any) -> frozenset[str]:
        """Return the codes, or say which of them there is none of."""
        codes = self.known()
        if value == ALL:
            return frozenset(codes)
        if not isinstance(value, list | tuple | set | frozenset):
            reject([Finding((), f"{quoted(value)} stands here; expected all, or a list such as [{next(iter(codes))}]")])
        if not value:
            reject([Finding((), f"the list is empty, so nobody is ever eligible; name a {self.meaning}, or write all")])
        wrong = [
            Finding((number,), f"there is no {self.meaning} {quoted(code)}{_near(code, codes) or _all_of(codes)}")
            for number, code in enumerate(value)
            if not isinstance(code, str) or code not in codes
        ]
        if wrong:
            reject(wrong)
        return frozenset(value)


def _near(code: object, codes: Mapping[str, str]) -> str:
    """Suggest a code by its letter, number or meaning: a similarity of texts this short would find nothing."""
    plain = str(code).strip().upper()
    near = (each for each, text in codes.items() if plain in (each, each.lstrip("0")) or text.upper().startswith(plain))
    found = next(near, None) if plain else None
    return f" (did you mean {found!r}?)" if found else ""


def _all_of(codes: Mapping[str, str]) -> str:
    return "; expected " + ", ".join(f"{code} {text}" for code, text in codes.items())


Locations = Annotated[frozenset[str], _Choice("location", locations)]
Types = Annotated[frozenset[str], _Choice("student type", student_types)]
Statuses = Annotated[frozenset[str], _Choice("student status", student_statuses)]


class Application(BaseModel):
    """One application and its policy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    summary: str = Field(default="", description="what the application is")
    certificate: Path | None = Field(
        default=None, description="file of its own certificate, relative to this file; else one is issued to it"
    )
    locations: Locations = Field(description="campuses of the agreement, or all")
    types: Types = Field(description="student types, or all")
    statuses: Statuses = Field(description="student statuses, or all")
    dates: bool = Field(description="whether the day must lie within the eligibility dates")
    any_n_blocks: bool = Field(default=False, description="one release flag N says no for all campuses")
    tri_state: bool = Field(default=False, description="tell whether a determination was made; reveals the flag")
    queries_per_minute: int = Field(default=600, ge=1, le=1_000_000, description="more are answered with 429")

    @cached_property
    def version(self) -> str:
        """Twelve digits that differ whenever the conditions do; they stand in the audit log."""
        conditions = self.model_dump(mode="json", exclude={"summary", "certificate", "queries_per_minute"})
        return hashlib.sha256(json.dumps(conditions, sort_keys=True).encode()).hexdigest()[:12]


class Policies(BaseModel):
    """The policy file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    test_mode: bool = Field(default=False, description="allow asof in questions, and tri_state in policies")
    net_id_from: tuple[str, ...] = Field(
        default=("UID", "serialNumber", NET_ID_OID),
        min_length=1,
        description="where a student's certificate holds the Net ID; the first that is there counts",
    )
    applications: dict[str, Application] = Field(default={}, description="the applications by name")

    @model_validator(mode="after")
    def _possible(self) -> "Policies":
        wrong = [
            Finding(
                ("applications", name),
                f"{quoted(name)} cannot name an application; use up to 64 letters, digits, dots, hyphens and "
                "underscores",
                at_key=True,
            )
            for name in self.applications
            if not _NAME.fullmatch(name)
        ]
        wrong += [
            Finding(
                ("net_id_from", number),
                f"a certificate has no place {quoted(place)}{suggestion(place, PLACES)}; expected "
                f"{', '.join(PLACES)} or an object identifier such as {NET_ID_OID}",
            )
            for number, place in enumerate(self.net_id_from)
            if place not in PLACES and not _OID.fullmatch(place)
        ]
        wrong += [
            Finding(
                ("applications", name, "tri_state"),
                "tri_state tells an application who has the release flag N: it needs test_mode: true",
            )
            for name, application in self.applications.items()
            if application.tri_state and not self.test_mode
        ]
        if wrong:
            reject(wrong)
        return self


def load_policies(path: Path) -> Policies:
    """Read a policy file.

    Raises:
        YamlError: what is wrong, with file, line and column of each problem.

    """
    from pydantic import ValidationError

    document = load_file(path)
    content = {} if document.value is None else document.value
    try:
        policies = Policies.model_validate(content)
    except ValidationError as error:
        raise YamlError(explain(error, document, Policies)) from error
    return policies


def policies_schema() -> dict[str, Any]:
    """Return the JSON Schema of policy files, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Policies.model_json_schema()}
