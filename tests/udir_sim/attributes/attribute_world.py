"""A small world around the attribute service: a directory of a few invented students, and everything it decides."""

import csv
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from sevis_sim.clock import zone_named
from sevis_sim.pki import CertificateAuthority, Revocations, read_certificate
from udir_sim.attributes import AttributeService, EligibilityAsked, Found, NetIdHash, Policies, Question, Students
from udir_sim.attributes.policy import EXAMPLE, load_policies

NOW = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
NAMES = {"P1": "PUBLISHER1", "P2": "PUBLISHER2", "P3": "PUBLISHER3"}


@dataclass(frozen=True)
class Student:
    """A record as the seed's example student has it."""

    location: str = "06"
    release_flag: str = "Y"
    student_type: str = "U"
    student_status: str = "R"
    eligibility_begin: date | None = date(1999, 9, 15)
    eligibility_end: date | None = date(2000, 1, 3)
    # What must not matter.
    last_name: str = "SAMPLE"
    term_begin: date | None = date(1999, 9, 23)
    term_end: date | None = date(1999, 12, 11)


@dataclass(frozen=True)
class Row:
    case: str
    records: tuple[Student, ...]
    day: date | None
    reasons: dict[str, str]
    any_n_blocks: str


@cache
def decision_table() -> tuple[Row, ...]:
    with Path(__file__).with_name("decision_table.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_row(row) for row in csv.DictReader(file))


def _row(row: dict[str, str]) -> Row:
    records = tuple(Student(*text.split()) for text in row["records"].split(" + ") if text)
    day = None if row["day"] == "any" else date.fromisoformat(row["day"])
    return Row(row["case"], records, day, {name: row[name] for name in NAMES}, row["any_n_blocks"])


@dataclass
class Shelf:
    """A directory in memory that counts how often it is asked."""

    students: dict[str, list[Student]] = field(default_factory=dict)
    asked: int = 0

    async def look_up(self, net_id: str) -> Found:
        self.asked += 1
        return Found(self.students.get(net_id, []), {"06": date(1999, 9, 1), "09": date(1999, 9, 2)})


class World:
    """A service with the example's policies in test mode, and what its audit log holds."""

    def __init__(self, *, test_mode: bool = True, **changes: object) -> None:
        policies = load_policies(EXAMPLE)
        applications = {name: each.model_copy(update=changes) for name, each in policies.applications.items()}
        self.policies = Policies.model_validate(
            {
                **policies.model_dump(),
                "test_mode": test_mode,
                "applications": {k: dict(v) for k, v in applications.items()},
            }
        )
        self.shelf = Shelf()
        self.authority = CertificateAuthority.create()
        self.revocations = Revocations()
        self.identities = {name: self.authority.issue_client(name) for name in NAMES.values()}
        self.audit: list[EligibilityAsked] = []
        self.seconds = 0.0
        self.now = NOW
        self.service = self.make()

    def make(self) -> AttributeService:
        return AttributeService(
            self.policies,
            records=self.shelf,
            students=Students(self.authority, self.revocations, self.policies.net_id_from),
            certificates={name: read_certificate(each.certificate_pem) for name, each in self.identities.items()},
            audit=self._keep,
            net_id_hash=NetIdHash(b"key"),
            now=lambda: self.now,
            zone=zone_named("America/Los_Angeles"),
            ticks=lambda: self.seconds,
        )

    async def _keep(self, event: EligibilityAsked, instant: datetime) -> None:
        assert instant == self.now
        self.audit.append(event)

    def question(self, application: str = "PUBLISHER1", **changes: object) -> Question:
        question = Question(application, self.identities[application].fingerprint, net_id="1234567")
        return replace(question, **changes)
