"""What a scenario's ``steps`` may be. The descriptions go into the JSON Schema, where editors show them."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from sevis_sim.clock import InstantError, parse_instant
from sevis_sim.scenarios.faults import FaultEntry
from sevis_sim.scenarios.relative import spoken_duration
from sevis_sim.yamlfile import Finding, quoted, reject, suggestion

Text = Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""A text that may look like a number in YAML: it is taken as written."""
SystemName = Literal["production", "beta", "alpha"]

ANY, DAMAGED, NO_ANSWER, PAGE = "any", "damaged", "no-answer", "page"
_WORDS: Mapping[str, str] = {
    ANY: "whatever comes",
    DAMAGED: "a zip or log that cannot be read",
    NO_ANSWER: "the connection breaks, or TLS refuses",
    PAGE: "an HTML page with status 200",
}
_CODE = re.compile(r"S\d{4}|[1-5]\d\d")


def known_outcome(text: str) -> str:
    """Return an outcome of a request as it is; ValueError where it is none."""
    if text in _WORDS or _CODE.fullmatch(text):
        return text
    hint = suggestion(text, _WORDS) or f"; expected a code such as S0000, an HTTP status, {', '.join(_WORDS)}"
    raise ValueError(f"{quoted(text)} is no outcome of a request{hint}")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Outcome = Annotated[str, AfterValidator(known_outcome), WithJsonSchema({"type": ["string", "integer"]})]
Outcomes = Annotated[
    tuple[Outcome, ...],
    BeforeValidator(_listed),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "integer"]},
                {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1},
            ]
        }
    ),
]
"""How a request may end: a code, an HTTP status, or one of the words; one of several where it is a list."""


def _instant(text: str) -> str:
    try:
        parse_instant(spoken_duration(text), bare_duration=True)
    except InstantError as error:
        raise ValueError(str(error)) from error
    return text


def _told(value: Any) -> Any:
    if value is None:
        raise ValueError("nothing stands here; expected an instant such as +1h or next-business-day 06:00")
    return value


Moment = Annotated[str, AfterValidator(_instant), BeforeValidator(_told)]


