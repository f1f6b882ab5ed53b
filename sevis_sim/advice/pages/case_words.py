"""A case of a rule in a line of Markdown: what is changed in a good record."""

from collections.abc import Mapping
from typing import Any

from sevis_sim.events.cases import GONE, RuleCase

_ALONE = {"today": "processed on", "status": "the record", "known": "SEVIS knows", "earlier": "the file begins with"}
_WHOSE = {
    "record": "",
    "stored": "stored ",
    "fact": "the fact ",
    "organization": "the organization's ",
    "switch": "the setting ",
}


def example(case: RuleCase) -> str:
    """Return what breaks a rule, as changes of a good record, and what comes near."""
    broken = _changes(case.breaks) or _changes(case.given) or "as it is"
    near = _changes(case.near) or "the same without that"
    return f"{broken}; near miss: {near}"


def _changes(changes: Mapping[str, Any]) -> str:
    return ", ".join(_change(key, new) for key, new in changes.items())


def _change(key: str, new: Any) -> str:
    prefix, colon, path = key.partition(":")
    if key == "organization":
        return f"sent by the {new}"
    if key in _ALONE:
        words = " and ".join(new) if isinstance(new, tuple) else str(new)
        return f"{_ALONE[key]} {words}"
    whose, path = (_WHOSE.get(prefix, f"{prefix} "), path) if colon else ("", key)
    if new is GONE:
        return f"{whose}`{path}` left out"
    if new == "":
        return f"{whose}`{path}` blank"
    return f"{whose}`{path}`: {_value(new)}"


def _value(new: Any) -> str:
    if isinstance(new, bool):
        return str(new).lower()
    if isinstance(new, frozenset):
        return ", ".join(sorted(new)) or "none"
    if isinstance(new, Mapping):
        return "{" + ", ".join(f"{name}: {_value(inner)}" for name, inner in new.items()) + "}"
    if isinstance(new, (list, tuple)):
        return "[" + ", ".join(map(_value, new)) + "]"
    return str(new)
