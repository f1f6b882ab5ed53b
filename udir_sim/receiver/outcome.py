"""What became of a file, told in JSON, text and HTML: the answer to the sender, and later again to who asks.

The report of the check never changes. What stands above it does: a held file may have been released since.
"""

import json
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from udir_sim.directory import Delivery, Load, State
from udir_sim.directory.archive import Archive

Form = Literal["json", "txt", "html"]
CONTENT_TYPES: dict[Form, str] = {"json": "application/json", "txt": "text/plain", "html": "text/html"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A delivery, and its load where there is one."""

    delivery: Delivery
    load: Load | None = None
    again: bool = False
    """Whether the same content had come before."""
    in_force: Load | None = None
    """The last load of the location, where it is known to be another file's."""

    @property
    def status(self) -> int:
        """The HTTP status of the answer to the sender."""
        state = self.delivery.state
        if state is State.LOADED:
            return 200 if self.again else 201
        return 202 if state is State.HELD else 403 if self.delivery.foreign else 422

    @property
    def headline(self) -> str:
        """The first line of what people read.

        The verdict of the check, unless a good file was held or refused all the same: a sender who reads ``ACCEPTED``
        does not read on.
        """
        state = self.delivery.state
        good = self.delivery.verdict.startswith("ACCEPTED")
        return state.value if good and state is not State.LOADED else self.delivery.verdict

    def line(self) -> str:
        """Return in one line what became of the file."""
        delivery, load = self.delivery, self.load
        if delivery.state is State.LOADED and load is not None:
            changes = f"{load.added:,} added, {load.changed:,} changed, {load.deleted:,} deleted"
            carried = f", {load.carried:,} carried forward" if load.carried else ""
            return f"LOADED as load {load.number} of location {load.location}: {changes}{carried}"
        if delivery.state is State.LOADED:
            return "LOADED, so long ago that the history does not go back to it"
        return f"{delivery.state.value}, not loaded: {delivery.note}"

    def document(self) -> dict[str, Any]:
        """Return everything but the report as values that JSON can hold."""
        return delivery_document(self.delivery, self.load) | {"again": self.again, "outcome": self.line()}

    def render(self, form: Form, archive: Archive) -> str:
        """Return outcome and report in a form."""
        report = archive.report_path(self.delivery.id, form).read_text(encoding="utf-8")
        if form == "json":
            both = {"delivery": self.document(), "report": json.loads(report)}
            return json.dumps(both, indent=2, ensure_ascii=False) + "\n"
        rows = [("delivery", self.delivery.id), ("outcome", self.line())]
        if self.again:
            rows.append(("again", f"this content came first on {self.delivery.received:%Y-%m-%d %H:%M:%S} UTC"))
        if self.in_force is not None and self.delivery.state is State.LOADED:
            rows.append(("now", f"load {self.in_force.number} is in force, of the file {self.in_force.delivery}"))
        if form == "txt":
            rest = report.split("\n", 1)[1]
            return "\n".join([self.headline, "", *(f"{name:<10}{value}" for name, value in rows), rest.lstrip("\n")])
        lines = (f"<tr><th scope=row>{name.capitalize()}</th><td>{escape(value)}</td></tr>" for name, value in rows)
        report = report.replace("<table>", f"<table>{''.join(lines)}", 1)
        for before in ("<title>", "<h1>"):
            report = report.replace(f"{before}{self.delivery.verdict}", f"{before}{self.headline}", 1)
        return report


def delivery_document(delivery: Delivery, load: Load | None = None) -> dict[str, Any]:
    """Return a delivery as values that JSON can hold."""
    return {
        "id": delivery.id,
        "location": delivery.location,
        "name": delivery.name,
        "door": delivery.door,
        "received": delivery.received.isoformat(),
        "sha256": delivery.sha256,
        "bytes": delivery.bytes,
        "created": delivery.created.isoformat() if delivery.created else None,
        "dataRecords": delivery.data_records,
        "verdict": delivery.verdict,
        "state": delivery.state.value,
        "note": delivery.note,
        "decided": delivery.decided.isoformat() if delivery.decided else None,
        "fileSha256": delivery.file_sha256,
        "reportSha256": delivery.report_sha256,
        "load": load_document(load) if load is not None else None,
    }


def load_document(load: Load) -> dict[str, Any]:
    """Return a load as values that JSON can hold."""
    return {
        "location": load.location,
        "number": load.number,
        "kind": load.kind,
        "delivery": load.delivery,
        "backTo": load.back_to,
        "instant": load.instant.isoformat(),
        "created": load.created.isoformat() if load.created else None,
        "records": load.records,
        "added": load.added,
        "changed": load.changed,
        "deleted": load.deleted,
        "unchanged": load.unchanged,
        "carried": load.carried,
    }


def form_wanted(accept: str, asked: str | None = None) -> Form | None:
    """Return the form that a client asks for.

    Args:
        accept: Its ``Accept`` header. ``*/*``, as curl sends it, means text.
        asked: The query parameter ``format`` (json, text or html), which goes before.

    Returns:
        None where it accepts none of the three.

    """
    names: dict[str, Form] = {"json": "json", "text": "txt", "txt": "txt", "html": "html"}
    if asked is not None:
        return names.get(asked.lower())
    best: tuple[float, int, Form] | None = None
    offers: dict[str, Form] = {"text/plain": "txt", "application/json": "json", "text/html": "html"}
    for number, part in enumerate(accept.split(",") if accept.strip() else ["*/*"]):
        kind, *parameters = (each.strip().lower() for each in part.split(";"))
        form: Form | None = (
            "txt" if kind in ("*/*", "text/*") else "json" if kind == "application/*" else offers.get(kind)
        )
        weight = _weight(parameters)
        if form is not None and weight > 0 and (best is None or weight > best[0]):
            best = (weight, number, form)
    return best[2] if best is not None else None


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
