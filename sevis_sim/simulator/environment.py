"""What client programs must know of a running simulator, as variables (design.md §3.2)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sevis_sim import resources
from sevis_sim.pki.identity import DEFAULT_PASSWORD
from sevis_sim.sandbox import Party
from sevis_sim.simulator.errors import SimulatorError
from sevis_sim.workspace import VariablesError, write_variables


def addresses(upload_url: str, download_url: str, control_url: str, sandbox: str) -> dict[str, str]:
    """Return the variables that say where a simulator is."""
    return {
        "SEVIS_SIM_UPLOAD_URL": upload_url,
        "SEVIS_SIM_DOWNLOAD_URL": download_url,
        "SEVIS_SIM_CONTROL_URL": control_url,
        "SEVIS_SIM_SANDBOX": sandbox,
    }


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


def sample_for(party: Party) -> Path | None:
    """Return a shipped sample batch that a party can send as it is, or None."""
    for file in sorted((resources.folder("scenarios") / "files").glob("*.xml")):
        text = file.read_bytes()
        if f"<OrgID>{party.org_id}</OrgID>".encode() in text and f'userID="{party.user_id}"'.encode() in text:
            return file
    return None


def write_both(folder: Path, variables: Mapping[str, str]) -> None:
    """Write the files to source for POSIX shells and for PowerShell; raises as `write`."""
    for name in ("sevis-sim.env", "sevis-sim.ps1"):
        write(folder / name, variables)


def write(path: Path, variables: Mapping[str, str]) -> None:
    """Write a file to source, see `sevis_sim.workspace.write_variables`; SimulatorError where it cannot be written."""
    try:
        write_variables(path, variables)
    except VariablesError as error:
        raise SimulatorError(str(error)) from error
