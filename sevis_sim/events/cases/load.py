"""From the YAML files to cases, or to errors that name file, line and column."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Annotated, Any, cast, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from sevis_sim.domain.facts import facts
from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.readings import Switches
from sevis_sim.events.cases.model import GONE, Before, Changes, RuleCase
from sevis_sim.yamlfile import Document, Problem, Step, YamlError, explain, load_file, suggestion

_FOLDERS = ("student", "exchange_visitor")
_PREFIXES = frozenset({"record", "stored", "level", "dependent", "site", "fact", "organization", "switch"})


class CasesError(Exception):
    """A file of cases that cannot be used: one line for each thing that is wrong."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


def _laid_over(given: Any) -> Any:
    if isinstance(given, list) and all(isinstance(each, dict) for each in given):
        return {key: new for each in given for key, new in each.items()}
    return given


_Changes = Annotated[dict[str, Any], BeforeValidator(_laid_over)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _BeforeEntry(_Model):
    event: str = ""
    sends: _Changes = Field(default_factory=dict)
    today: str | None = None
    changes: _Changes = Field(default_factory=dict)


class _CaseEntry(_Model):
    code: str
    event: str | None = None
    base: str | None = None
    given: _Changes = Field(default_factory=dict)
    before: tuple[_BeforeEntry, ...] = ()
    sends: _Changes = Field(default_factory=dict)
    breaks: _Changes = Field(default_factory=dict)
    near: _Changes = Field(default_factory=dict)
    says: str = ""


class _GroupEntry(_Model):
    event: str = ""
    base: str | None = None
    given: _Changes = Field(default_factory=dict)
    before: tuple[_BeforeEntry, ...] = ()
    sends: _Changes = Field(default_factory=dict)
    cases: tuple[_CaseEntry, ...]


_File = tuple[_GroupEntry, ...]


@functools.cache
def cases() -> tuple[RuleCase, ...]:
    """Return the shipped cases of all codes, those of students first, in the order of the files.

    Raises:
        CasesError: a file is no list of cases.

    """
    here = Path(__file__).parent
    return tuple(case for folder in _FOLDERS for path in sorted((here / folder).glob("*.yaml")) for case in load(path))


def load(path: Path) -> list[RuleCase]:
    """Read one file of cases.

    Raises:
        CasesError: it is no list of cases; one line for each thing that is wrong, with its place.

    """
    try:
        document = load_file(path)
        groups = TypeAdapter(_File).validate_python(document.value)
    except YamlError as error:
        raise CasesError(error.problems) from error
    except ValidationError as error:
        raise CasesError(explain(error, document, cast("type[BaseModel]", _File))) from error
    return [
        _case(document, group, each, (number, "cases", order))
        for number, group in enumerate(groups)
        for order, each in enumerate(group.cases)
    ]


def _case(document: Document, group: _GroupEntry, entry: _CaseEntry, path: tuple[Step, ...]) -> RuleCase:
    base = entry.base or group.base
    if base is None:
        raise _wrong(document, path, "neither the case nor its group has the key 'base'")
    try:
        return RuleCase(
            code=entry.code,
            base=base,
            breaks=_changes(entry.breaks),
            near=_changes(entry.near),
            given=_changes(group.given | entry.given),
            event=group.event if entry.event is None else entry.event,
            sends=_node(group.sends | entry.sends),
            before=tuple(map(_before, (*group.before, *entry.before))),
            says=entry.says,
            place=f"{Path(document.name).name}:{document.position(path).line}",
        )
    except ValueError as error:
        raise _wrong(document, path, str(error)) from error


def _before(entry: _BeforeEntry) -> Before:
    if bool(entry.event) == bool(entry.changes):
        raise ValueError("an entry of 'before' needs one of the keys 'event' and 'changes'")
    today = {} if entry.today is None else {"today": entry.today}
    return Before(entry.event, _node(entry.sends), _changes(entry.changes | today))


def _wrong(document: Document, path: tuple[Step, ...], message: str) -> CasesError:
    return CasesError([Problem(document.name, document.position(path), "", message)])


def _changes(given: Mapping[str, Any]) -> Changes:
    """Turn the texts of a file into the values that are meant.

    Raises:
        ValueError: a key or a value is none that a case may have.

    """
    return {key: _value(key, new) for key, new in given.items()}


def _value(key: str, new: Any) -> Any:
    prefix, colon, name = key.partition(":")
    if colon:
        if prefix.split(" ")[0] not in _PREFIXES:
            raise ValueError(f"unknown prefix {prefix!r}{suggestion(prefix, sorted(_PREFIXES))} in {key!r}")
        if prefix in ("organization", "switch"):
            return _field(Organization if prefix == "organization" else Switches, name, new)
        owner, _, fact = key.rpartition("fact:")
        if fact != key and owner.partition(" ")[0] in ("", "dependent"):
            return GONE if new is None else _fact(fact, new)
    elif key == "today":
        return date.fromisoformat(new)
    elif key in ("known", "earlier"):
        return tuple(new) if isinstance(new, list) else (new,)
    elif key == "organization" and new not in ("school", "sponsor"):
        raise ValueError(f"organization: {new!r}; expected school or sponsor")
    return GONE if new is None else _node(new)


def _field(model: type, name: str, new: Any) -> Any:
    hints = get_type_hints(model)
    known = [each.name for each in fields(model)]
    if name not in known:
        raise ValueError(f"{model.__name__} has no field {name!r}{suggestion(name, known)}")
    return TypeAdapter(hints[name]).validate_python(new)


def _fact(name: str, new: Any) -> bool | str:
    if name not in facts():
        raise ValueError(f"unknown fact {name!r}{suggestion(name, facts())}")
    return facts()[name].read(new)


def _node(new: Any) -> Any:
    """Return what is sent; an element that is written as nothing is blank."""
    if isinstance(new, Mapping):
        return {name: _node(inner) for name, inner in new.items()}
    if isinstance(new, list):
        return [_node(inner) for inner in new]
    return "" if new is None else new
