"""Who is asking: the organizations that the presented certificate is registered for, and the official named."""

from dataclasses import dataclass

from sevis_sim.domain.organizations import LOGIN_DAYS, Organization
from sevis_sim.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Caller:
    """A client whose certificate was accepted."""

    fingerprint: str
    organizations: frozenset[str]
    """OrgIDs that the certificate is registered for."""
    life: int = 0
    """Which life of the sandbox it was accepted in."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused: the disposition code and, for the journal, the reason and the remedy in words."""

    code: str
    reason: str
    remedy: str


async def check_identity(sandbox: Sandbox, caller: Caller, org_id: str, user_id: str) -> Refusal | None:
    """Return S0002 or S0003 unless a request may speak for this organization and this official of it."""
    found = await _find_organization(sandbox, caller, org_id)
    return _check_official(sandbox, found, user_id) if isinstance(found, Organization) else found


async def _find_organization(sandbox: Sandbox, caller: Caller, org_id: str) -> Organization | Refusal:
    """Return the organization a request speaks for, or S0002 (reference error-codes S0002)."""
    organization = await sandbox.organization(org_id)
    if organization is None:
        return Refusal(
            "S0002",
            f"no organization {org_id!r} exists in this simulator",
            "Correct orgid, or add the organization to the scenario.",
        )
    if org_id not in caller.organizations:
        covered = ", ".join(sorted(caller.organizations)) or "none"
        return Refusal(
            "S0002",
            f"the client certificate is not registered for {org_id}; it is registered for: {covered}",
            f"Register the certificate for {org_id}, or send the request with the certificate of that organization.",
        )
    if not organization.active:
        return Refusal(
            "S0002",
            f"{org_id} is not active in SEVIS",
            f"Make the organization active: in the scenario, or sevis-sim org activate {org_id}.",
        )
    return organization


def _check_official(sandbox: Sandbox, organization: Organization, user_id: str) -> Refusal | None:
    """Return S0003 unless the user is an active official of the organization (reference error-codes S0003).

    With the switch ``rti_login_lock`` a user who has not logged in to RTI for 45 days is none.
    """
    if sandbox.switches.rti_login_lock:
        official = organization.official(user_id)
        if official is not None and official.locked(sandbox.today()):
            return Refusal(
                "S0003",
                f"user {user_id!r} last logged in to RTI on {official.last_login}, {LOGIN_DAYS} days ago or more",
                f"Log in to RTI: sevis-sim user login {organization.id} {user_id}.",
            )
    if organization.official(user_id) is not None:
        return None
    inactive = any(o.id == user_id for o in organization.officials)
    known = ", ".join(o.id for o in organization.officials if o.active) or "none"
    reason = (
        f"user {user_id!r} is deactivated"
        if inactive
        else f"user {user_id!r} is not an official of {organization.id}; its active users are: {known}"
    )
    return Refusal("S0003", reason, "Send the user ID of an active official; user IDs are case sensitive.")
