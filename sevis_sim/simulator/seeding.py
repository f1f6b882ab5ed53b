"""Seeding a sandbox with a scenario: organizations, officials, client certificates, records that SEVIS knows already.

Seeding may be repeated (every start of a data directory does): what is there already stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sevis_sim.domain.organizations import Official, Organization
from sevis_sim.intake import make_known, settle_status
from sevis_sim.pki import CertificateAuthority, Identity, issue_by_profile, profile_named, read_certificate
from sevis_sim.sandbox import Party, Sandbox
from sevis_sim.scenarios import World
from sevis_sim.store import Transaction


@dataclass(frozen=True, slots=True)
class Seeded:
    """The organizations of a scenario and the client identity of each that has one."""

    organizations: tuple[Organization, ...]
    identities: Mapping[str, Identity]

    def parties(self, ca: bytes) -> list[Party]:
        """Return the organizations that have an identity; ``ca`` is the PEM that clients must trust."""
        return [Party(o, self.identities[o.id], ca) for o in self.organizations if o.id in self.identities]


class Seeds:
    """What a scenario puts into a sandbox: made first, then sown in a transaction."""

    def __init__(self, scenario: World, authority: CertificateAuthority, now: datetime, folder: Path | None) -> None:
        """Make identities as of ``now``, or take those in a folder: one for each kind of certificate."""
        self._scenario = scenario
        organizations = tuple(scenario.to_organizations())
        self._kinds = {o.id: o.certificate for o in scenario.organizations if o.certificate != "none"}
        self._by_kind = {kind: _identity(kind, authority, now, folder) for kind in dict.fromkeys(self._kinds.values())}
        self._facts = {kind: read_certificate(each.certificate_pem) for kind, each in self._by_kind.items()}
        self.made = Seeded(organizations, {org_id: self._by_kind[kind] for org_id, kind in self._kinds.items()})

    def sow(self, tx: Transaction, sandbox: Sandbox) -> None:
        """Put everything into a sandbox; what is there already stays as it is."""
        for organization in self.made.organizations:
            known = tx.organizations.get(sandbox.name, organization.id)
            active = organization.active if known is None else known.active  # the control API may have changed it
            officials = _logged_in(organization, known, sandbox.today().isoformat())
            tx.organizations.put(sandbox.name, replace(organization, active=active, officials=officials))
        for kind, identity in self._by_kind.items():
            mine = [org_id for org_id, its in self._kinds.items() if its == kind]
            anchor = profile_named(kind).handshake == "completes"
            make_known(tx, sandbox, self._facts[kind], identity.name, anchor=anchor)
            settle_status(tx, sandbox, self._facts[kind].fingerprint, profile_named(kind), mine)
        system, records = self._scenario.system, self._scenario.to_records()
        known_ids = tx.records.get_many(sandbox.name, system, (record.sevis_id for record in records))
        if new := [record for record in records if record.sevis_id not in known_ids]:
            from sevis_sim.processing.seeds import seed_records  # rules are loaded only where there are records

            seed_records(sandbox, tx, system, new)


async def seed_sandbox(
    sandbox: Sandbox, scenario: World, authority: CertificateAuthority, folder: Path | None
) -> Seeded:
    """Put a scenario into a sandbox, in a transaction of its own."""
    seeds = Seeds(scenario, authority, sandbox.now(), folder)
    await sandbox.store.run(lambda tx: seeds.sow(tx, sandbox))
    return seeds.made


def seeds_of(scenario: World) -> str:
    """Return a short text that is the same for scenarios that put the same into a sandbox."""
    content = scenario.model_dump_json(include={"system", "organizations", "records"})
    return sha256(content.encode("utf-8")).hexdigest()[:16]


def _logged_in(organization: Organization, known: Organization | None, today: str) -> tuple[Official, ...]:
    """Return the officials with their last log-in to RTI: the later of what was known and told, at first today."""
    before = {each.id: each.last_login for each in known.officials} if known else {}
    return tuple(
        replace(each, last_login=max(each.last_login, before.get(each.id, "")) or today)
        for each in organization.officials
    )


def _identity(kind: str, authority: CertificateAuthority, now: datetime, folder: Path | None) -> Identity:
    """Return the identity of a kind: the one in the data directory while its authority lives, else a new one."""
    name = "client" if kind == "valid" else f"client-{kind}"
    if folder is not None and (folder / f"{name}.pem").exists():
        kept = Identity.load(folder, name)
        if profile_named(kind).issuer != "ca" or authority.named_by(kept.certificate_pem):
            return kept
    identity = issue_by_profile(authority, kind, f"SEVIS test client ({kind})", now, name=name)
    if folder is not None:
        identity.write(folder)
    return identity
