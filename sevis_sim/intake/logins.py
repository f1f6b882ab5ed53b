"""Log-ins of officials to RTI, which keep them from being locked (sevis-protocol.md §3, the 45-day rule)."""

from dataclasses import replace

from sevis_sim.domain.organizations import Organization
from sevis_sim.sandbox import Sandbox
from sevis_sim.sandbox.sandbox_events import UserLoggedIn
from sevis_sim.store import MissingReference, Transaction


async def log_in(sandbox: Sandbox, org_id: str, user_id: str) -> Organization:
    """Have an official log in to RTI today; return the organization as it is then.

    Raises:
        MissingReference: there is no such organization or user.

    """

    def work(tx: Transaction) -> Organization:
        organization = tx.organizations.get(sandbox.name, org_id)
        if organization is None:
            known = ", ".join(each.id for each in tx.organizations.list(sandbox.name)) or "none"
            raise MissingReference(f"there is no organization {org_id!r}; there are: {known}")
        if all(each.id != user_id for each in organization.officials):
            known = ", ".join(each.id for each in organization.officials) or "none"
            raise MissingReference(f"{org_id} has no user {user_id!r}; it has: {known}")
        today = sandbox.today().isoformat()
        officials = tuple(
            replace(each, last_login=today) if each.id == user_id else each for each in organization.officials
        )
        changed = replace(organization, officials=officials)
        tx.organizations.put(sandbox.name, changed)
        sandbox.note(tx, UserLoggedIn(organization=org_id, user=user_id))
        return changed

    return await sandbox.store.run(work)
