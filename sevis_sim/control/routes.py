"""The one table of the control API: what can be asked, what it takes and gives. OpenAPI and the tests read it too."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from sevis_sim.control import (
    certificates,
    clock,
    fault_models,
    faults,
    journal,
    journal_models,
    listeners,
    models,
    record_models,
    records,
    sandboxes,
    stream,
    world,
)
from sevis_sim.control.models import Model
from sevis_sim.control.requests import MAX_ROWS, Resources
from sevis_sim.domain.records import STATUSES
from sevis_sim.domain.systems import SYSTEMS

Handler = Callable[[Resources, web.Request], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of a query string."""

    name: str
    text: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """One request that the control API answers. The handler's docstring is its documentation."""

    method: Literal["GET", "PUT", "POST", "PATCH", "DELETE"]
    path: str
    """Below ``/api/v1`` and, where it is of a sandbox, below ``/api/v1/sandboxes/{sandbox}``."""
    handler: Handler
    takes: type[Model] | None = None
    gives: type[Model] | None = None
    many: bool = False
    """Whether it gives a list of these."""
    status: int = 200
    query: tuple[Query, ...] = ()
    of_sandbox: bool = True
    refusals: tuple[int, ...] = ()
    """Statuses of problems besides those that any request can meet."""
    media: tuple[str, ...] = ()
    """Content types of an answer that is no JSON."""

    @property
    def text(self) -> str:
        """What it is for."""
        return (self.handler.__doc__ or "").strip()


