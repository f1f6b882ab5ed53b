"""Ready-to-source variables for client programs (design.md §3.2): for POSIX shells and for PowerShell."""

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from sevis_sim.pki.identity import DEFAULT_PASSWORD
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
    """Write ``export NAME=value`` lines, whole or not at all: a reader never sees half a file."""
    _replace(path, "".join(f"export {name}={shlex.quote(text)}\n" for name, text in variables.items()))


def write_powershell(path: Path, variables: Mapping[str, str]) -> None:
    """Write the same for PowerShell: ``. ./sevis-sim.ps1``."""
    lines = (f"$env:{name} = '{text.replace(chr(39), chr(39) * 2)}'\n" for name, text in variables.items())
    _replace(path, "".join(lines))


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds the password of the .p12
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
