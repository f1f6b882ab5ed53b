"""Schools and sponsors of a sandbox, each with its officials as one JSON object."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_args, get_origin

from sqlalchemy import Connection, bindparam, delete, select

from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.store.columns import from_json
from sevis_sim.store.dialect import Dialect
from sevis_sim.store.repository import Repository
from sevis_sim.store.tables import organizations

_GET = select(organizations.c.facts).where(
    organizations.c.sandbox == bindparam("sandbox"), organizations.c.org_id == bindparam("org_id")
)


class Organizations(Repository):
    """Organizations by sandbox and OrgID."""

    def __init__(self, connection: Connection, dialect: Dialect, change: Callable[[], None]) -> None:
        """Prepare; ``change`` is called by whatever changes an organization."""
        super().__init__(connection, dialect)
        self._change = change

    def put(self, sandbox: str, organization: Organization) -> None:
        """Keep an organization in place of the one with the same OrgID; its certificates stay registered."""
        self._change()
        row = {"sandbox": sandbox, "org_id": organization.id, "facts": _to_plain(organization)}
        self._dialect.run(self._connection, self._dialect.upsert(organizations), row)

    def get(self, sandbox: str, org_id: str) -> Organization | None:
        """Return the organization with this OrgID, or None."""
        row = self._dialect.run(self._connection, _GET, {"sandbox": sandbox, "org_id": org_id}).fetchone()
        return None if row is None else _organization(from_json(row[0]))

    def list(self, sandbox: str) -> list[Organization]:
        """Return all organizations of a sandbox by OrgID."""
        query = select(organizations.c.facts).where(organizations.c.sandbox == sandbox)
        return [
            _organization(facts) for facts in self._connection.execute(query.order_by(organizations.c.org_id)).scalars()
        ]

    def delete(self, sandbox: str, org_id: str) -> bool:
        """Delete an organization and what is registered for it; False where there was none."""
        self._change()
        statement = delete(organizations).where(organizations.c.sandbox == sandbox, organizations.c.org_id == org_id)
        return self._connection.execute(statement).rowcount > 0


def _to_plain(noun: Organization | Official) -> dict[str, Any]:
    plain = {field.name: getattr(noun, field.name) for field in fields(noun)}
    for name, value in plain.items():
        if isinstance(value, frozenset):
            plain[name] = sorted(value)
        elif name == "officials":
            plain[name] = [_to_plain(official) for official in value]
    return plain


def _organization(facts: dict[str, Any]) -> Organization:
    values = _known(Organization, facts)
    values["officials"] = tuple(Official(**_known(Official, official)) for official in facts["officials"])
    return Organization(**values)


def _known(noun: type[Organization] | type[Official], facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that the noun has fields for, in the types it declares: JSON knows neither sets nor tuples."""
    values: dict[str, Any] = {}
    for field in fields(noun):
        if field.name in facts:
            value = facts[field.name]
            if isinstance(value, list):
                kinds = {get_origin(kind) for kind in (field.type, *get_args(field.type))}
                value = frozenset(value) if frozenset in kinds else tuple(value)
            values[field.name] = value
    return values
