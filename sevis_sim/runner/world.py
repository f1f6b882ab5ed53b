"""One sandbox as the steps of a scenario see it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from sevis_sim.client import ControlClient, ControlError
from sevis_sim.clock import InstantError
from sevis_sim.control.requests import OpenListener
from sevis_sim.domain.organizations import Organization
from sevis_sim.domain.records import Record
from sevis_sim.domain.submissions import Batch
from sevis_sim.domain.systems import SYSTEMS
from sevis_sim.pki import Identity
from sevis_sim.results import ParsedLog, ParsedRecord, read_log
from sevis_sim.runner.errors import PlayError
from sevis_sim.scenarios import Scenario
from sevis_sim.scenarios.relative import spoken_duration
from sevis_sim.scenarios.steps import CertificateStep, OrganizationStep, RecordStep
from sevis_sim.simulator import Simulator
from sevis_sim.simulator.open_sandbox import OpenSandbox
from sevis_sim.store import StoreError, Transaction
from sevis_sim.timeline import Served, TimelineError
from sevis_sim.timeline.outside import OutsideError

T = TypeVar("T")

OWN, NONE = "own", "none"
"""Names of certificates that no step has to issue: the organization's own, and to present none."""


class World:
    """A sandbox, its organizations' certificates, and everything that happens in it beside the client."""

    def __init__(self, sim: Simulator, box: OpenSandbox, scenario: Scenario) -> None:
        self.sim = sim
        self.box = box
        self.scenario = scenario
        self.identities: dict[str, Identity] = {}
        """Certificates that steps have issued, by their names."""
        self._ids: dict[tuple[str, str], str] = {}
        """SEVIS IDs of ``BATCH/REQUESTID`` that were asked for, by system: results are not kept for ever."""
        self._listener: OpenListener | None = None
        self._control = ControlClient(sim.control_url, sim.settings.control_token, box.name)

    async def open(self) -> None:
        """Open a TLS port for this sandbox alone, so that handshakes that die there are in its journal, too."""
        self._listener = await self.sim.open_listener(sandbox=self.box.name)

    async def close(self) -> None:
        """Close the port and the connection to the controls."""
        await self._control.close()
        if self._listener is not None:
            await self.sim.close_listener(self._listener)

    def upload_url(self, system: str) -> str:
        """Return where batches are uploaded."""
        return self.sim.upload_url(system, port=self._listener.port if self._listener else None)

    def download_url(self, system: str) -> str:
        """Return where results are downloaded."""
        return self.sim.download_url(system, port=self._listener.port if self._listener else None)

    @property
    def served(self) -> Served:
        """The sandbox with its timeline."""
        found = self.sim.tenants.served(self.box.name)
        if found is None:
            raise PlayError(f"the sandbox {self.box.name} is gone")
        return found

    def now(self) -> datetime:
        """Return the simulated time."""
        return self.served.sandbox.now()

    def local(self, instant: datetime) -> str:
        """Return an instant as Eastern people write it."""
        return f"{self.served.sandbox.calendar.local(instant):%a %Y-%m-%d %H:%M:%S}"

    async def organizations(self) -> list[Organization]:
        """Return the organizations, those of the scenario first and in its order."""
        rows = {o.id: o for o in await self._read(lambda tx: tx.organizations.list(self.box.name))}
        order = [entry.id for entry in self.scenario.organizations]
        return [rows[each] for each in order if each in rows] + [o for o in rows.values() if o.id not in order]

    def identity(self, name: str, org_id: str) -> Identity | None:
        """Return the certificate that a client presents for an organization; None to present none."""
        if name == NONE:
            return None
        if name != OWN:
            if name not in self.identities:
                known = ", ".join((*self.identities, OWN, NONE))
                raise PlayError(f"no step before has issued a certificate {name!r}; known: {known}")
            return self.identities[name]
        party = next((each for each in self.box.parties if each.org_id == org_id), None)
        if party is not None:
            return party.identity
        alone = {entry.id: entry.certificate for entry in self.scenario.organizations}
        if alone.get(org_id) == NONE or not self.box.parties:
            return None
        return self.box.parties[0].identity

    async def advance(self, to: str, system: str) -> list[str]:
        """Move time forward; returns what happened, in words."""
        try:
            moved = await self.served.timeline.advance(spoken_duration(to), SYSTEMS[system])
        except (TimelineError, InstantError) as error:
            raise PlayError(str(error)) from error
        return [happening.summary for happening in moved]

    async def set_clock(self, to: str, system: str) -> list[str]:
        """Set the time."""
        try:
            moved = await self.served.timeline.set(spoken_duration(to), SYSTEMS[system])
        except (TimelineError, InstantError) as error:
            raise PlayError(str(error)) from error
        return [happening.summary for happening in moved]

    async def wait_for(self, batch_id: str, org: str | None, system: str) -> list[str]:
        """Move time to the instant from which a result can be downloaded."""
        batch = await self.batch(batch_id, org, system)
        if batch is None:
            raise PlayError(f"SEVIS has no batch {batch_id} to wait for")
        if batch.available <= self.now():
            return []
        return [each.summary for each in await self.served.timeline.advance(batch.available)]

    async def snapshot(self, name: str) -> None:
        """Keep the world under a name."""
        try:
            await self.sim.tenants.take_snapshot(self.box.name, name)
        except StoreError as error:
            raise PlayError(str(error)) from error

    async def restore(self, name: str) -> None:
        """Put the world back."""
        self._ids.clear()
        try:
            await self.sim.tenants.restore(self.box.name, name)
        except StoreError as error:
            raise PlayError(str(error)) from error

    async def add_fault(self, entry: Mapping[str, Any]) -> str:
        """Let something go wrong from now on; returns the names of the faults."""
        from sevis_sim.faults import FaultError
        from sevis_sim.sandbox.mischief import add_faults

        try:
            return ", ".join(fault.name for fault in await add_faults(self.served.sandbox, entry))
        except FaultError as error:
            raise PlayError(str(error)) from error

    async def clear_fault(self, name: str) -> str:
        """End a fault, or ``all``."""
        from sevis_sim.faults import FaultError
        from sevis_sim.sandbox.mischief import clear_faults

        try:
            gone = await clear_faults(self.served.sandbox, None if name == "all" else name)
        except FaultError as error:
            raise PlayError(str(error)) from error
        return ", ".join(fault.name for fault in gone)

    async def certificate(self, step: CertificateStep) -> str:
        """Issue, register or revoke a certificate; returns what came of it. A refusal of RTI is ``refused: …``."""
        org = step.org or self.scenario.organizations[0].id
        try:
            if step.issue is not None:
                return await self._issue(step, org)
            if step.revoke is not None:
                found = self._named(step.revoke)
                await self._control.post(f"certificates/{found.fingerprint}/revoke")
                return f"{step.revoke} revoked"
            found = self._named(step.register_ or "")
            body = {"certificate": found.certificate_pem.decode("ascii"), "organization": org}
            await self._control.post("certificates", body)
        except ControlError as error:
            if error.status is not None and 400 <= error.status < 500:
                return f"refused: {error}"
            raise PlayError(str(error)) from error
        return f"{step.register_} registered for {org}"

    async def _issue(self, step: CertificateStep, org: str) -> str:
        body: dict[str, Any] = {"profile": step.issue, "organizations": [org], "name": step.name}
        if step.key:
            body["key"] = step.key
        issued = await self._control.post("certificates/issue", body)
        name = step.name or "client"
        self.identities[name] = Identity(name, issued["chain"].encode(), issued["key"].encode())
        return f"{step.issue} certificate {name} for {org}"

    def _named(self, name: str) -> Identity:
        found = self.identity(name if name in self.identities else OWN, name)
        if found is None:
            raise PlayError(f"there is no certificate {name!r}")
        return found

    async def outside(self, step: RecordStep, system: str) -> str:
        """Play the outside world to a record; returns what came of it."""
        sevis_id = await self.sevis_id(step.sevis_id, system)
        world = self.box.records
        try:
            if step.tell:
                record = await world.tell(sevis_id, system, **{name: _fact(told) for name, told in step.tell.items()})
            elif step.decide:
                record = await world.decide(
                    sevis_id,
                    step.decide,
                    step.decision or "",
                    on=_day(step.on),
                    start=_day(step.start),
                    end=_day(step.end),
                    system=system,
                )
            else:
                record = await world.correct(sevis_id, step.correct or "", step.reason, system=system)
        except (OutsideError, StoreError, ValueError) as error:
            raise PlayError(str(error)) from error
        return f"{record.sevis_id} {record.status}"

    async def organization(self, step: OrganizationStep) -> str:
        """End a school or program, or have it return."""
        try:
            if step.active:
                await self.box.records.activate(step.id)
            else:
                await self.box.records.withdraw(step.id, end_records=step.end_records)
        except (OutsideError, StoreError) as error:
            raise PlayError(str(error)) from error
        return f"{step.id} is {'active' if step.active else 'withdrawn or ended'}"

    async def batch(self, batch_id: str, org: str | None, system: str) -> Batch | None:
        """Return a batch that SEVIS accepted; None if there is none."""
        name = self.box.name
        rows = await self._read(lambda tx: tx.batches.list(name, system, org, batch_id))
        return rows[0] if rows else None

    async def log(self, batch: Batch) -> ParsedLog | None:
        """Return the log of a batch's result as SEVIS keeps it; None where there is none."""
        content = await self._read(lambda tx: tx.batches.log(batch.key))
        return None if content is None else read_log(content)

    async def archive(self, batch: Batch) -> bytes | None:
        """Return the zip of a batch's result as SEVIS keeps it; None where there is none."""
        return await self._read(lambda tx: tx.batches.archive(batch.key))

    async def record(self, named: str, system: str) -> Record | None:
        """Return the record of a SEVIS ID, or of ``BATCH/REQUESTID``; None if there is none."""
        try:
            sevis_id = await self.sevis_id(named, system)
        except PlayError:
            return None
        return await self.box.records.get(sevis_id, system)

    async def sevis_id(self, named: str, system: str) -> str:
        """Return the SEVIS ID that a text names.

        Raises:
            PlayError: it is ``BATCH/REQUESTID`` and SEVIS gave none for that.

        """
        batch_id, separator, request_id = named.partition("/")
        if not separator:
            return named
        if (system, named) in self._ids:
            return self._ids[system, named]
        batch = await self.batch(batch_id, None, system)
        log = await self.log(batch) if batch else None
        if log is None:
            raise PlayError(f"the batch {batch_id} has no result that could name the SEVIS ID of {request_id}")
        found: ParsedRecord | None = next((each for each in log.records if each.request_id == request_id), None)
        if found is None or not found.sevis_id:
            raise PlayError(f"the result of {batch_id} gives no SEVIS ID for {request_id}")
        self._ids[system, named] = found.sevis_id
        return found.sevis_id

    async def why(self, action: str) -> str:
        """Return why the last request of a kind was answered as it was, as the journal says; empty if it does not."""
        kind = f"{action}.answered"
        entries = await self.sim.journal.query(self.box.name, kind, newest_first=True, limit=1)
        if not entries:
            return ""
        detail = entries[0].detail
        violations = [f"line {each['line']}: {each['message']}" for each in detail.get("violations", ())]
        told = "; ".join(filter(None, (str(detail.get("reason", "")), *violations[:2])))
        return f" ({told})" if told else ""

    async def _read(self, work: Callable[[Transaction], T]) -> T:
        return await self.sim.store.read(work)


def _fact(value: object) -> bool | str | date | None:
    return value if value is None or isinstance(value, bool) else str(value)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
