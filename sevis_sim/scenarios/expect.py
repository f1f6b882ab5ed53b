"""What a scenario's ``expect`` may say: one entry for each thing that must be true once the steps are done."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from sevis_sim.scenarios.steps import Outcome, Outcomes, StepModel, Text
from sevis_sim.yamlfile import Finding, reject, suggestion

if TYPE_CHECKING:
    from sevis_sim.journal import Expectation

_BESIDE: Mapping[str, tuple[str, ...]] = {
    "batch": ("org", "upload", "process", "download", "success", "failure", "forms", "results", "system"),
    "request": ("batch_id", "code", "org", "count", "min", "max"),
    "never": (),
    "record": ("status", "org", "values", "facts", "dependents", "levels", "events", "absent", "system"),
    "log": ("values", "org"),
    "zip": ("forms", "files", "org"),
    "journal": (),
    "clock": (),
}
"""For each kind of expectation, named by its key, the keys that may stand beside it."""


class RequestPattern(StepModel):
    """Requests of the client, as the journal has them."""

    request: Literal["upload", "download"] = Field(description="what was asked")
    batch_id: Text | None = Field(default=None, alias="batchId", description="batch ID of the request")
    org: Text | None = Field(default=None, description="organization of the request")
    code: Outcomes | None = Field(default=None, description="how it was answered: a code or an HTTP status")

    def pattern(self) -> dict[str, Any]:
        """Return it as the journal's matcher reads it."""
        return request_pattern(self.request, self.batch_id, self.org, self.code)


class NeverEntry(RequestPattern):
    """A request that must not have happened."""

    after: Outcome | None = Field(
        default=None, description="only after such a request of the same batch was answered so", examples=["S0000"]
    )

    def pattern(self) -> dict[str, Any]:
        """Return it as the journal's matcher reads it."""
        found = super().pattern()
        if self.after:
            found["after"] = request_pattern(self.request, self.batch_id, self.org, (self.after,))
        return found


def request_pattern(
    request: str, batch_id: str | None, org: str | None, codes: tuple[str, ...] | None
) -> dict[str, Any]:
    """Return a pattern of the journal's matcher for requests."""
    found: dict[str, Any] = {"kind": f"{request}.answered"}
    subjects = {name: value for name, value in (("batch", batch_id), ("organization", org)) if value is not None}
    if subjects:
        found["subjects"] = subjects
    if codes:
        statuses = all(each.isdigit() for each in codes)
        found["detail"] = {"status" if statuses else "code": {"matches": f"^({'|'.join(codes)})$"}}
    return found


