"""``sevis-sim serve`` and ``sevis-sim ready``."""

import contextlib
import os
import shlex
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sevis_sim.cli.report import (
    DEFAULT_CONTROL_URL,
    EXIT_FINDINGS,
    EXIT_USAGE,
    ControlOption,
    SystemName,
    clock_words,
    collect_as_usual,
    control_url,
    error_line,
    fail,
    one_line_errors,
    run,
    say,
)

if TYPE_CHECKING:
    from sevis_sim.simulator import Party, Simulator

_NOT_SOUGHT: Mapping[str, str] = MappingProxyType(
    {
        "SSL_CERT_FILE": os.devnull,
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }
)
"""Variables that keep libraries from looking for what a server has no use for, while they are imported.

aiohttp reads the certificates of all public authorities (``aiohttp.connector``), for clients that do not say whom they
trust: a third of what importing it takes. pydantic reads the metadata of all installed packages to find plugins.
"""


def serve(
    data: Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Data directory. [.sevis-sim]")] = None,
    port: Annotated[int | None, typer.Option(help="TLS port for clients; 0 picks a free one. [8443]")] = None,
    control_port: Annotated[int | None, typer.Option(help="Port of the control API; 0 picks one. [8444]")] = None,
    control_host: Annotated[str | None, typer.Option(help="Address of the control API. [127.0.0.1]")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on for clients. [127.0.0.1]")] = None,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Organizations, records and clock from a scenario.")
    ] = None,
    clock: Annotated[
        str | None, typer.Option(help="'real', an instant (frozen there), or 'INSTANT x600' (fast). [real]")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of SEVIS IDs.")] = None,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="Database. [SQLite in the data directory]")
    ] = None,
    fidelity: Annotated[str | None, typer.Option(help="real, strict or lenient. [real]")] = None,
    schemas: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Official XSD files to use instead of the shipped ones.")
    ] = None,
    upload_limit_mb: Annotated[int | None, typer.Option(help="Largest upload. [20]")] = None,
    env_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write variables for client programs here, once ready.")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings file. [sevis-sim.yaml]")] = None,
    log_format: Annotated[
        str | None, typer.Option(help="auto, human or json: the log on standard error. [auto]")
    ] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning, error or off. [info]")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Start the simulator; it prints curl lines that work when pasted.

    Examples:
      sevis-sim serve
      sevis-sim serve --clock 2026-03-06T21:50-05:00 --data /tmp/friday
      sevis-sim serve --scenario alpha-2016.yaml --port 0 --env-file client.env

    """
    started = time.perf_counter()
    flags: dict[str, Any] = {
        "data_dir": data,
        "port": port,
        "control_port": control_port,
        "control_host": control_host,
        "host": host,
        "scenario": scenario,
        "clock": clock,
        "seed": seed,
        "database": database,
        "fidelity": fidelity,
        "schemas": schemas,
        "upload_limit_mb": upload_limit_mb,
        "env_file": env_file,
        "log_format": log_format,
        "log_level": log_level,
    }
    from sevis_sim.cli.config import load

    with _nothing_sought():
        settings = load({name: given for name, given in flags.items() if given is not None}, config).settings
    run(_serve(settings, quiet, started))


@contextlib.contextmanager
def _nothing_sought() -> Iterator[None]:
    """Import without what `_NOT_SOUGHT` leaves out; the environment is as before afterwards."""
    before = {name: os.environ.get(name) for name in _NOT_SOUGHT}
    os.environ.update(_NOT_SOUGHT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


async def _serve(settings: Any, quiet: bool, started: float) -> None:
    import asyncio

    with _nothing_sought():
        from sevis_sim.simulator import Simulator
    from sevis_sim.simulator.logs import Log

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    with contextlib.suppress(NotImplementedError):  # Windows
        for number in signals:
            loop.add_signal_handler(number, stop.set)
    simulator = Simulator(settings)
    with one_line_errors():
        await simulator.start()
    calendar = simulator.default.sandbox.calendar
    log = Log(simulator.journal, settings.log_format, "error" if quiet else settings.log_level, calendar.local)
    try:
        with one_line_errors():
            simulator.write_environment()
        if not quiet:
            _greet(simulator, time.perf_counter() - started)
        collect_as_usual()
        await stop.wait()
        with contextlib.suppress(NotImplementedError):
            for number in signals:
                loop.remove_signal_handler(number)  # a second one ends the process at once
    finally:
        await simulator.stop()
        log.close()
    if not quiet:
        say("stopped; the data directory keeps everything")


def _greet(simulator: "Simulator", seconds: float) -> None:
    sandbox = simulator.default.sandbox
    local = sandbox.calendar.local(sandbox.now())
    say(f"sevis-sim is ready ({seconds:.2f} s)")
    rows = [(notice, "note") for notice in simulator.notices]
    runs = clock_words(sandbox.clock.mode, sandbox.clock.factor)
    rows.append((f"{local:%A %Y-%m-%d %H:%M:%S %Z} ({runs}), seed {sandbox.seed}", "clock"))
    rows += [(simulator.upload_url(system), system) for system in SystemName]
    rows.append((simulator.control_url, "control"))
    rows += [
        (f"{p.org_id}, user {p.user_id}, certificate {p.identity.name}", p.organization.kind) for p in simulator.parties
    ]
    if simulator.folder:
        environment = shlex.quote(str(simulator.folder / "sevis-sim.env"))
        rows.append((f"{simulator.folder}  (. {environment} in a shell)", "files"))
    for text, name in rows:
        say(f"  {name:<10}  {text}")
    _print_curl_lines(simulator)
    say()


def _print_curl_lines(simulator: "Simulator") -> None:
    """Print lines that work when pasted: an upload of a shipped sample, a jump, the download."""
    sample = next(
        ((party, file) for party in simulator.parties if (file := simulator.sample_for(party)) is not None), None
    )
    if sample is None or simulator.folder is None:
        return
    party, file = sample
    from sevis_sim.client import read_header

    batch_id = read_header(file.read_bytes()).batch_id
    say("\nTry it in another shell:")
    for line in curl_lines(simulator, party, file, batch_id):
        say(f"  {line}")


def curl_lines(simulator: "Simulator", party: "Party", file: Path, batch_id: str) -> list[str]:
    """Return the shell lines of one batch's whole way."""
    assert simulator.folder is not None  # noqa: S101 - curl needs files; callers ask only where there are some
    base = simulator.folder / party.identity.name
    quote = shlex.quote
    curl = shlex.join(
        ["curl", "--cacert", str(simulator.folder / "ca.pem"), "--cert", f"{base}.pem", "--key", f"{base}.key"]
    )
    fields = {"orgid": party.org_id, "batchid": batch_id, "userid": party.user_id}
    form = " ".join(f"-F {name}={quote(text)}" for name, text in fields.items())
    query = "&".join(f"{name}={text}" for name, text in fields.items())
    return [
        f"{curl} {form} -F xml=@{quote(str(file))} {simulator.upload_url()}",
        f"sevis-sim clock advance next-business-day{_control_option(simulator)}",
        f"{curl} -o result.zip {quote(f'{simulator.download_url()}?{query}')}",
    ]


