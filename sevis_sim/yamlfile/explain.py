"""The errors of a pydantic model as problems with a place, what stands there, and what was expected."""

import dataclasses
import re
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Any, NoReturn

from sevis_sim.yamlfile.document import Document, Step, path_text
from sevis_sim.yamlfile.problems import Problem, nearest, quoted, suggestion

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic.fields import FieldInfo

_EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dataclass_type": "a mapping (key: value)",
    "date_from_datetime_parsing": "a day such as 2026-03-06",
    "date_parsing": "a day such as 2026-03-06",
    "date_type": "a day such as 2026-03-06",
    "dict_type": "a mapping (key: value)",
    "float_parsing": "a number",
    "float_type": "a number",
    "frozen_set_type": "a list",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "list_type": "a list",
    "model_attributes_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "path_type": "the path of a file or folder",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
    "string_type": "a text",
    "too_long": "at most {max_length} entries",
    "too_short": "at least {min_length} entries",
    "tuple_type": "a list",
}
_WORDS = re.compile(r"'([^']*)'")
_CUSTOM = "problems"
_KEY = "[key]"
"""What pydantic puts at the end of a path where the key of a mapping is wrong, not its value."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a validator of ours found wrong below the value that it looked at."""

    path: tuple[Step, ...]
    message: str
    at_key: bool = False
    """Whether the key is what is wrong; else it is the value."""


def reject(findings: Sequence[Finding]) -> NoReturn:
    """Raise, in a pydantic validator, an error that `explain` gives the exact places of."""
    from pydantic_core import PydanticCustomError

    lines = [f"{path_text(found.path)}: {found.message}" if found.path else found.message for found in findings]
    raise PydanticCustomError(_CUSTOM, "{text}", {"text": "; ".join(lines), _CUSTOM: tuple(findings)})


def explain(error: "ValidationError", document: Document, model: "type[BaseModel]") -> list[Problem]:
    """Return what is wrong in a document, in the order of the file.

    Args:
        error: what validating ``document.value`` raised.
        document: the file that was validated.
        model: the model it was validated with; says which keys are known.

    """
    problems = [
        _problem(document, found) for detail in error.errors(include_url=False) for found in findings(detail, model)
    ]
    return sorted(problems, key=lambda problem: problem.position)


def _problem(document: Document, found: Finding) -> Problem:
    known = found.path[: document.depth(found.path)]
    position = document.key_position(known) if found.at_key else document.position(known)
    return Problem(document.file(known), position, path_text(known), found.message)


def findings(detail: Mapping[str, Any], model: "type[BaseModel]") -> Iterator[Finding]:
    """Yield what one entry of ``ValidationError.errors()`` says, in our words."""
    path: tuple[Step, ...] = tuple(detail["loc"])
    kind: str = detail["type"]
    context: Mapping[str, Any] = detail.get("ctx", {})
    at_key = bool(path) and path[-1] == _KEY
    if at_key:
        path = path[:-1]
    if kind == _CUSTOM:
        for found in context[_CUSTOM]:
            yield Finding((*path, *found.path), found.message, found.at_key)
    elif kind in ("extra_forbidden", "unexpected_keyword_argument"):
        known = list(_keys(model, path[:-1]))
        hint = suggestion(str(path[-1]), known) or f"; known keys: {', '.join(known)}"
        yield Finding(path, f"unknown key {quoted(path[-1])}{hint}", at_key=True)
    elif kind == "missing":
        yield Finding(path, _missing(str(path[-1]), _keys(model, path[:-1]), detail["input"]))
    elif kind == "string_pattern_mismatch":
        key = _keys(model, path[:-1]).get(str(path[-1])) if path else None
        wanted = f", such as {key.example}" if key is not None and key.example else ""
        yield Finding(path, f"{quoted(detail['input'])} stands here; expected another form{wanted}")
    else:
        yield Finding(path, _message(kind, detail, context), at_key)


def _missing(name: str, known: "Mapping[str, _Key]", found: Any) -> str:
    meaning = known[name].description if name in known else None
    strangers = [str(key) for key in found if key not in known] if isinstance(found, Mapping) else []
    hint = f" (is it {near!r}?)" if (near := nearest(name, strangers)) else ""
    return f"the key {quoted(name)} is missing{hint}" + (f": {meaning}" if meaning else "")


def _message(kind: str, detail: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    found = detail["input"]
    if kind in ("literal_error", "enum"):
        choices = _WORDS.findall(str(context["expected"])) or [str(context["expected"])]
        hint = suggestion(found, choices) if isinstance(found, str) else ""
        wrong = f"{quoted(found)} is not allowed here" if isinstance(found, str) else f"{quoted(found)} stands here"
        return f"{wrong}{hint}; expected {_one_of(choices)}"
    if kind == "value_error":
        return str(context["error"])
    if kind in _EXPECTED:
        return f"{quoted(found)} stands here; expected {_EXPECTED[kind].format(**context)}"
    return f"{quoted(found)} stands here: {detail['msg']}"


def _one_of(choices: Sequence[str]) -> str:
    if len(choices) == 1:
        return choices[0]
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


@dataclass(frozen=True, slots=True)
class _Key:
    """A key that a model knows."""

    annotation: Any
    description: str | None = None
    example: Any = None


def _keys(model: "type[BaseModel]", path: Sequence[Step]) -> dict[str, _Key]:
    """Return the keys, as files write them, that are known at a path below a model."""
    found: dict[str, _Key] | None = _known(model)
    annotation: Any = model
    for step in path:
        if found is not None:
            annotation = found[str(step)].annotation if str(step) in found else None
        else:
            annotation = _item(annotation)
        found = _search(annotation, _known)
    return found or {}


def _known(model: Any) -> dict[str, _Key] | None:
    """Return the keys of a model or dataclass; None for anything else, collections of them too."""
    fields: Mapping[str, FieldInfo] | None = getattr(model, "model_fields", None)
    if fields is not None:
        return {
            field.alias or name: _Key(field.annotation, field.description, next(iter(field.examples or ()), None))
            for name, field in fields.items()
        }
    if isinstance(model, type) and dataclasses.is_dataclass(model):
        hints = typing.get_type_hints(model)
        return {field.name: _Key(hints[field.name]) for field in dataclasses.fields(model)}
    return None


def _item(annotation: Any) -> Any:
    """Return what a list, tuple or mapping holds."""
    return _search(annotation, _held)


def _held(annotation: Any) -> Any:
    origin = typing.get_origin(annotation)
    if not isinstance(origin, type) or origin is UnionType:
        return None
    held = [each for each in typing.get_args(annotation) if each is not Ellipsis]
    return held[-1] if held else None


def _search(annotation: Any, wanted: Callable[[Any], Any]) -> Any:
    """Return the first wanted thing among the alternatives of an annotation."""
    found = wanted(annotation)
    if found is not None:
        return found
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _search(typing.get_args(annotation)[0], wanted)
    if origin in (typing.Union, UnionType):
        return next((f for each in typing.get_args(annotation) if (f := _search(each, wanted)) is not None), None)
    return None
