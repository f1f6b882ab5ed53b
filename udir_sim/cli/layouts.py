"""``udir-sim layout``: what stands where in a file."""

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from udir_sim.cli.output import EXIT_USAGE, JsonOption, OutputOption, as_json, fail, write

if TYPE_CHECKING:
    from udir_sim.layout import Layout, Record


def layout(
    cobol: Annotated[bool, typer.Option("--cobol", help="As a COBOL copybook.")] = False,
    json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """Print the columns of a UDIRSTUD file.

    Examples:
      udir-sim layout
      udir-sim layout --cobol -o UDIRSTUD.cpy

    """
    from udir_sim.layout import copybook
    from udir_sim.layout import layout as known

    if cobol and json:
        fail("choose one of --cobol and --json", EXIT_USAGE)
    found = known()
    write(copybook(found) if cobol else as_json(_document(found)) if json else _text(found), output)


def _records(layout: "Layout") -> "tuple[Record, ...]":
    return layout.header, layout.data, layout.trailer


def _text(layout: "Layout") -> str:
    lines = [f"every record has {layout.length} bytes"]
    for record in _records(layout):
        lines += ["", f"{record.kind} record" + (f", code {record.code}" if record.code else ", without a code")]
        for field in record.fields:
            codes = "".join(f"; {code} {text}" for code, text in field.values.items()) if field.length == 1 else ""
            note = f"; {field.note}" if field.note else ""
            columns = f"{field.start}-{field.end}"
            lines.append(f"  {field.id}  {columns:<9}{field.kind:<7}{field.name}{codes}{note}")
    lines += ["", "locations: " + ", ".join(f"{code} {name}" for code, name in layout.locations.items())]
    return "\n".join(lines) + "\n"


def _document(layout: "Layout") -> dict[str, Any]:
    return {
        "length": layout.length,
        "locations": dict(layout.locations),
        "records": [
            {
                "kind": record.kind,
                "code": record.code,
                "fields": [
                    dataclasses.asdict(field) | {"end": field.end, "values": dict(field.values)}
                    for field in record.fields
                ],
            }
            for record in _records(layout)
        ],
    }
