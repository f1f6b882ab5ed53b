"""The sandbox of a case: its server certificate may be a wrong one, and in the end it is asked what it has taken."""

from collections.abc import Sequence

from lxml import etree

from sevis_sim.conformance.rules import document_of
from sevis_sim.conformance.transcript import Action, Taken
from sevis_sim.domain.systems import SYSTEMS
from sevis_sim.runner.world import World
from sevis_sim.scenarios import Scenario
from sevis_sim.schemas import NotWellFormed, parse
from sevis_sim.simulator import Simulator
from sevis_sim.simulator.open_sandbox import OpenSandbox

STORED = "stored"
KNOWN_AGAIN = "S1004"
"""SEVIS has found out by itself that it has a student already; in others it does not."""


class ServedWorld(World):
    """A world whose port presents a server certificate of certs/servers.toml."""

    def __init__(self, sim: Simulator, box: OpenSandbox, scenario: Scenario, server: str = "valid") -> None:
        """Prepare."""
        super().__init__(sim, box, scenario)
        self._server = server

    async def open(self) -> None:
        """Open a TLS port for this sandbox alone."""
        self._listener = await self.sim.open_listener(self._server, sandbox=self.box.name)


async def taken(world: World, actions: Sequence[Action]) -> tuple[Taken, ...]:
    """Return the batches that SEVIS has of a world, with what became of their records."""
    people = _people(actions)
    found = []
    name = world.box.name
    for system in SYSTEMS:
        for batch in await world.sim.store.read(lambda tx, system=system: tx.batches.list(name, system)):  # type: ignore[misc]
            log = await world.log(batch)
            records = log.process.records if log and log.process else ()
            results = {each.request_id: STORED if each.succeeded else each.code for each in records}
            # Those who are not processed yet will be stored as far as anybody knows.
            those = people.get(batch.batch_id, {})
            stored = [who for request, who in those.items() if results.get(request, STORED) in (STORED, KNOWN_AGAIN)]
            found.append(Taken(batch.batch_id, batch.org_id, results, tuple(stored)))
    return tuple(reversed(found))


def _people(actions: Sequence[Action]) -> dict[str, dict[str, str]]:
    """Return the people of the creates of each accepted batch, by requestID: name and birth date."""
    found: dict[str, dict[str, str]] = {}
    for action in actions:
        for wire in action.wires:
            document = document_of(wire) if wire.kind == "upload" and wire.truth == "S0000" else None
            if document is None:
                continue
            try:
                root = parse(document).getroot()
            except NotWellFormed:
                continue
            for record in root.iterfind("CreateStudent/Student"):
                found.setdefault(wire.batch, {})[record.get("requestID", "")] = _person(record, "PersonalInfo")
            for record in root.iterfind("CreateEV/ExchangeVisitor"):
                found.setdefault(wire.batch, {})[record.get("requestID", "")] = _person(record, "Biographical")
    return found


def _person(record: etree._Element, part: str) -> str:
    names = (f"{part}/FullName/FirstName", f"{part}/FullName/LastName", f"{part}/BirthDate")
    return " ".join(filter(None, ((record.findtext(each) or "").strip() for each in names)))
