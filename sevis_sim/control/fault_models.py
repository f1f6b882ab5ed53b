"""What the control API takes and gives of faults."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, JsonValue

from sevis_sim.control.models import Model

Place = Literal["upload", "download", "handshake", "processing", "record"]


class AddFault(Model):
    """A fault or a preset (docs/faults.md), as in a scenario's ``faults``, or as ``text`` as on the command line."""

    text: str | None = Field(
        default=None, max_length=2000, examples=["upload first=2 do=status:503 organization=ABC214F*"]
    )
    preset: str | None = Field(default=None, examples=["december-2011"])
    name: str | None = Field(default=None, max_length=64)
    at: str | None = Field(default=None, examples=["upload"])
    do: JsonValue = Field(default=None, examples=["drop", {"status": 503}])
    whom: dict[str, str] | None = Field(default=None, examples=[{"organization": "ABC214F*"}])
    first: int | None = None
    every: int | None = None
    rate: float | None = None
    in_a_row: int | None = None
    since: str | None = Field(default=None, alias="from", examples=["friday 20:00"])
    until: str | None = Field(default=None, examples=["saturday 00:00", "2026-03-07T00:00-05:00"])
    ttl: str | None = Field(default=None, examples=["2h"])
    phase: str | None = Field(default=None, examples=["after"])


class FaultOut(Model):
    """A fault, and what it has done."""

    name: str
    at: Place
    kind: str
    value: Any
    whom: dict[str, str]
    first: int | None
    every: int | None
    rate: float | None
    in_a_row: int | None
    since: datetime | None
    until: datetime | None
    phase: Literal["before", "after"]
    matched: int
    """Exchanges that it was meant for."""
    struck: int
    """Those of them that it struck."""


class ClearedOut(Model):
    """The faults that were taken out."""

    cleared: list[str]


class PresetOut(Model):
    """A failure mode of the real service."""

    name: str
    title: str
    symptom: str
    good: str
    """What a good client does."""
    source: str
    faults: list[dict[str, Any]]
