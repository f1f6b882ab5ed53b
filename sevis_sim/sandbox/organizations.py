"""The organizations of a sandbox at hand: every request asks for one, and hardly anything ever changes one."""

from sevis_sim.domain.organizations import Organization
from sevis_sim.store import Store

_MOST = 1024
_LONGEST = 100
"""Characters of an OrgID that is remembered; a client that swallows half a form into it must not fill the memory."""


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
        if org_id in known:
            return known[org_id]
        found = await store.read(lambda tx: tx.organizations.get(sandbox, org_id))
        if len(org_id) <= _LONGEST:
            known[org_id] = found
        return found
