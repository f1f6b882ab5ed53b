"""The simulator in a container of one's own tests, by testcontainers (extra ``testcontainers``).

Example::

    with SevisSimContainer("sevis-sim:latest", clock="2026-03-06T14:00-05:00") as sevis:
        ...  # the client uploads to sevis.upload_url(), with the files and names of sevis.env
        sevis.command("clock", "advance", "next-business-day")

In Python the fixture ``sevis`` (docs/pytest.md) is quicker and tells more; this is for suites that keep every service
in a container. testcontainers is loaded by `SevisSimContainer.start`.
"""

import secrets
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from sevis_sim.domain.systems import SYSTEMS
from sevis_sim.pki import files

IMAGE = "sevis-sim"
PORT, CONTROL_PORT = 8443, 8444
_SCENARIOS = "/scenarios"
_FILES = {
    "SEVIS_SIM_CA": files.PUBLIC,
    "SEVIS_SIM_CLIENT_CERT": files.PUBLIC,
    "SEVIS_SIM_CLIENT_KEY": files.PRIVATE,
    "SEVIS_SIM_CLIENT_P12": files.PRIVATE,
}
"""Variables that name files, and the permissions of the copies."""


class ContainerError(Exception):
    """The container cannot be used; the message says why and what to do."""


class SevisSimContainer:
    """A container of the image that the Dockerfile of sevis-sim makes."""

    def __init__(
        self,
        image: str = IMAGE,
        *,
        clock: str | None = None,
        scenario: Path | None = None,
        seed: int | None = None,
        fidelity: str | None = None,
        settings: Mapping[str, str] | None = None,
        folder: Path | None = None,
        seconds: float = 60.0,
    ) -> None:
        """Prepare.

        Args:
            image: name of the image.
            clock: as ``serve --clock``.
            scenario: a file; its folder is mounted into the container, so the engine must see it.
            seed: of SEVIS IDs.
            fidelity: real, strict or lenient.
            settings: more variables of `serve`, such as ``SEVIS_SIM_UPLOAD_LIMIT_MB``.
            folder: where copies of certificate and key go; None for a temporary folder.
            seconds: how long it may take until it is ready.

        """
        self._image, self._scenario, self._seconds = image, scenario, seconds
        self.control_token = secrets.token_urlsafe(24)
        """What requests to the control API must bear: ``Authorization: Bearer …``."""
        told = {
            "SEVIS_SIM_CONTROL_HOST": "0.0.0.0",  # noqa: S104 - inside the container; the token keeps others out
            "SEVIS_SIM_CONTROL_TOKEN": self.control_token,
            "SEVIS_SIM_CLOCK": clock,
            "SEVIS_SIM_SEED": seed,
            "SEVIS_SIM_FIDELITY": fidelity,
            "SEVIS_SIM_SCENARIO": f"{_SCENARIOS}/{scenario.name}" if scenario else None,
        }
        self._settings = {name: str(value) for name, value in told.items() if value is not None} | dict(settings or {})
        self._folder = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._container: Any = None
        self._env: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start the container, wait until it is ready, and copy certificate and key out of it.

        Raises:
            ContainerError: testcontainers is not installed, or the simulator does not become ready; with its log.

        """
        container = _new(self._image)
        container.with_exposed_ports(PORT, CONTROL_PORT)
        names = [container.get_docker_client().host(), "host.docker.internal"]
        settings = {"SEVIS_SIM_SERVER_NAMES": ",".join(dict.fromkeys(names))} | self._settings
        for name, value in settings.items():
            container.with_env(name, value)
        if self._scenario is not None:
            container.with_volume_mapping(str(self._scenario.resolve().parent), _SCENARIOS, "ro")
        self._container = container
        try:
            container.start()
            self.command("ready", "--wait", "--timeout", f"{self._seconds:g}")
            self._env = self._copied()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop and remove the container, with its data."""
        if self._container is not None:
            self._container.stop()
            self._container = None
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = self._folder = None

    @property
    def folder(self) -> Path:
        """Where the copies of certificate and key are."""
        if self._folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="sevis-sim-")
            self._folder = Path(self._temporary.name)
        return self._folder

    @property
    def env(self) -> dict[str, str]:
        """The variables for client programs (``SEVIS_SIM_UPLOAD_URL`` and the like), with paths on this machine."""
        return dict(self._env)

    @property
    def control_url(self) -> str:
        """The base address of the control API."""
        return f"http://{self._host}:{self._port(CONTROL_PORT)}"

    def upload_url(self, system: str = "production") -> str:
        """Return the address that uploads to a system go to."""
        return f"{self._base(system)}/batchUpload"

    def download_url(self, system: str = "production") -> str:
        """Return the address that downloads from a system come from."""
        return f"{self._base(system)}/batchDownload"

    def command(self, *words: str) -> str:
        """Run a ``sevis-sim`` command in the container: ``command("clock", "advance", "+1h")``; returns its output.

        Raises:
            ContainerError: its exit code is not 0.

        """
        code, output = self._run("sevis-sim", *words)
        text = output.decode("utf-8", "replace").strip()
        if code != 0:
            raise ContainerError(f"{shlex.join(('sevis-sim', *words))} ended with {code}: {text}\n{self.log()}".strip())
        return text

    def log(self) -> str:
        """Return what the simulator has written."""
        return "\n".join(part.decode("utf-8", "replace") for part in self._running.get_logs() if part)

    @property
    def _running(self) -> Any:
        if self._container is None:
            raise ContainerError("the container is not running; start it first: with SevisSimContainer() as sevis")
        return self._container

    @property
    def _host(self) -> str:
        return str(self._running.get_container_host_ip())

    def _port(self, port: int) -> int:
        return int(self._running.get_exposed_port(port))

    def _base(self, system: str) -> str:
        if system not in SYSTEMS:
            raise ContainerError(f"there is no system {system!r}; there are: {', '.join(SYSTEMS)}")
        return f"https://{self._host}:{self._port(PORT)}/{SYSTEMS[system].url_path}/action"

    def _run(self, *words: str) -> tuple[int, bytes]:
        result = self._running.exec(list(words))
        return int(result.exit_code), bytes(result.output or b"")

    def _read(self, path: str) -> bytes:
        code, content = self._run("cat", path)
        if code != 0:
            raise ContainerError(f"{path} cannot be read in the container: {content.decode('utf-8', 'replace')}")
        return content

    def _copied(self) -> dict[str, str]:
        """Return the variables of the container as they hold here; the files that they name are copied."""
        lines = shlex.split(self._read("/data/sevis-sim.env").decode("utf-8"))
        env = dict(word.split("=", 1) for word in lines if word != "export")
        for name, mode in _FILES.items():
            if name in env:
                copy = self.folder / Path(env[name]).name
                files.write(copy, self._read(env[name]), mode)
                env[name] = str(copy)
        system = next(each for each in SYSTEMS if f"/{SYSTEMS[each].url_path}/" in env["SEVIS_SIM_UPLOAD_URL"])
        return env | {
            "SEVIS_SIM_UPLOAD_URL": self.upload_url(system),
            "SEVIS_SIM_DOWNLOAD_URL": self.download_url(system),
            "SEVIS_SIM_CONTROL_URL": self.control_url,
            "SEVIS_SIM_CONTROL_TOKEN": self.control_token,
        }


def _new(image: str) -> Any:
    try:
        from testcontainers.core.container import DockerContainer  # an extra, see pyproject.toml
    except ModuleNotFoundError as error:
        raise ContainerError(
            f"{error.name} is not installed; install it with: pip install 'sevis-sim[testcontainers]'"
        ) from error
    try:
        return DockerContainer(image)
    except Exception as error:  # docker's own kind, which is not imported for its name alone
        raise ContainerError(f"no container engine answers ({error}); start one, or name it in DOCKER_HOST") from error
