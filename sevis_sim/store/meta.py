"""Small facts about the whole database, by name."""

from typing import Any

from sqlalchemy import delete, select

from sevis_sim.store.repository import Repository
from sevis_sim.store.tables import meta


class Meta(Repository):
    """Named plain values that belong to no sandbox."""

    def get(self, name: str) -> Any:
        """Return the value of this name; None where there is none."""
        return self._connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()

    def set(self, name: str, value: Any) -> None:
        """Keep a plain value (anything JSON can say) under this name, in place of an earlier one."""
        self._connection.execute(self._dialect.upsert(meta), {"name": name, "value": value})

    def delete(self, name: str) -> None:
        """Forget the value of this name, if there is one."""
        self._connection.execute(delete(meta).where(meta.c.name == name))
