"""The sandboxes that exist. All other rows but those of `meta` and the server's journal belong to one of them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Executable, Row, bindparam, delete, select, update

from sevis_sim.store.errors import DuplicateSandbox, MissingReference
from sevis_sim.store.repository import Repository
from sevis_sim.store.rows import StoredSandbox
from sevis_sim.store.tables import sandboxes

_IS_SANDBOX = sandboxes.c.snapshot_of.is_(None)
_GET = select(sandboxes).where(sandboxes.c.name == bindparam("name"), _IS_SANDBOX)
_DELETE = delete(sandboxes).where(sandboxes.c.name == bindparam("name"))
_KEEP_CLOCK = update(sandboxes).where(sandboxes.c.name == bindparam("which")).values(clock=bindparam("clock"))
_KEEP_SETTINGS = update(sandboxes).where(sandboxes.c.name == bindparam("which")).values(settings=bindparam("settings"))
_ALL = select(sandboxes).where(_IS_SANDBOX).order_by(sandboxes.c.name)


class Sandboxes(Repository):
    """Sandboxes by name."""

    def create(
        self, name: str, seed: int, clock_state: Mapping[str, Any], settings: Mapping[str, Any] | None = None
    ) -> StoredSandbox:
        """Create a sandbox. ``clock_state`` and ``settings`` are JSON objects; DuplicateSandbox where it exists."""
        sandbox = StoredSandbox(name, seed, dict(clock_state), dict(settings or {}))
        row = {
            "name": name,
            "seed": str(seed),
            "clock": sandbox.clock,
            "settings": sandbox.settings,
            "snapshot_of": None,
            "taken": None,
        }
        if self._dialect.run(self._connection, self._dialect.insert_new(sandboxes), row).rowcount == 0:
            raise DuplicateSandbox(name)
        return sandbox

    def get(self, name: str) -> StoredSandbox | None:
        """Return the sandbox of this name, or None."""
        row = self._connection.execute(_GET, {"name": name}).one_or_none()
        return None if row is None else stored_sandbox(row)

    def list(self) -> list[StoredSandbox]:
        """Return all sandboxes by name; snapshots are none."""
        return [stored_sandbox(row) for row in self._connection.execute(_ALL)]

    def delete(self, name: str) -> bool:
        """Delete a sandbox with every row that belongs to it; False where there was none."""
        return self._dialect.run(self._connection, _DELETE, {"name": name}).rowcount > 0

    def update_clock(self, name: str, state: Mapping[str, Any]) -> None:
        """Keep the state of a sandbox's clock; MissingReference where there is no such sandbox."""
        self._update(_KEEP_CLOCK, name, clock=dict(state))

    def update_settings(self, name: str, settings: Mapping[str, Any]) -> None:
        """Keep the settings of a sandbox; MissingReference where there is no such sandbox."""
        self._update(_KEEP_SETTINGS, name, settings=dict(settings))

    def _update(self, statement: Executable, name: str, **values: Any) -> None:
        if self._dialect.run(self._connection, statement, {"which": name} | values).rowcount == 0:
            raise MissingReference(f"there is no sandbox {name!r}: create it first")


def stored_sandbox(row: Row[Any]) -> StoredSandbox:
    """Return a row of the table as a value."""
    return StoredSandbox(row.name, int(row.seed), row.clock, row.settings)
