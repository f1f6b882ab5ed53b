"""What client programs must know of a running University Directory, as variables to source."""

from pathlib import Path

from sevis_sim.pki.identity import DEFAULT_PASSWORD
from udir_sim.receiver import Campus


def variables(
    folder: Path, campus: Campus, *, url: str, control_url: str, sftp: tuple[str, int] | None
) -> dict[str, str]:
    """Return addresses, files and names; those of one campus, as an example that works.

    Args:
        folder: Data directory.
        campus: Whose certificate and account.
        url: Base address of HTTPS.
        control_url: Base address of the control API.
        sftp: Host and port; None where SFTP is off.

    """
    base = str((folder / campus.account).resolve())
    values = {
        "UDIR_SIM_URL": url,
        "UDIR_SIM_FILES_URL": f"{url}/v1/files",
        "UDIR_SIM_CONTROL_URL": control_url,
        "UDIR_SIM_CA": str((folder / "ca.pem").resolve()),
        "UDIR_SIM_LOCATION": campus.location,
        "UDIR_SIM_CLIENT_CERT": f"{base}.pem",
        "UDIR_SIM_CLIENT_KEY": f"{base}.key",
        "UDIR_SIM_CLIENT_P12": f"{base}.p12",
        "UDIR_SIM_CLIENT_P12_PASSWORD": DEFAULT_PASSWORD,
    }
    if sftp is not None:
        values |= {
            "UDIR_SIM_SFTP_HOST": sftp[0],
            "UDIR_SIM_SFTP_PORT": str(sftp[1]),
            "UDIR_SIM_SFTP_USER": campus.account,
            "UDIR_SIM_SFTP_PASSWORD": campus.password,
            "UDIR_SIM_SFTP_KNOWN_HOSTS": str((folder / "known_hosts").resolve()),
        }
    return values
