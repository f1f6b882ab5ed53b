"""Options of commands that judge by a release of the schemas, and the release that they mean."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sevis_sim.cli.report import EXIT_USAGE, error_line, fail

if TYPE_CHECKING:
    from sevis_sim.schemas import Release

DEFAULT_DATA = Path(".sevis-sim")
DataOption = Annotated[Path, typer.Option("--data", metavar="DIR", help="Data directory with imported releases.")]
SchemasOption = Annotated[
    Path | None,
    typer.Option("--schemas", metavar="DIR", help="Folder of official XSD files to use instead of the shipped ones."),
]
ReleaseOption = Annotated[
    str | None,
    typer.Option("--release", metavar="NAME", help="Release to use, as `sevis-sim schemas list` names it."),
]


def chosen(schemas: Path | None, name: str | None, data: Path) -> "Release":
    """Return the release that the options name, else the shipped one; warnings of damaged files are printed."""
    if schemas is not None and name is not None:
        fail("choose one of --schemas and --release", EXIT_USAGE)
    if schemas is None and name is None:
        from sevis_sim.schemas import release

        return release()
    from sevis_sim.schemas.importing import open_folder
    from sevis_sim.schemas.releases import ReleaseError, find_release

    try:
        found, warnings = (find_release(str(name), data), ()) if schemas is None else open_folder(schemas)
        found.compile()
    except (ReleaseError, ValueError) as error:
        fail(str(error), EXIT_USAGE)
    for warning in warnings:
        error_line(f"warning: {warning}")
    return found