class ExpectEntry(StepModel):
    """One expectation; the key that comes first in this list says of what."""

    batch: Text | None = Field(default=None, description="batch ID: what became of the batch in SEVIS")
    request: Literal["upload", "download"] | None = Field(default=None, description="how often the client asked")
    never: NeverEntry | None = Field(default=None, description="a request that must not have happened")
    record: Text | None = Field(
        default=None, description="SEVIS ID, or BATCH/REQUESTID of the create that gave it one: the record in SEVIS"
    )
    log: Text | None = Field(default=None, description="batch ID: elements of the transaction log downloaded last")
    zip: Text | None = Field(default=None, description="batch ID: what is in the zip downloaded last")
    journal: dict[str, Any] | None = Field(
        default=None, description="entries of the journal: match, and min, max, exactly or never (docs/journal.md)"
    )
    clock: Text | None = Field(default=None, description="instant at which the simulated time stands")

    org: Text | None = Field(default=None, description="organization whose batch or record it is")
    system: Literal["production", "beta", "alpha"] | None = Field(default=None, description="another system")
    upload: Text | None = Field(default=None, description="code of the upload", examples=["S0000"])
    process: Text | None = Field(
        default=None, description="code of the processing; none: not processed", examples=["S0020"]
    )
    download: Text | None = Field(default=None, description="code of the last download", examples=["S0000"])
    success: int | None = Field(default=None, ge=0, description="records that succeeded")
    failure: int | None = Field(default=None, ge=0, description="records that failed")
    forms: int | None = Field(default=None, ge=0, description="forms in the result")
    results: dict[str, Text] = Field(
        default_factory=dict,
        description="success or the error code, by requestID",
        examples=[{"S000001": "success", "S000002": "S1024"}],
    )
    batch_id: Text | None = Field(default=None, alias="batchId", description="batch ID of the requests")
    code: Outcomes | None = Field(default=None, description="how the requests were answered")
    count: int | None = Field(default=None, ge=0, description="how many")
    min: int | None = Field(default=None, ge=0, description="at least so many")
    max: int | None = Field(default=None, ge=0, description="at most so many")
    status: Text | None = Field(default=None, description="status of the record", examples=["ACTIVE"])
    values: dict[str, Any] = Field(
        default_factory=dict,
        description="elements by path: a value, {matches: EXPRESSION} or {absent: true}",
        examples=[{"PersonalInfo/Email": "lin@example.com"}],
    )
    facts: dict[str, Any] = Field(default_factory=dict, description="facts of the record")
    dependents: dict[str, Text] | int | None = Field(
        default=None, description="statuses of dependents by SEVIS ID, or how many there are"
    )
    levels: int | None = Field(default=None, ge=1, description="education levels of the record")
    events: tuple[Text, ...] | None = Field(default=None, description="events that made the record, in their order")
    absent: bool = Field(default=False, description="true: SEVIS has no such record")
    files: tuple[Text, ...] = Field(default=(), description="names of files that are in the zip; * stands for anything")

    @field_validator("journal")
    @classmethod
    def _readable(cls, content: dict[str, Any] | None) -> dict[str, Any] | None:
        if content is not None:
            from sevis_sim.journal import Expectation, MatchError  # loads the store: only where it is needed

            try:
                Expectation.read(numbers(content))
            except MatchError as error:
                raise ValueError(str(error)) from error
        return content

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        given = [_key(name) for name in self.model_fields_set]
        kinds = [kind for kind in _BESIDE if kind in given]
        if not kinds:
            raise ValueError(f"nothing says what is expected of what; expected one of {', '.join(_BESIDE)}")
        beside = [_key(name) for name in _BESIDE[kinds[0]]]
        wrong = []
        for name in sorted(given):
            if name != kinds[0] and name not in beside:
                hint = suggestion(name, beside) or f"; known beside it: {', '.join(beside) or 'nothing'}"
                wrong.append(Finding((name,), f"{name!r} has no meaning beside {kinds[0]}{hint}", at_key=True))
        if self.count is not None and (self.min is not None or self.max is not None):
            wrong.append(Finding(("count",), "count and min or max contradict each other", at_key=True))
        if not wrong and len(given) == 1 and kinds[0] in ("batch", "request", "record", "log", "zip"):
            wrong.append(Finding((), f"says nothing of it; name one of {', '.join(beside)}"))
        if wrong:
            reject(wrong)
        return self

    @property
    def kind(self) -> str:
        """The key that says of what it is expected."""
        return next(kind for kind in _BESIDE if kind in self.model_fields_set)

    def request_expectation(self) -> "Expectation":
        """Return what ``request``, ``never`` or ``journal`` expect, for the journal to judge."""
        from sevis_sim.journal import Expectation

        if self.journal is not None:
            return Expectation.read(numbers(self.journal))
        if self.never is not None:
            return Expectation.read({"match": self.never.pattern(), "never": True})
        often = {"exactly": self.count, "min": self.min, "max": self.max}
        return Expectation.read(
            {"match": request_pattern(self.request or "upload", self.batch_id, self.org, self.code)}
            | {name: value for name, value in often.items() if value is not None}
        )


def _key(name: str) -> str:
    return ExpectEntry.model_fields[name].alias or name


def numbers(content: Any) -> Any:
    """Return what YAML wrote as texts with the numbers and truths that the journal's matcher wants."""
    if isinstance(content, Mapping):
        return {
            key: int(value)
            if key in ("min", "max", "exactly") and isinstance(value, str) and value.isdigit()
            else value == "true"
            if key in ("never", "absent") and value in ("true", "false")
            else numbers(value)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [numbers(each) for each in content]
    return content
