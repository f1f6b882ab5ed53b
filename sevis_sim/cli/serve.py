"""``sevis-sim serve`` and ``sevis-sim ready``."""

import asyncio
import contextlib
import os
import shlex
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sevis_sim.cli.report import (
    EXIT_FINDINGS,
    EXIT_USAGE,
    CommandError,
    ControlOption,
    control_url,
    error_line,
    fail,
    run,
    say,
)

if TYPE_CHECKING:
    from sevis_sim.journal import Entry
    from sevis_sim.simulator import Party, Simulator


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
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Start the simulator; it prints curl lines that work when pasted.

    Examples:
      sevis-sim serve

      sevis-sim serve --clock 2026-03-06T21:50-05:00 --data /tmp/friday

      sevis-sim serve --scenario scenarios/alpha-2016.yaml --port 0 --env-file client.env

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
    }
    from sevis_sim.cli.config import load

    settings = load({name: given for name, given in flags.items() if given is not None}, config).settings
    run(_serve(settings, quiet, started))


async def _serve(settings: Any, quiet: bool, started: float) -> None:
    from sevis_sim.simulator import Simulator

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, stop.set)
    simulator = Simulator(settings)
    with _one_line_errors():
        await simulator.start()
    try:
        simulator.write_environment()
        if not quiet:
            _greet(simulator, time.perf_counter() - started)
            tellers = [asyncio.create_task(_tell(simulator, whose)) for whose in ("default", None)]
        await stop.wait()
        if not quiet:
            for teller in tellers:
                teller.cancel()
            say("stopped; the data directory keeps everything")
    finally:
        await simulator.stop()


@contextlib.contextmanager
def _one_line_errors() -> Iterator[None]:
    """Turn what can go wrong at start-up into one line each."""
    from sevis_sim.clock import ClockError, InstantError, ProfileError
    from sevis_sim.pki import PkiError
    from sevis_sim.scenarios import ScenarioError
    from sevis_sim.simulator import DataDirectoryError, SimulatorError
    from sevis_sim.store import StoreError
    from sevis_sim.wire import WireError

    try:
        yield
    except (DataDirectoryError, PkiError, SimulatorError, StoreError, WireError) as error:
        raise CommandError(str(error)) from error
    except (ClockError, InstantError, ProfileError, ScenarioError) as error:
        raise CommandError(str(error), EXIT_USAGE) from error


def _greet(simulator: "Simulator", seconds: float) -> None:
    sandbox = simulator.default.sandbox
    local = sandbox.calendar.local(sandbox.now())
    say(f"sevis-sim is ready ({seconds:.2f} s)")
    for notice in simulator.notices:
        say(f"  note      {notice}")
    say(f"  clock     {local:%A %Y-%m-%d %H:%M:%S %Z} ({sandbox.clock.describe()}), seed {sandbox.seed}")
    for system in ("production", "beta", "alpha"):
        say(f"  {system:<9} {simulator.upload_url(system)}")
    say(f"  control   {simulator.control_url}")
    for party in simulator.parties:
        say(f"  {party.organization.kind:<9} {party.org_id}, user {party.user_id}, certificate {party.identity.name}")
    if simulator.folder:
        say(f"  files     {simulator.folder}  (source {simulator.folder / 'sevis-sim.env'} in a shell)")
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
        "sevis-sim clock advance next-business-day",
        f"{curl} -o result.zip {quote(f'{simulator.download_url()}?{query}')}",
    ]


async def _tell(simulator: "Simulator", sandbox: str | None) -> None:
    """Print each journal entry as it comes: the console is the first place where a tester looks."""
    async for entry in simulator.journal.subscribe(sandbox):
        _print_entry(entry, simulator)


def _print_entry(entry: "Entry", simulator: "Simulator") -> None:
    local = simulator.default.sandbox.calendar.local(entry.instant)
    say(f"{local:%Y-%m-%d %H:%M:%S}  {entry.summary}")
    for violation in entry.detail.get("violations", []):
        say(f"{'':21}line {violation['line']}: {violation['message']}")
    for note in entry.detail.get("notes", []):
        say(f"{'':21}note: {note}")
    remedies = entry.detail.get("remedies", {})
    for remedy in (entry.detail.get("remedy"), *remedies.values()):
        if remedy:
            say(f"{'':21}→ {remedy}")


def ready(
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the simulator is ready.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.", min=0.0)] = 30.0,
    control: ControlOption = None,
) -> None:
    """Tell whether a simulator is ready: exit code 0 if so, 1 if not.

    Example:  sevis-sim serve --env-file client.env & sevis-sim ready --wait
    """
    url = control_url(control)

    async def work() -> bool:
        import aiohttp

        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            deadline = time.monotonic() + timeout
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"{url}/readyz") as response:
                        if response.status == 200:
                            return True
                if not wait or time.monotonic() >= deadline:
                    return False
                await asyncio.sleep(0.05)

    try:
        good = run(work())
    except ValueError:
        fail(f"{url} is not the address of a control API, such as http://127.0.0.1:8444", EXIT_USAGE)
    if not good:
        waited = f" after {timeout:g} s" if wait else ""
        error_line(f"no simulator is ready at {url}{waited}; start one with: sevis-sim serve")
        raise typer.Exit(EXIT_FINDINGS)
    if os.environ.get("CI") is None:
        say(f"ready at {url}")
