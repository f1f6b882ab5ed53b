"""What commands share that look into a data directory while no server, or another process, has it open."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from udir_sim.cli.output import fail

if TYPE_CHECKING:
    from sevis_sim.journal import Journal
    from sevis_sim.pki import CertificateAuthority
    from udir_sim.directory import Directory

DataOption = Annotated[Path, typer.Option("--data", metavar="DIR", help="Data directory of the server.")]


@dataclass(frozen=True, slots=True)
class OpenedData:
    """A data directory that is open."""

    directory: "Directory"
    journal: "Journal"
    authority: "CertificateAuthority"


@contextmanager
def opened_data(folder: Path) -> Iterator[OpenedData]:
    """Open a data directory that is there already; whatever is wrong with it ends the command."""
    from sevis_sim.journal import Journal
    from sevis_sim.pki import CertificateAuthority, PkiError
    from sevis_sim.store import StoreError
    from sevis_sim.store.ground import open_ground
    from sevis_sim.yamlfile import YamlError
    from udir_sim.directory import Directory
    from udir_sim.directory.directory import DATABASE

    if not (folder / DATABASE).exists():
        fail(f"{folder} is no data directory of udir-sim: name the one of `udir-sim serve` with --data DIR")
    try:
        authority = CertificateAuthority.ensure(folder)
        with Directory.open(folder) as directory:
            journal = open_ground(f"sqlite:///{folder / 'journal.db'}", "udir-sim journal")
            try:
                yield OpenedData(directory, Journal(journal), authority)
            finally:
                journal.close()
    except (PkiError, StoreError, YamlError) as error:
        fail(str(error))
