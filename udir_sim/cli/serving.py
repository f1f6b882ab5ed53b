"""``udir-sim serve``."""

import asyncio
import contextlib
import shlex
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from udir_sim.cli.checking import ModeOption, ProfileOption
from udir_sim.cli.output import EXIT_USAGE, fail, need_numpy

if TYPE_CHECKING:
    from udir_sim.university import Settings, UniversityDirectory

_SAMPLE_RECORDS = 100
_MEGABYTE = 1 << 20


def serve(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Data directory.")] = Path(".udir-sim"),
    host: Annotated[str, typer.Option(help="Address to listen on for HTTPS and SFTP.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="HTTPS port; 0 picks a free one.")] = 8453,
    control_port: Annotated[int, typer.Option(help="Port of the test controls, on 127.0.0.1; 0 picks one.")] = 8454,
    sftp_port: Annotated[int, typer.Option(help="SFTP port; 0 picks a free one.")] = 8422,
    no_sftp: Annotated[bool, typer.Option("--no-sftp", help="Open no SFTP port.")] = False,
    watch: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder to watch; FOLDER/06 is San Diego's. [DIR/watch]")
    ] = None,
    mode: ModeOption = "strict",
    profile: ProfileOption = None,
    clock: Annotated[str, typer.Option(help="'real', an instant (frozen there), or 'INSTANT x600' (fast).")] = "real",
    seed: Annotated[int, typer.Option(help="Seed of faults with a rate.")] = 0,
    fault: Annotated[
        list[str] | None, typer.Option(metavar="FAULT", help="Fault from the start; see udir-sim fault kinds.")
    ] = None,
    limit_mb: Annotated[int, typer.Option(min=1, help="Largest file, as sent and unpacked.")] = 1024,
    upload_seconds: Annotated[float, typer.Option(min=1, help="Longest upload.")] = 600,
    keep: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Loaded files of each campus to keep, with records and reports; older ones are deleted. [all]",
        ),
    ] = None,
    env_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write variables for client programs here, once ready.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Start the University Directory: files come in by HTTPS, SFTP and a folder; applications ask about students.

    It prints a curl line that works when pasted.

    Examples:
      udir-sim serve
      udir-sim serve --mode lenient --data /tmp/udir --port 0 --env-file udir.env
      udir-sim serve --clock 1999-09-02T09:00-07:00 --fault "upload first=2 do=status:503"

    """
    started = time.perf_counter()
    need_numpy()
    from udir_sim.cli.checking import read_mode, read_profile
    from udir_sim.receiver.spool import Limits
    from udir_sim.university import Settings

    settings = Settings(
        data_dir=data,
        host=host,
        port=port,
        control_port=control_port,
        sftp_port=None if no_sftp else sftp_port,
        watch=watch,
        mode=read_mode(mode),
        profile=read_profile(profile, None, None),
        limits=Limits(max_bytes=limit_mb * _MEGABYTE, seconds=upload_seconds),
        clock=clock,
        keep=keep,
        seed=seed,
        faults=tuple(fault or ()),
    )
    asyncio.run(_serve(settings, env_file, quiet, started))


async def _serve(settings: "Settings", env_file: Path | None, quiet: bool, started: float) -> None:
    from sevis_sim.workspace import write_variables
    from udir_sim.university import UniversityDirectory

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    with contextlib.suppress(NotImplementedError):  # Windows
        for number in signals:
            loop.add_signal_handler(number, stop.set)
    with _one_line_errors():
        udir = UniversityDirectory(settings)
        await udir.start()
    teller: asyncio.Task[None] | None = None
    try:
        with _one_line_errors():
            sample = await asyncio.to_thread(_sample, udir)
            if env_file is not None:
                write_variables(env_file, udir.variables())
        if not quiet:
            _greet(udir, sample, time.perf_counter() - started)
            teller = asyncio.create_task(_tell(udir))
        await stop.wait()
        with contextlib.suppress(NotImplementedError):
            for number in signals:
                loop.remove_signal_handler(number)  # a second one ends the process at once
    finally:
        if teller is not None:
            teller.cancel()
        await udir.stop()
    if not quiet:
        _say("stopped; the data directory keeps everything")


def _sample(udir: "UniversityDirectory") -> Path:
    """Write a file that today's check accepts, for the lines that are to be pasted."""
    from sevis_sim.clock import zone_named
    from udir_sim.generator import Plan, file_lines
    from udir_sim.university.settings import ZONE

    campus = udir.campus()
    today = udir.clock.now().astimezone(zone_named(ZONE)).date()
    place = udir.folder / f"sample-{campus.location}.txt"
    content = b"".join(file_lines(Plan(_SAMPLE_RECORDS, campus.location, created=today)))
    place.write_bytes(content)
    return place


