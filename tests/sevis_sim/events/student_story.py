"""The life of one student as a test tells it: events one after the other, each with its log entry and forms."""

import functools
from datetime import date

from lxml import etree
from rules_bench import SCHOOL, MemoryWorld, context, stored, update

from sevis_sim import events, forms
from sevis_sim.domain.document import to_node
from sevis_sim.resources import folder
from sevis_sim.results import LogHeader, ProcessStage, UploadStage, transaction_log

CHANGE = {
    "@printForm": "true",
    "EducationalInfo": {
        "EduLevel": {"Level": "05"},
        "MajorCode1": "11.0101",
        "MajorCode2": "00.0000",
        "Minor": "00.0000",
        "LengthOfStudy": "24",
        "IssDate": "2033-08-22",
        "PrgStartDate": "2033-08-22",
        "PrgEndDate": "2035-05-18",
        "EngProficiency": {"EngRequired": "true", "RequirementsMet": "true"},
    },
    "FinancialInfo": {
        "AcademicTerm": "09",
        "Expense": {"Tuition": "20000", "LivingExpense": "10000", "DependentExp": "0"},
        "Funding": {"Personal": "30000"},
    },
    "Remarks": "Goes on",
}
"""A change of education level, as EducationLevel/Change holds it."""


@functools.cache
def _log_schema():
    return etree.XMLSchema(etree.parse(folder("schemas") / "6.31" / "SevisTransLog.xsd"))


class Story:
    """One student of the sample files at one school."""

    def __init__(self, base="STU-001", status="ACTIVE", facts=None, data=None):
        self.world = MemoryWorld()
        self.sevis_id = stored(self.world, base, status, data, facts)
        self.record.facts.update(facts or {})

    @property
    def record(self):
        return self.world.records[self.sevis_id]

    def tries(self, event, sends=None, on="2029-10-01", level=None, **switches):
        """Process an update; its record is kept if it succeeded."""
        node = update(event, "" if sends is None else sends, self.sevis_id, "pdso000001")
        if level:
            node["@statusCode"] = level
        circumstances = context(self.world, SCHOOL, date.fromisoformat(on), switches=events.Switches(**switches))
        done = events.process("UpdateStudent", node, circumstances)
        if done.record is not None:
            self.world.records[self.sevis_id] = done.record
        return done.outcome

    def does(self, event, sends=None, on="2029-10-01", level=None, **switches):
        """Process an update that must succeed, and look at its log entry: valid, and one of a success."""
        outcome = self.tries(event, sends, on, level, **switches)
        assert outcome.finding is None, outcome.message
        entry = logged(outcome)
        assert (entry["@sevisID"], entry["Result"]["@status"]) == (self.sevis_id, "true")
        return outcome

    def refused(self, event, sends=None, on="2029-10-01", level=None, **switches):
        """Process an update that must fail, and return its code."""
        before = self.record.copy()
        outcome = self.tries(event, sends, on, level, **switches)
        assert outcome.finding is not None, event
        assert self.record == before
        return outcome.finding.code


def logged(outcome):
    """Return a record's entry in a transaction log, which is valid against its schema."""
    log = transaction_log(
        LogHeader("BATCH000000009", SCHOOL.id),
        status=outcome.succeeded,
        upload=UploadStage("S0000", outcome.processed, "batch.xml"),
        process=ProcessStage.of(outcome.processed, (outcome,)),
        download="S0000",
    )
    root = etree.fromstring(log)
    _log_schema().assertValid(root)
    return to_node(root.find("BatchDetail/Process/Record"))


def printed(outcome):
    """Return the values of the one form that an outcome prints, by their block and label."""
    (request,) = outcome.forms
    return forms.printed_values(forms.render(request))["values"]