def _control_option(simulator: "Simulator") -> str:
    """Return ``--control URL`` where commands in this folder would not find the simulator by themselves."""
    assert simulator.folder is not None  # noqa: S101 - as above
    found = simulator.control_url == DEFAULT_CONTROL_URL or simulator.folder.resolve() == Path(".sevis-sim").resolve()
    return "" if found else f" --control {simulator.control_url}"


def ready(
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the simulator is ready.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.", min=0.0)] = 30.0,
    control: ControlOption = None,
) -> None:
    """Tell whether a simulator is ready: exit code 0 if so, 1 if not.

    Example:  sevis-sim serve & sevis-sim ready --wait
    """

    async def work() -> bool:
        import asyncio

        import aiohttp

        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            deadline = time.monotonic() + timeout
            while True:
                with contextlib.suppress(aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError):
                    # Looked up each time: `serve` may be about to write the address of a port it picked.
                    async with session.get(f"{control_url(control)}/readyz") as response:
                        if response.status == 200:
                            return True
                if not wait or time.monotonic() >= deadline:
                    return False
                await asyncio.sleep(0.05)

    try:
        good = run(work())
    except ValueError:  # of aiohttp, for what is no URL
        url = control_url(control)
        fail(f"{url} is not the address of a control API, such as http://127.0.0.1:8444", EXIT_USAGE)
    if not good:
        waited = f" after {timeout:g} s" if wait else ""
        error_line(f"no simulator is ready at {control_url(control)}{waited}; start one with: sevis-sim serve")
        raise typer.Exit(EXIT_FINDINGS)
    say(f"ready at {control_url(control)}")