class StepModel(BaseModel):
    """What all models of steps and expectations share."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=False)


class GenerateEntry(StepModel):
    """A batch that is made up (as ``sevis-sim generate``)."""

    students: int | None = Field(default=None, ge=1, le=250, description="so many new students")
    exchange_visitors: int | None = Field(default=None, ge=1, le=250, description="so many new exchange visitors")
    seed: int = Field(default=1, ge=0, description="the same seed makes the same people")
    profile: Literal["minimal", "typical", "full"] = Field(
        default="typical", description="how much of what may be left out is there"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.students is None) == (self.exchange_visitors is None):
            raise ValueError("expected either students or exchange_visitors")
        return self


class RecordDraft(StepModel):
    """One record of a batch that the scenario writes itself."""

    create: Text | dict[str, Any] | None = Field(
        default=None,
        description="a new record: its elements, or the requestID of a good one in files/students.xml or "
        "files/exchange-visitors.xml to begin with",
        examples=["STU-001"],
    )
    update: Text | None = Field(
        default=None,
        description="an update: the SEVIS ID that it is for, or BATCH/REQUESTID of the create that gave it one",
        examples=["N9904705123"],
    )
    event: Text | None = Field(default=None, description="path of the update's event", examples=["Registration"])
    sends: Annotated[dict[str, Any], BeforeValidator(lambda value: value or {})] = Field(
        default_factory=dict, description="what the event element holds; @name is an attribute; may be blank"
    )
    changes: dict[str, Any] = Field(
        default_factory=dict,
        description="elements of a create that are set, by path (PersonalInfo/Email); nothing (~) takes one away",
    )
    request_id: Text | None = Field(default=None, alias="requestId", description="its requestID; made where left out")
    user_id: Text | None = Field(default=None, alias="userId", description="its userID; the batch's where left out")
    form: bool = Field(default=True, description="whether a form is asked for (printForm)")
    attributes: dict[str, Text] = Field(default_factory=dict, description="further attributes, such as statusCode")

    @model_validator(mode="after")
    def _one(self) -> Self:
        wrong = []
        if (self.create is None) == (self.update is None):
            wrong.append(Finding((), "expected either create or update"))
        elif self.update is not None and not self.event:
            wrong.append(Finding((), "an update needs its event, such as Registration"))
        elif self.create is not None and (self.event or self.sends):
            wrong.append(Finding((), "event and sends belong to an update; a create has changes"))
        elif self.update is not None and self.changes:
            wrong.append(Finding(("changes",), "changes belong to a create; an update has sends", at_key=True))
        if wrong:
            reject(wrong)
        return self


class RequestEntry(StepModel):
    """What an upload and a download share."""

    batch_id: Text | None = Field(
        default=None, alias="batchId", description="batch ID; of an upload the file's own where it is left out"
    )
    org: Text | None = Field(default=None, description="who sends; the file's organization, else the first one")
    user: Text | None = Field(default=None, description="user ID; the organization's first active official")
    certificate: Text | None = Field(
        default=None,
        description="certificate to present: one that a certificate step issued, or none; else the organization's",
    )
    system: SystemName | None = Field(default=None, description="another system than the scenario's")
    timeout: float | None = Field(
        default=None, gt=0, le=600, description="seconds (wall time) after which the client gives up"
    )
    form: dict[Literal["orgid", "batchid", "userid"], Text | None] = Field(
        default_factory=dict,
        description="form fields that differ from what the file says; ~ leaves a field blank",
        examples=[{"orgid": "P-1-12345"}],
    )


class UploadStep(RequestEntry):
    """The client sends a batch."""

    file: Text | None = Field(default=None, description="a file beside the scenario, or in files/ beside it")
    xml: str | None = Field(default=None, description="the document itself, right or wrong")
    records: tuple[RecordDraft, ...] = Field(default=(), description="the records of the batch, written here")
    generate: GenerateEntry | None = Field(default=None, description="people who are made up")
    code: Text | None = Field(default=None, description="the shipped batch that ends in a code", examples=["S1024"])
    file_name: Text | None = Field(
        default=None, alias="fileName", description="name of the document; the file's, else batch.xml"
    )
    header: bool = Field(default=True, description="false: leave organization, batch and user in the file as they are")
    at_once: int = Field(default=1, ge=1, le=200, description="send it so many times at the same moment")
    expect: Outcomes | dict[Outcome, int] = Field(
        default=("S0000",), description="how it ends; with at_once how many end in which way"
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        sources = {
            "file": self.file,
            "xml": self.xml,
            "records": self.records or None,
            "generate": self.generate,
            "code": self.code,
        }
        given = [name for name, value in sources.items() if value is not None]
        if len(given) != 1:
            words = " and ".join(given) + " contradict each other" if given else "nothing says what is sent"
            raise ValueError(f"{words}; expected one of {', '.join(sources)}")
        return self


class DownloadStep(RequestEntry):
    """The client asks for the result of a batch."""

    method: Literal["get", "post"] = Field(default="get", description="how it asks")
    expect: Outcomes = Field(default=("S0000",), description="how it ends; S0000 is a zip that can be read")
    forms: int | None = Field(default=None, ge=0, description="forms in the zip")

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.batch_id is None and "batchid" not in self.form:
            raise ValueError("the key 'batchId' is missing: batch ID of the result")
        return self


class PollStep(DownloadStep):
    """The client asks again and again until the result is there."""

    every: Text = Field(default="30m", description="how long it waits before it asks again", examples=["30m"])
    at_most: int = Field(default=20, ge=1, le=1000, description="how often it asks")

    @model_validator(mode="after")
    def _waits(self) -> Self:
        _instant(f"+{self.every.lstrip('+')}")
        return self


class WaitStep(StepModel):
    """Time passes until the result of a batch can be downloaded."""

    batch_id: Text = Field(alias="batchId", description="batch ID")
    org: Text | None = Field(default=None, description="whose batch, where several have one of this ID")


class CertificateStep(StepModel):
    """A client certificate is issued, registered or revoked."""

    issue: Text | None = Field(default=None, description="kind to issue (certs/profiles.toml)", examples=["expired"])
    name: Text | None = Field(default=None, description="what later steps call the one issued")
    key: Literal["ecdsa", "rsa"] | None = Field(default=None, description="kind of its key")
    register_: Text | None = Field(default=None, alias="register", description="name of one to register for org")
    revoke: Text | None = Field(default=None, description="name of one to revoke, or organization whose own is meant")
    org: Text | None = Field(default=None, description="organization that it is registered for; the first one")
    expect: Literal["done", "refused"] = Field(default="done", description="whether RTI takes the registration")

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [n for n, v in (("issue", self.issue), ("register", self.register_), ("revoke", self.revoke)) if v]
        if len(given) != 1:
            raise ValueError(f"expected one of issue, register and revoke; got {' and '.join(given) or 'none'}")
        if self.issue and not self.name:
            raise ValueError("the key 'name' is missing: what later steps call the certificate")
        return self


class RecordStep(StepModel):
    """The outside world: facts, decisions of USCIS, corrections in RTI."""

    sevis_id: Text = Field(alias="sevisID", description="SEVIS ID, or BATCH/REQUESTID of the create that gave it one")
    tell: dict[str, Any] = Field(default_factory=dict, description="facts to tell (docs/life-cycle.md); ~ takes back")
    decide: Text | None = Field(default=None, description="request that USCIS decides", examples=["OPTEmployment"])
    decision: Text | None = Field(default=None, description="what it decides", examples=["approved"])
    on: Text | None = Field(default=None, description="day of the decision")
    start: Text | None = Field(default=None, description="first day that was approved")
    end: Text | None = Field(default=None, description="last day that was approved")
    correct: Text | None = Field(default=None, description="status that RTI puts it back to")
    reason: Text = Field(default="", description="why it is corrected")

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [n for n, v in (("tell", self.tell), ("decide", self.decide), ("correct", self.correct)) if v]
        if len(given) != 1:
            raise ValueError(f"expected one of tell, decide and correct; got {' and '.join(given) or 'none'}")
        if self.decide and not self.decision:
            raise ValueError("the key 'decision' is missing: what USCIS decides, such as approved")
        return self


class OrganizationStep(StepModel):
    """A school is withdrawn or a program ends, or either is active again."""

    id: Text = Field(description="organization")
    active: bool = Field(description="false: withdrawn or ended")
    end_records: bool = Field(default=False, description="whether its Initial and Active records end with it")


class Step(StepModel):
    """One step: exactly one of these keys, and a remark beside it if you like."""

    upload: UploadStep | None = Field(default=None, description="the client sends a batch")
    download: DownloadStep | None = Field(default=None, description="the client asks for a result")
    poll: PollStep | None = Field(default=None, description="the client asks until the result is there")
    advance: Moment | None = Field(
        default=None, description="time moves on", examples=["+1h", "next-business-day 06:00", "+3 business days"]
    )
    clock: Moment | None = Field(default=None, description="the clock is set; back only before the first upload")
    wait: WaitStep | None = Field(default=None, description="time moves on until a result can be downloaded")
    snapshot: Text | None = Field(default=None, description="the world is kept under a name")
    restore: Text | None = Field(default=None, description="the world is put back to a snapshot")
    fault: FaultEntry | None = Field(
        default=None, description="something goes wrong from now on, as an entry of faults"
    )
    clear_fault: Text | None = Field(default=None, description="name of a fault that ends, or all")
    certificate: CertificateStep | None = Field(default=None, description="a certificate is issued or revoked")
    use: Text | None = Field(
        default=None, description="certificate that the client presents from now on; own: its organization's"
    )
    record: RecordStep | None = Field(default=None, description="the outside world: facts, decisions, corrections")
    organization: OrganizationStep | None = Field(default=None, description="a school or program ends or returns")
    note: str = Field(default="", description="a remark for those who read the report")

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [name for name in self.model_fields_set if name != "note"]
        if len(given) != 1:
            actions = [name for name in Step.model_fields if name != "note"]
            said = " and ".join(sorted(given)) or "no action"
            raise ValueError(f"{said} in one step; expected exactly one of {', '.join(actions)}")
        if getattr(self, given[0]) is None:
            reject([Finding((given[0],), f"nothing stands here; expected what {given[0]} needs")])
        return self

    @property
    def action(self) -> str:
        """The key that says what is done."""
        return next(name for name in self.model_fields_set if name != "note")

    @property
    def words(self) -> str:
        """The step in a few words."""
        value = getattr(self, self.action)
        if self.action in ("upload", "download", "poll", "wait"):
            return f"{self.action} {value.batch_id or ''}".rstrip()
        if isinstance(value, str):
            return f"{self.action.replace('_', ' ')} {value}"
        if isinstance(value, CertificateStep):
            verb = "issue" if value.issue else "register" if value.register_ else "revoke"
            return f"{verb} certificate {value.issue or value.register_ or value.revoke}"
        if isinstance(value, RecordStep):
            verb = (
                "tell facts of" if value.tell else f"{value.decide} {value.decision} for" if value.decide else "correct"
            )
            return f"{verb} {value.sevis_id}"
        if isinstance(value, OrganizationStep):
            return f"{value.id} is {'active' if value.active else 'withdrawn or ended'}"
        if isinstance(value, FaultEntry):
            return f"fault {value.preset or value.name or value.at}"
        return f"{self.action} {value}"