def _greet(udir: "UniversityDirectory", sample: Path, seconds: float) -> None:
    from sevis_sim.clock import zone_named
    from udir_sim.university.settings import ZONE

    campus = udir.campus()
    local = udir.clock.describe(zone_named(ZONE))
    rows = [("note", notice) for notice in udir.notices]
    rows += [("clock", local), ("files", f"{udir.url}/v1/files"), ("attributes", f"{udir.url}/v1/eligible")]
    if udir.sftp_port is not None:
        rows.append(("sftp", f"port {udir.sftp_port}, accounts campus-01 to campus-09"))
    rows += [("folder", f"{udir.watched}{'/NN'}"), ("control", udir.control_url)]
    environment = shlex.quote(str(udir.folder / "udir-sim.env"))
    rows.append(("data", f"{udir.folder}  (. {environment} in a shell)"))
    _say(f"udir-sim is ready ({seconds:.2f} s)")
    for name, text in rows:
        _say(f"  {name:<10}  {text}")
    _say(f"\nTry it in another shell, as {campus.name}:")
    for line in lines_to_paste(udir, sample):
        _say(f"  {line}")
    if asked := line_to_ask(udir, sample):
        _say(f"Then ask, as the application {asked[0]}, whether a student of the file is eligible:")
        _say(f"  {asked[1]}")
    _say()


def lines_to_paste(udir: "UniversityDirectory", sample: Path) -> list[str]:
    """Return shell lines that send a file by each door."""
    campus, folder = udir.campus(), udir.folder
    base = str(folder / campus.account)
    curl = ["curl", "--cacert", str(folder / "ca.pem"), "--cert", f"{base}.pem", "--key", f"{base}.key"]
    lines = [shlex.join([*curl, "-T", str(sample), f"{udir.url}/v1/files/"])]
    if udir.sftp_port is not None:
        options = ["-P", str(udir.sftp_port), "-i", f"{base}.key", "-o", f"UserKnownHostsFile={folder / 'known_hosts'}"]
        sftp = shlex.join(["sftp", *options, f"{campus.account}@{udir.variables()['UDIR_SIM_SFTP_HOST']}"])
        lines.append(f"echo put {shlex.quote(str(sample))} | {sftp}")
    lines.append(shlex.join(["cp", str(sample), str(udir.watched / campus.location)]))
    return lines


def line_to_ask(udir: "UniversityDirectory", sample: Path) -> tuple[str, str] | None:
    """Return an application and a shell line that asks the attribute service as it; None where there is none."""
    from udir_sim.directory.record import record_of_content

    for name in udir.applications:
        base = udir.folder / "applications" / name
        records = [record_of_content(line) for line in sample.read_bytes().splitlines()[1:-1]]
        student = next((each for each in records if each.net_id and each.student_status == "R"), None)
        if student is not None and base.with_name(f"{name}.key").exists():
            curl = ["curl", "--cacert", str(udir.folder / "ca.pem"), "--cert", f"{base}.pem", "--key", f"{base}.key"]
            return name, shlex.join([*curl, f"{udir.url}/v1/eligible?app={name}&netid={student.net_id}"])
    return None


async def _tell(udir: "UniversityDirectory") -> None:
    """Print what happens, one line each."""
    async for entry in udir.journal.subscribe(None):
        if entry.kind != "request.answered":
            _say(f"{entry.instant:%H:%M:%S}  {entry.summary}")


@contextlib.contextmanager
def _one_line_errors() -> Any:
    """Turn what can go wrong at the start into one line each."""
    from sevis_sim.clock import ClockError
    from sevis_sim.faults import FaultError
    from sevis_sim.pki import PkiError
    from sevis_sim.store import StoreError
    from sevis_sim.wire import WireError
    from sevis_sim.workspace import DataDirectoryError, VariablesError
    from sevis_sim.yamlfile import YamlError
    from udir_sim.directory import DirectoryError
    from udir_sim.receiver import ReceiverError
    from udir_sim.university import UniversityError

    try:
        yield
    except (ClockError, FaultError, YamlError) as error:
        fail(str(error), EXIT_USAGE)
    except (DataDirectoryError, DirectoryError, PkiError, ReceiverError, StoreError) as error:
        fail(str(error))
    except (UniversityError, VariablesError) as error:
        fail(str(error))
    except WireError as error:
        fail(f"{error} (--host, --port)")


def _say(text: str = "") -> None:
    print(text, flush=True)
