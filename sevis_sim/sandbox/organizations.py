"""The organizations of a sandbox at hand: every request asks for one, and hardly anything ever changes one."""

from sevis_sim.domain.organizations import Organization
from sevis_sim.store import Store

_MOST = 1024


class Organizations:
    """What the store said of OrgIDs, also of those that are none; remembered until an organization is changed."""

    def __init__(self) -> None:
        self._generation = -1
        self._known: dict[str, Organization | None] = {}

    async def get(self, store: Store, sandbox: str, org_id: str) -> Organization | None:
        """Return the organization with this OrgID, or None."""
        generation = store.identities.number  # before the look: what changes behind it must not be forgotten
        if generation != self._generation or len(self._known) >= _MOST:
            self._generation, self._known = generation, {}
        known = self._known
        if org_id not in known:
            known[org_id] = await store.read(lambda tx: tx.organizations.get(sandbox, org_id))
        return known[org_id]