_SYSTEM = Query("system", "production, beta or alpha", {"type": "string", "enum": list(SYSTEMS)})
_LIMIT = Query("limit", "how many at most", {"type": "integer", "minimum": 0, "maximum": MAX_ROWS, "default": 100})
_NATURAL: Mapping[str, Any] = {"type": "integer", "minimum": 0, "default": 0}
_FLAG: Mapping[str, Any] = {"type": "boolean", "default": False}
_INSTANT: Mapping[str, Any] = {"type": "string", "format": "date-time"}
_WAIT: Mapping[str, Any] = {"type": "integer", "minimum": 0, "maximum": 60, "default": 0}
_SERVER = Query("server", "the journal of the server instead: requests and handshakes of no known sandbox", _FLAG)
_CHOICE = (
    Query("after", "only entries with a larger id", _NATURAL),
    Query("before", "only entries with a smaller id; 0 means all", _NATURAL),
    Query("kind", "only entries of these kinds, with commas between them: upload.answered,batch.*"),
    *(Query(name, f"only entries about this {name}") for name in journal.SUBJECTS),
    Query(
        "subject",
        "only entries that have this id, NAME:VALUE; may be repeated",
        {"type": "array", "items": {"type": "string", "pattern": "^[^:]+:.+$"}},
    ),
    Query("since", "only entries of this instant or later, ISO with offset, by the sandbox's clock", _INSTANT),
    Query("until", "only entries of before this instant", _INSTANT),
    Query("text", "only entries in which this text stands, in capitals or not"),
)
_PART = Query("part", "body leaves the headers out", {"type": "string", "enum": ["all", "body"], "default": "all"})
_MESSAGE = ("message/http", "application/octet-stream")

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/clock", handler=clock.show_clock, gives=models.ClockOut),
    Route(
        method="PUT",
        path="/clock",
        handler=clock.set_clock,
        takes=models.MoveClock,
        gives=models.MovedOut,
        refusals=(409,),
    ),
    Route(
        method="POST",
        path="/clock/advance",
        handler=clock.advance_clock,
        takes=models.MoveClock,
        gives=models.MovedOut,
        refusals=(409,),
    ),
    Route(
        method="GET",
        path="/clock/plan",
        handler=clock.plan,
        gives=models.PlanOut,
        query=(Query("until", "an instant of the grammar (docs/time.md); three business days by default"), _SYSTEM),
    ),
    Route(
        method="GET",
        path="/batches",
        handler=world.list_batches,
        gives=models.BatchOut,
        many=True,
        query=(_SYSTEM, Query("organization", "OrgID"), Query("batch", "batch ID"), _LIMIT),
    ),
    Route(
        method="GET",
        path="/records",
        handler=records.list_records,
        gives=record_models.RecordRowOut,
        many=True,
        query=(
            _SYSTEM,
            Query("organization", "OrgID"),
            Query("status", "status in capitals, such as ACTIVE"),
            Query("population", "student or exchangeVisitor", {"type": "string", "enum": list(STATUSES)}),
            Query("after", "only records with a larger SEVIS ID"),
            _LIMIT,
        ),
    ),
    Route(
        method="POST",
        path="/records",
        handler=records.add_records,
        takes=record_models.AddRecords,
        gives=record_models.RecordRowOut,
        many=True,
        status=201,
        query=(_SYSTEM,),
    ),
    Route(
        method="GET",
        path="/records/{sevis_id}",
        handler=records.show_record,
        gives=record_models.RecordOut,
        query=(_SYSTEM,),
    ),
    Route(
        method="PATCH",
        path="/records/{sevis_id}/facts",
        handler=records.tell_facts,
        takes=record_models.TellFacts,
        gives=record_models.RecordOut,
        query=(_SYSTEM,),
    ),
    Route(
        method="POST",
        path="/records/{sevis_id}/decisions",
        handler=records.take_decision,
        takes=record_models.TakeDecision,
        gives=record_models.RecordOut,
        query=(_SYSTEM,),
    ),
    Route(
        method="POST",
        path="/records/{sevis_id}/corrections",
        handler=records.correct_status,
        takes=record_models.CorrectStatus,
        gives=record_models.RecordOut,
        query=(_SYSTEM,),
    ),
    Route(
        method="GET",
        path="/records/{sevis_id}/versions",
        handler=world.list_versions,
        gives=models.VersionOut,
        many=True,
        query=(_SYSTEM,),
    ),
    Route(
        method="GET",
        path="/journal",
        handler=journal.read_journal,
        gives=models.JournalEntryOut,
        many=True,
        query=(
            *_CHOICE,
            Query("wait", "seconds to wait for the first that fits, 60 at most", _WAIT),
            Query("last", "leave out the oldest and not the newest", _FLAG),
            _SERVER,
            _LIMIT,
        ),
    ),
    Route(method="GET", path="/journal/kinds", handler=journal.list_kinds, gives=journal_models.KindOut, many=True),
    Route(
        method="POST",
        path="/journal/verify",
        handler=journal.verify_journal,
        takes=journal_models.VerifyJournal,
        gives=journal_models.VerdictOut,
        query=(_SERVER,),
    ),
    Route(
        method="GET",
        path="/journal/{entry}",
        handler=journal.show_entry,
        gives=models.JournalEntryOut,
        query=(_SERVER,),
    ),
    Route(
        method="GET",
        path="/journal/{entry}/request",
        handler=journal.show_request,
        media=_MESSAGE,
        query=(_PART, _SERVER),
    ),
    Route(
        method="GET",
        path="/journal/{entry}/response",
        handler=journal.show_response,
        media=_MESSAGE,
        query=(_PART, _SERVER),
    ),
    Route(
        method="GET",
        path="/events",
        handler=stream.stream_events,
        media=("text/event-stream",),
        query=(*_CHOICE, _SERVER),
    ),
    Route(
        method="GET", path="/organizations", handler=world.list_organizations, gives=models.OrganizationOut, many=True
    ),
    Route(
        method="PATCH",
        path="/organizations/{org_id}",
        handler=records.change_organization,
        takes=record_models.ChangeOrganization,
        gives=models.OrganizationOut,
    ),
    Route(
        method="POST",
        path="/organizations/{org_id}/users/{user_id}/login",
        handler=world.log_user_in,
        gives=models.OrganizationOut,
    ),
    Route(method="GET", path="/facts", handler=records.list_facts, gives=record_models.FactOut, many=True),
    Route(method="GET", path="/life-cycle", handler=records.show_life_cycle, gives=record_models.LifeCycleOut),
    Route(
        method="GET",
        path="/certificates",
        handler=certificates.list_certificates,
        gives=models.CertificateOut,
        many=True,
    ),
    Route(
        method="POST",
        path="/certificates",
        handler=certificates.register_certificate,
        takes=models.RegisterCertificate,
        gives=models.RegisteredOut,
    ),
    Route(
        method="POST",
        path="/certificates/issue",
        handler=certificates.issue_certificate,
        takes=models.IssueCertificate,
        gives=models.IssuedOut,
        status=201,
    ),
    Route(
        method="GET",
        path="/certificates/{fingerprint}",
        handler=certificates.show_certificate,
        gives=models.CertificateOut,
    ),
    Route(
        method="POST",
        path="/certificates/{fingerprint}/revoke",
        handler=certificates.revoke_certificate,
        gives=models.CertificateOut,
    ),
    Route(
        method="DELETE",
        path="/certificates/{fingerprint}/organizations/{org_id}",
        handler=certificates.unregister_certificate,
        status=204,
    ),
    Route(method="DELETE", path="/certificates/{fingerprint}", handler=certificates.delete_certificate, status=204),
    Route(method="GET", path="/faults", handler=faults.list_faults, gives=fault_models.FaultOut, many=True),
    Route(
        method="POST",
        path="/faults",
        handler=faults.add_fault,
        takes=fault_models.AddFault,
        gives=fault_models.FaultOut,
        many=True,
        status=201,
    ),
    Route(method="DELETE", path="/faults", handler=faults.clear_all_faults, gives=fault_models.ClearedOut),
    Route(method="DELETE", path="/faults/{fault}", handler=faults.clear_fault, gives=fault_models.ClearedOut),
    Route(
        method="GET",
        path="/fault-presets",
        handler=faults.list_presets,
        gives=fault_models.PresetOut,
        many=True,
        of_sandbox=False,
    ),
    Route(method="GET", path="/listeners", handler=listeners.list_listeners, gives=models.ListenerOut, many=True),
    Route(
        method="POST",
        path="/listeners",
        handler=listeners.open_listener,
        takes=models.OpenListener,
        gives=models.ListenerOut,
        status=201,
    ),
    Route(method="DELETE", path="/listeners/{listener}", handler=listeners.close_listener, status=204),
    Route(method="GET", path="/server", handler=sandboxes.show_server, gives=models.ServerOut, of_sandbox=False),
    Route(
        method="GET",
        path="/sandboxes",
        handler=sandboxes.list_sandboxes,
        gives=models.SandboxOut,
        many=True,
        of_sandbox=False,
    ),
    Route(
        method="POST",
        path="/sandboxes",
        handler=sandboxes.create_sandbox,
        takes=models.CreateSandbox,
        gives=models.NewSandboxOut,
        status=201,
        of_sandbox=False,
        refusals=(409,),
    ),
    Route(
        method="GET",
        path="/sandboxes/{sandbox}",
        handler=sandboxes.show_sandbox,
        gives=models.SandboxOut,
        of_sandbox=False,
    ),
    Route(
        method="DELETE",
        path="/sandboxes/{sandbox}",
        handler=sandboxes.delete_sandbox,
        status=204,
        of_sandbox=False,
        refusals=(409,),
    ),
    Route(method="POST", path="/reset", handler=sandboxes.reset_sandbox, gives=models.SandboxOut),
    Route(
        method="POST",
        path="/branch",
        handler=sandboxes.branch_sandbox,
        takes=models.BranchSandbox,
        gives=models.NewSandboxOut,
        status=201,
        refusals=(409,),
    ),
    Route(method="GET", path="/snapshots", handler=sandboxes.list_snapshots, gives=models.SnapshotOut, many=True),
    Route(
        method="POST",
        path="/snapshots",
        handler=sandboxes.take_snapshot,
        takes=models.TakeSnapshot,
        gives=models.SnapshotOut,
        status=201,
        refusals=(409,),
    ),
    Route(
        method="POST",
        path="/snapshots/{snapshot}/restore",
        handler=sandboxes.restore_snapshot,
        gives=models.SandboxOut,
    ),
    Route(method="DELETE", path="/snapshots/{snapshot}", handler=sandboxes.delete_snapshot, status=204),
)
