"""Sandboxes and their snapshots over the control API."""

import contextlib
from collections.abc import Iterator

from aiohttp import web

from sevis_sim import __version__
from sevis_sim.control import models
from sevis_sim.control.requests import Problem, Resources, body_of, served_by
from sevis_sim.scenarios import Scenario, ScenarioError, parse_scenario
from sevis_sim.store import MissingReference
from sevis_sim.timeline import NewSandbox, SandboxWish, Served


async def show_server(resources: Resources, _: web.Request) -> models.ServerOut:
    """The server: its version, its addresses for clients, and the authority that they must trust."""
    systems = {name: models.AddressesOut(**each) for name, each in resources.addresses(None).items()}
    return models.ServerOut(version=__version__, systems=systems, ca=resources.authority().pem.decode("ascii"))


async def list_sandboxes(resources: Resources, _: web.Request) -> list[models.SandboxOut]:
    """All sandboxes."""
    found = (resources.tenants.served(name) for name in resources.tenants.names())
    return [_sandbox(served) for served in found if served]


async def show_sandbox(resources: Resources, request: web.Request) -> models.SandboxOut:
    """One sandbox."""
    return _sandbox(served_by(resources, request))


async def create_sandbox(resources: Resources, request: web.Request) -> models.NewSandboxOut:
    """Make an isolated world with organizations, users and client certificates of its own.

    The client certificates decide it: a client that presents one of those given back is in this sandbox, whatever
    address it uses. They and their keys are told only here.
    """
    body = await body_of(request, models.CreateSandbox)
    wish = SandboxWish(
        name=body.name,
        seed=body.seed,
        clock=body.clock,
        scenario=_scenario(body.scenario),
        fidelity=body.fidelity,
        switches=body.switches,
        profiles=body.profiles,
    )
    return _new(await resources.tenants.create(wish))


async def delete_sandbox(resources: Resources, request: web.Request) -> None:
    """Delete a sandbox with everything in it. ``default`` cannot be deleted, only reset."""
    await resources.tenants.delete(served_by(resources, request).sandbox.name)


async def reset_sandbox(resources: Resources, request: web.Request) -> models.SandboxOut:
    """Put a sandbox back to its beginning, its clock too, and empty its journal.

    That is when it was made, or when `serve --scenario` last loaded a scenario into it that it had not seen before.
    """
    served = served_by(resources, request)
    await resources.tenants.reset(served.sandbox.name)
    return _sandbox(served)


async def branch_sandbox(resources: Resources, request: web.Request) -> models.NewSandboxOut:
    """Make a new sandbox as a copy of this one, or of one of its snapshots, with client certificates of its own."""
    served, body = served_by(resources, request), await body_of(request, models.BranchSandbox)
    with _known("snapshot"):
        return _new(await resources.tenants.branch(served.sandbox.name, body.name, body.snapshot))


async def list_snapshots(resources: Resources, request: web.Request) -> list[models.SnapshotOut]:
    """The snapshots of a sandbox, oldest first. ``initial`` was taken when it was made."""
    found = await resources.tenants.snapshots(served_by(resources, request).sandbox.name)
    return [models.SnapshotOut(name=each.name, taken=each.taken) for each in found]


async def take_snapshot(resources: Resources, request: web.Request) -> models.SnapshotOut:
    """Keep a sandbox as it stands: records, batches, results, organizations, clock, due work. Not its journal."""
    served, body = served_by(resources, request), await body_of(request, models.TakeSnapshot)
    taken = await resources.tenants.take_snapshot(served.sandbox.name, body.name)
    return models.SnapshotOut(name=taken.name, taken=taken.taken)


async def restore_snapshot(resources: Resources, request: web.Request) -> models.SandboxOut:
    """Put a sandbox back to a snapshot, its clock too. Its client certificates and its journal stay."""
    served, snapshot = served_by(resources, request), request.match_info["snapshot"]
    with _known("snapshot"):
        await resources.tenants.restore(served.sandbox.name, snapshot)
    return _sandbox(served)


async def delete_snapshot(resources: Resources, request: web.Request) -> None:
    """Delete a snapshot."""
    served, snapshot = served_by(resources, request), request.match_info["snapshot"]
    if not await resources.tenants.delete_snapshot(served.sandbox.name, snapshot):
        raise Problem(404, "No such snapshot", f"there is no snapshot {snapshot!r}", "snapshot")


@contextlib.contextmanager
def _known(what: str) -> Iterator[None]:
    try:
        yield
    except MissingReference as error:
        raise Problem(404, f"No such {what}", str(error), what) from error


def _scenario(text: str | None) -> Scenario | None:
    if text is None:
        return None
    try:
        return parse_scenario(text, "scenario")
    except ScenarioError as error:
        raise Problem(422, "The scenario is not valid", str(error), "scenario") from error


def _sandbox(served: Served) -> models.SandboxOut:
    sandbox = served.sandbox
    return models.SandboxOut(
        name=sandbox.name,
        seed=sandbox.seed,
        now=sandbox.now(),
        mode=sandbox.clock.mode,
        factor=sandbox.clock.factor,
        fidelity=sandbox.fidelity,
    )


def _new(made: NewSandbox) -> models.NewSandboxOut:
    return models.NewSandboxOut(
        **_sandbox(made.served).model_dump(),
        ca="".join({party.ca.decode("ascii"): None for party in made.parties}),
        parties=[
            models.PartyOut(
                organization=party.org_id,
                kind=party.organization.kind,
                user=party.user_id,
                certificate=party.cert.decode("ascii"),
                key=party.key.decode("ascii"),
            )
            for party in made.parties
        ],
    )
