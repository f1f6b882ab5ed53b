"""The service: a question comes in, the ten tests are run in order, an answer goes out and an audit entry stays."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Protocol

from sevis_sim.pki import CertificateFacts
from sevis_sim.yamlfile import suggestion
from udir_sim.attributes.audit import EligibilityAsked, NetIdHash
from udir_sim.attributes.eligibility import AttributeRecord, Decision, Outside, Reason, decide
from udir_sim.attributes.policy import Application, Policies
from udir_sim.attributes.students import CertificateRefused, NetIdRefused, Students, plain_net_id
from udir_sim.attributes.throttle import Throttle

_NOT_KNOWN = (
    "the application is not known, or did not authenticate itself with its certificate; "
    "use the one that applications/NAME.pem of the data directory or the policies name"
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the directory knows of a Net ID."""

    records: Sequence[AttributeRecord]
    """At most one for each location."""
    data: Mapping[str, date | None]
    """By location, of all locations: the creation date of the file in force."""


class Records(Protocol):
    """What the service needs of the directory."""

    async def look_up(self, net_id: str) -> "Found":
        """Return what is known of a Net ID (upper case), with the same work whether anything is."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know."""

    application: str | None
    """The name that was given; None where the certificate alone says who asks."""
    fingerprint: str | None = None
    """Of the certificate that the application authenticated itself with; None where it sent none."""
    net_id: str | None = None
    certificate: bytes | None = None
    """The student's, in certificate mode; then there is no Net ID."""
    day: date | None = None
    """The day that is meant; None for today. In test mode only, or by the operator."""
    by_operator: bool = False
    """Asked at the command line by who owns the data: needs no certificate of the application."""
    fault: str = ""
    """Why the question could not be read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question ended. Only what `told` returns and a refusal's `detail` leave the house."""

    reason: Reason
    detail: str = ""
    """Of a refusal: why, in one line."""
    inside: str = ""
    """The same for the audit log, where it says more."""
    decision: Decision | None = None
    day: date | None = None
    application: str = ""
    tri_state: bool = False
    wait_seconds: int = 0
    """Of a refusal for asking too often: when to ask again."""
    net_id: str = field(default="", repr=False)
    policy: str = ""
    data: Mapping[str, date | None] = field(default_factory=dict)

    @property
    def outside(self) -> Outside:
        """Yes, no or refused."""
        return self.reason.outside

    def told(self) -> dict[str, bool | str]:
        """Return what the application is told of a question that was not refused."""
        told: dict[str, bool | str] = {"eligible": self.reason is Reason.OK}
        if self.tri_state:
            told["determination"] = "refused" if self.reason is Reason.RELEASE else "made"
        return told


class AttributeService:
    """Answers applications. One object for each directory."""

    def __init__(
        self,
        policies: Policies,
        *,
        records: Records,
        students: Students,
        certificates: Mapping[str, CertificateFacts],
        audit: Callable[[EligibilityAsked, datetime], Awaitable[None]],
        net_id_hash: NetIdHash,
        now: Callable[[], datetime],
        zone: tzinfo,
        ticks: Callable[[], float],
    ) -> None:
        """Make a service.

        Args:
            policies: The policy file.
            records: The directory.
            students: Judges students' certificates.
            certificates: The certificate of each application by its name.
            audit: Keeps an entry; called with the event and its instant, before the answer is given.
            net_id_hash: How Net IDs stand in the audit log.
            now: The simulated time (aware).
            zone: Where days begin and end.
            ticks: As of `Throttle`.

        """
        self.policies = policies
        self.certificates = certificates
        self._records = records
        self._students = students
        self._audit = audit
        self._hash = net_id_hash
        self.now = now
        self._zone = zone
        self._throttle = Throttle(ticks)

    async def answer(self, question: Question) -> Answer:
        """Run the ten tests and keep an audit entry.

        What is no and what is yes take the same way: look up, test, keep, tell.
        """
        now = self.now()
        answer = await self._judge(question, now)
        await self._audit(self._entry(question, answer), now)
        return answer

    async def _judge(self, question: Question, now: datetime) -> Answer:
        name, why_not = self._name(question, now)
        application = self.policies.applications.get(name)
        if why_not or application is None:
            # Outside it is the same whatever is wrong: names of applications are nobody's business.
            asked = question.application or ""
            inside = why_not or f"there is no application {asked!r}{suggestion(asked, self.policies.applications)}"
            return Answer(Reason.APPLICATION, _NOT_KNOWN, inside=inside, application=asked)
        if not question.by_operator:
            wait = self._throttle.wait(name, application.queries_per_minute)
            if wait:
                detail = f"more than {application.queries_per_minute} questions a minute; ask again in {wait} s"
                return Answer(Reason.LIMIT, detail, application=name, wait_seconds=wait)
        if question.day is not None and not (question.by_operator or self.policies.test_mode):
            detail = "asof is for tests: it needs test_mode: true in the policies of the attribute service"
            return Answer(Reason.REQUEST, detail, application=name)
        if question.fault:
            return Answer(Reason.REQUEST, question.fault, application=name)
        day = question.day or now.astimezone(self._zone).date()
        try:
            net_id = plain_net_id(self._net_id(question, now))
        except CertificateRefused as error:
            return Answer(Reason.CERTIFICATE, str(error), day=day, application=name)
        except NetIdRefused as error:
            where = " in the certificate" if question.certificate is not None else ""
            return Answer(Reason.NET_ID, str(error) + where, day=day, application=name)
        return await self._decide(name, application, net_id, day)

    async def _decide(self, name: str, application: Application, net_id: str, day: date) -> Answer:
        found = await self._records.look_up(net_id)
        decision = decide(application, found.records, day)
        return Answer(
            decision.reason,
            decision=decision,
            day=day,
            application=name,
            tri_state=application.tri_state,
            net_id=net_id,
            policy=application.version,
            data={location: found.data.get(location) for location, _ in decision.records},
        )

    def _name(self, question: Question, now: datetime) -> tuple[str, str]:
        """Return who asks, and what is wrong with that, if anything."""
        asked = question.application
        if question.by_operator:
            return asked or "", ""
        if question.fingerprint is None:
            return "", "no client certificate was sent"
        for name, facts in self.certificates.items():
            if facts.fingerprint == question.fingerprint:
                if not facts.valid_at(now):
                    return "", f"the certificate of {name} is not valid on {now:%Y-%m-%d}"
                if self._students.revoked(facts):
                    return "", f"the certificate of {name} was revoked"
                return name, "" if asked in (None, name) else f"the certificate is that of {name}"
        return "", "the certificate is no application's"

    def _net_id(self, question: Question, now: datetime) -> str | None:
        if question.certificate is None:
            return question.net_id
        # A question about another day is judged as of that day's noon, the certificate too.
        noon = datetime.combine(question.day, time(12), self._zone) if question.day else now
        return self._students.net_id(question.certificate, noon)

    def _entry(self, question: Question, answer: Answer) -> EligibilityAsked:
        decision = answer.decision
        return EligibilityAsked(
            application=answer.application,
            certificate=question.fingerprint or "",
            net_id=self._hash(answer.net_id) if answer.net_id else "",
            reason=answer.reason.code,
            test=answer.reason.test,
            answer=answer.outside.value,
            day=answer.day,
            policy=answer.policy,
            records={location: reason.code for location, reason in decision.records} if decision else {},
            data=answer.data,
            by="operator" if question.by_operator else "application",
            detail=answer.inside or answer.detail,
        )
