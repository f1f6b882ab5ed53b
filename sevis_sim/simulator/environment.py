"""Ready-to-source variables for client programs (design.md §3.2): for POSIX shells and for PowerShell."""

import contextlib
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from sevis_sim.pki.identity import DEFAULT_PASSWORD
from sevis_sim.simulator.errors import SimulatorError
from sevis_sim.simulator.party import Party


def variables(addresses: Mapping[str, str], folder: Path | None, parties: Sequence[Party]) -> dict[str, str]:
    """Return addresses, files and names for client programs.

    Args:
        addresses: Variables that name URLs; they come first.
        folder: The data directory; without one there are no files to name.
        parties: Organizations with a client identity; the first one's is the one to use when nothing else is said.

    """
    values = dict(addresses)
    if folder is not None:
        values["SEVIS_SIM_CA"] = str((folder / "ca.pem").resolve())
    if folder is not None and parties:
        base = str((folder / parties[0].identity.name).resolve())
        values |= {
            "SEVIS_SIM_CLIENT_CERT": f"{base}.pem",
            "SEVIS_SIM_CLIENT_KEY": f"{base}.key",
            "SEVIS_SIM_CLIENT_P12": f"{base}.p12",
            "SEVIS_SIM_CLIENT_P12_PASSWORD": DEFAULT_PASSWORD,
        }
    if parties:
        values |= {"SEVIS_SIM_ORG_ID": parties[0].org_id, "SEVIS_SIM_USER_ID": parties[0].user_id}
    for kind in ("school", "sponsor"):
        first = next((party for party in parties if party.organization.kind == kind), None)
        if first is not None:
            values |= {
                f"SEVIS_SIM_{kind.upper()}_ORG_ID": first.org_id,
                f"SEVIS_SIM_{kind.upper()}_USER_ID": first.user_id,
            }
    return values


def write(path: Path, variables: Mapping[str, str]) -> None:
    """Write a file to source, whole or not at all: a reader never sees half of it.

    A name that ends in ``.ps1`` gets lines for PowerShell (``. ./sevis-sim.ps1``), any other ``export NAME=value``.

    Raises:
        SimulatorError: the file cannot be written.

    """
    shell = _powershell if path.suffix.lower() == ".ps1" else _posix
    text = "".join(shell(name, value) for name, value in variables.items())
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # the password of the .p12 is in it
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise SimulatorError(
            f"the variables cannot be written to {path} ({error.strerror}); choose another file"
        ) from error


def _posix(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}\n"


def _powershell(name: str, value: str) -> str:
    quoted = value.replace("'", "''")
    return f"$env:{name} = '{quoted}'\n"
