"""The one list of events that this simulator processes, and of those that the schemas know.

An event joins by standing in the ``EVENTS`` of its population; nothing else has to change.
"""

import functools
from collections.abc import Iterator, Mapping

from sevis_sim.domain.records import Population
from sevis_sim.events import exchange_visitor, gates, student
from sevis_sim.events.declare import Event, Rule

UPDATES: dict[Population, tuple[str, ...]] = {
    "student": (
        "AuthDropBelowFC/Add",
        "AuthDropBelowFC/Cancel",
        "AuthDropBelowFC/Edit",
        "CPTEmployment/Add",
        "CPTEmployment/Cancel",
        "Dependent/Add",
        "Dependent/Cancel",
        "Dependent/Edit",
        "Dependent/Reactivate",
        "Dependent/Reprint",
        "Dependent/Terminate",
        "DisciplinaryAction",
        "EducationLevel/Cancel",
        "EducationLevel/Change",
        "FinancialInfo",
        "OffCampusEmployment/Add",
        "OffCampusEmployment/Cancel",
        "OffCampusEmployment/Edit",
        "OPTEmployment/Add",
        "OPTEmployment/Cancel",
        "OPTEmployment/Edit",
        "OPTEmployment/Extend",
        "OPTEmployment/ReportParticipation",
        "OPTEmployer/Add",
        "OPTEmployer/Edit",
        "PersonalInfo",
        "Program/CancelExtension",
        "Program/ManageSessionDates",
        "Program/Edit",
        "Program/Extension",
        "Program/Shorten",
        "Registration",
        "Reprint",
        "Request/CapGapExtension",
        "Status/Cancel",
        "Status/Complete",
        "Status/Terminate",
        "Status/Verify",
    ),
    "exchangeVisitor": (
        "Biographical",
        "Dependent/Add",
        "Dependent/Delete",
        "Dependent/Edit",
        "Dependent/EndStatus",
        "Dependent/Reprint",
        "Dependent/Terminate",
        "FinancialInfo",
        "Program/Amend",
        "Program/EditSubject",
        "Program/Extension",
        "Program/Matriculate",
        "Program/Shorten",
        "Reprint",
        "SiteOfActivity/Add",
        "SiteOfActivity/Delete",
        "SiteOfActivity/Edit",
        "TIPP/AddTIPP",
        "TIPP/AddSite",
        "TIPP/EditSite",
        "TIPP/DeleteSite",
        "TIPP/AddPhase",
        "TIPP/EditPhase",
        "TIPP/DeletePhase",
        "TIPP/UpdateSignatureDates",
        "TIPP/UpdateParticipantInfo",
        "Status/CorrectInfraction",
        "Status/Invalid",
        "Status/NoShow",
        "Status/Terminate",
        "Validate",
        "Reprint7002",
    ),
}
"""Every update event of the two schemas, by the path of its element below ``Student`` or ``ExchangeVisitor``."""


@functools.cache
def events() -> Mapping[tuple[Population, str], Event]:
    """Return the events that are processed, by population and path."""
    return {(event.population, event.path): event for event in (*student.EVENTS, *exchange_visitor.EVENTS)}


def missing() -> list[tuple[Population, str]]:
    """Return the update events that the schemas know and this simulator does not process yet."""
    return [
        (population, path)
        for population, paths in UPDATES.items()
        for path in paths
        if (population, path) not in events()
    ]


def codes() -> dict[str, list[str]]:
    """Return every code that processing can report, with where: an event's path, or what is asked of every record."""
    found: dict[str, list[str]] = {}
    for code, place in _codes():
        places = found.setdefault(code, [])
        if place not in places:
            places.append(place)
    return found


def _codes() -> Iterator[tuple[str, str]]:
    for population in UPDATES:
        rules: tuple[Rule, ...] = (*gates.SENDER[population], *gates.KNOWN[population])
        for each in rules:
            yield each.code, f"every {population} event"
        yield gates.NOT_FOUND[population], f"every {population} update"
    yield gates.AMBIGUOUS, "every student update"
    for event in events().values():
        if event.wrong_status:
            yield event.wrong_status, event.path
        for each in event.rules:
            yield each.code, event.path
