"""The entries of a scenario's ``faults``: their shape for editors, and what is wrong with them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from sevis_sim.yamlfile import Finding

if TYPE_CHECKING:
    from sevis_sim.scenarios.world import World

_SOME_DAY = datetime(2026, 3, 6, 19, tzinfo=UTC)
"""Stands for the time at which the scenario will begin: no fault is right or wrong by it."""


def _as_written(value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Written = Annotated[str, BeforeValidator(_as_written), WithJsonSchema({"type": ["string", "number"]})]
Do = Annotated[
    Any,
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "minProperties": 1, "maxProperties": 1}]}),
]


class FaultEntry(BaseModel):
    """Something that goes wrong at a place, for some, some of the time (docs/faults.md)."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True, defer_build=True
    )

    preset: str | None = Field(
        default=None, description="a failure mode by its name, instead of at and do", examples=["december-2011"]
    )
    name: Written | None = Field(default=None, description="what to call it")
    at: Literal["upload", "download", "handshake", "processing", "record"] | None = Field(
        default=None, description="where it strikes"
    )
    do: Do = Field(
        default=None,
        description="what goes wrong: a kind, or a kind and its value",
        examples=["drop", {"status": 503}, {"disposition": "S0001"}],
    )
    whom: dict[str, Written] | None = Field(
        default=None,
        description="whom it strikes, by facts of the exchange; * and ? stand for any characters",
        examples=[{"organization": "ABC214F*"}],
    )
    first: Written | None = Field(default=None, description="it strikes the first so many")
    every: Written | None = Field(default=None, description="it strikes every so manieth")
    rate: Written | None = Field(default=None, description="it strikes this share, chosen by the seed")
    in_a_row: Written | None = Field(default=None, description="of a rate: so many in a row at most")
    since: Written | None = Field(default=None, alias="from", description="not before: an instant, or friday 20:00")
    until: Written | None = Field(default=None, description="not from then on: an instant, or saturday 00:00")
    ttl: Written | None = Field(default=None, description="it ends so long after the beginning, or after from")
    phase: Literal["before", "after"] | None = Field(default=None, description="before or after what was asked is done")

    def content(self) -> dict[str, Any]:
        """Return the entry as `sevis_sim.mischief.read_faults` reads it, in plain values."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def wrong_faults(scenario: "World") -> Iterator[Finding]:
    """Yield what is wrong with the faults of a scenario."""
    if not scenario.faults:
        return
    from sevis_sim.clock import Calendar
    from sevis_sim.faults import FaultError, Faults  # loads the journal; only where there are faults
    from sevis_sim.mischief import read_faults

    armed, calendar = Faults(), Calendar()
    for number, entry in enumerate(scenario.faults):
        content = entry.content()
        try:
            for fault in read_faults(content, _SOME_DAY, calendar):
                armed.add(fault)
        except FaultError as error:
            known = error.key in content
            message = str(error).removeprefix(f"{error.key}: ") if known else str(error)
            yield Finding(("faults", number, error.key) if known else ("faults", number), message)
