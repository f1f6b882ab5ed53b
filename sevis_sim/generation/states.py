"""Writes what SEVIS knows as a scenario: the state file of ``check --state``, the world of ``serve --scenario``."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sevis_sim.domain.document import Node
from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.domain.records import INITIAL, Dependent, Record, Site

_PLAIN = re.compile(r"[A-Za-z0-9_.+][A-Za-z0-9_.+@/' -]*(?::[A-Za-z0-9_.+@/-]+)*")
_NOTHING = frozenset({"~", "null", ""})
_WIDTH = 120
_SETS = ("visas", "levels", "categories", "occupations")


def scenario(
    name: str,
    summary: str,
    clock: str,
    organizations: Iterable[Organization],
    records: Iterable[Record],
    **more: Any,
) -> str:
    """Return a scenario as YAML.

    Args:
        name: its short name.
        summary: what it shows.
        clock: an instant; the clock stands still there.
        organizations: schools and sponsors.
        records: what SEVIS knows.
        more: further keys of a scenario, such as ``outcomes`` or ``steps``.

    """
    known = [record_entry(each) for each in records]
    content: dict[str, Any] = {"scenario": name, "summary": summary, "clock": clock}
    content["organizations"] = [organization_entry(each) for each in organizations]
    if known:
        content["records"] = known
    return "\n".join(_lines(content | more)) + "\n"


def organization_entry(organization: Organization) -> dict[str, Any]:
    """Return an organization as scenarios write it; what is the default is left out."""
    entry: dict[str, Any] = {"id": organization.id}
    plain = Organization(organization.id, organization.kind)
    for field in fields(Organization):
        value = getattr(organization, field.name)
        if field.name in ("id", "kind", "officials") or value == getattr(plain, field.name):
            continue
        entry[field.name] = sorted(value) if field.name in _SETS else list(value) if isinstance(value, tuple) else value
    entry["users"] = [_user(each) for each in organization.officials]
    return entry


def _user(official: Official) -> dict[str, Any]:
    """Return an official as scenarios write it; what is the default is left out."""
    plain = Official(official.id, official.role)
    given = {field.name: getattr(official, field.name) for field in fields(Official)}
    return {name: value for name, value in given.items() if name in ("id", "role") or value != getattr(plain, name)}


def record_entry(record: Record) -> dict[str, Any]:
    """Return a record as scenarios write it. Its history is left out: no scenario tells of one."""
    entry: dict[str, Any] = {"sevisID": record.sevis_id, "org": record.org_id, "status": record.status}
    entry |= record.data
    if record.dependents:
        entry["Dependents"] = [_dependent(each) for each in record.dependents]
    # A further level that was closed again is left out: scenarios take what is closed for what came before.
    levels = [each for each in record.levels if each.number < record.level or each.status == INITIAL]
    if levels:
        entry["Levels"] = [{"status": each.status} | each.data for each in levels]
    if record.sites:
        entry["Sites"] = [_site(each) for each in record.sites]
    return entry | ({"facts": record.facts} if record.facts else {})


def _dependent(dependent: Dependent) -> Node:
    entry: Node = {"sevisID": dependent.sevis_id, "status": dependent.status} | dependent.data
    return entry | ({"facts": dependent.facts} if dependent.facts else {})


def _site(site: Site) -> Node:
    data = dict(site.data)
    kind = data.pop("@type", "TIPP" if "TippPhase" in data else "SOA")
    return {"siteID": site.site_id, "type": kind} | data


def _lines(node: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Yield a mapping as YAML: on one line what fits there, else one line for each key."""
    for name, value in node.items():
        line = f"{indent}{_scalar(name)}: {flow(value)}"
        deep = indent == "" and isinstance(value, (dict, list)) and value and not _is_flat(value)
        if len(line) <= _WIDTH and not deep:
            yield line
        elif isinstance(value, dict) and value:
            yield f"{indent}{_scalar(name)}:"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list) and value:
            yield f"{indent}{_scalar(name)}:"
            yield from _items(value, indent + "  ")
        else:
            yield line


def _items(items: Sequence[Any], indent: str) -> Iterator[str]:
    for item in items:
        line = f"{indent}- {flow(item)}"
        if len(line) <= _WIDTH or not isinstance(item, dict):
            yield line
        else:
            first, *rest = _lines(item, indent + "  ")
            yield f"{indent}- {first.strip()}"
            yield from rest


def _is_flat(value: Any) -> bool:
    """Tell whether a value has no mapping in it, so that it reads well on one line."""
    inner = value.values() if isinstance(value, dict) else value
    return not any(isinstance(each, (dict, list)) for each in inner)


def flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(name)}: {flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if text not in _NOTHING and text == text.strip() and _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
