"""Where the service is and who the client is: the ``SEVIS_SIM_*`` variables that ``serve`` writes (design.md §3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from sevis_sim.client.errors import ClientError
from sevis_sim.domain.systems import SYSTEMS


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """What a client needs to know; None or ``""`` where nothing is set."""

    upload_url: str = ""
    download_url: str = ""
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    org_id: str = ""
    user_id: str = ""

    def for_system(self, name: str) -> Self:
        """Return the same settings for another SEVIS: the first segment of both paths is what tells them apart.

        Raises:
            ClientError: there is no such system, or a URL has none of the known paths.

        """
        return replace(
            self,
            upload_url=url_of_system(self.upload_url, name),
            download_url=url_of_system(self.download_url, name),
        )


def from_environment(
    environ: Mapping[str, str],
    *,
    system: str | None = None,
    cert: Path | None = None,
    key: Path | None = None,
    ca: Path | None = None,
) -> ClientSettings:
    """Read the settings of a client from environment variables; what is given beside them goes first.

    Args:
        environ: The variables. Empty ones count as not set.
        system: ``production``, ``beta`` or ``alpha``; None leaves the URLs as they are.
        cert: PEM file of the client certificate.
        key: PEM file of its key.
        ca: PEM file of the server's authority.

    Raises:
        ClientError: as `ClientSettings.for_system`.

    """

    def path(name: str) -> Path | None:
        text = environ.get(name)
        return Path(text) if text else None

    settings = ClientSettings(
        upload_url=environ.get("SEVIS_SIM_UPLOAD_URL", ""),
        download_url=environ.get("SEVIS_SIM_DOWNLOAD_URL", ""),
        ca=ca or path("SEVIS_SIM_CA"),
        cert=cert or path("SEVIS_SIM_CLIENT_CERT"),
        # A certificate given by hand comes with its own key, in the same file if none is named.
        key=key or (path("SEVIS_SIM_CLIENT_KEY") if cert is None else None),
        org_id=environ.get("SEVIS_SIM_ORG_ID", ""),
        user_id=environ.get("SEVIS_SIM_USER_ID", ""),
    )
    return settings.for_system(system) if system else settings


def url_of_system(url: str, name: str) -> str:
    """Return the URL of another SEVIS: ``/sevisbatch/action/batchUpload`` → ``/alphasevisbatch/action/batchUpload``.

    An empty URL stays empty.

    Raises:
        ClientError: there is no such system, or the URL has none of the known paths.

    """
    if name not in SYSTEMS:
        raise ClientError(f"there is no system {name!r}; there are {', '.join(SYSTEMS)}")
    if not url:
        return url
    parts = urlsplit(url)
    first, slash, rest = parts.path.lstrip("/").partition("/")
    known = {system.url_path for system in SYSTEMS.values()}
    if first not in known:
        raise ClientError(f"{url} cannot be turned to {name}: its path begins with none of {', '.join(sorted(known))}")
    return urlunsplit(parts._replace(path=f"/{SYSTEMS[name].url_path}{slash}{rest}"))
