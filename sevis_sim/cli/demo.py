"""``sevis-sim demo``: the whole main job on real input, narrated, in seconds."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sevis_sim.cli.exchange import print_records
from sevis_sim.cli.report import EXIT_ENVIRONMENT, CommandError, fail, one_line_errors, run, say

if TYPE_CHECKING:
    from sevis_sim.client import FileHeader, SevisClient
    from sevis_sim.simulator import Party, Simulator

CLOCK = "2026-03-06T14:00-05:00"
"""A Friday afternoon: its result comes on Monday, which shows business days at work."""
SEED = 7

# The two batches: the folder for what comes of it, the shipped file, how to name what it holds.
BATCHES = (
    ("students", "two-students.xml", "two students, the second with a mistake"),
    ("exchange-visitors", "two-exchange-visitors.xml", "two exchange visitors, the second with a mistake"),
)
MARKER = "made-by-sevis-sim-demo"


def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to leave everything.")] = Path("demo-out"),
) -> None:
    """Play the whole way of two batches, narrated.

    Real sockets, real certificates, a night, zips and forms. Leaves uploads, replies, zips, logs, PDFs and
    certificates in ./demo-out.

    Example:  sevis-sim demo --out /tmp/demo
    """
    _clear(out)
    with one_line_errors():
        run(_demo(out))


def _clear(out: Path) -> None:
    """Make room: a folder that an earlier demo left is replaced, anything else is not touched."""
    if out.exists() and any(out.iterdir()) and not (out / MARKER).exists():
        fail(f"{out} is not empty and no demo made it; choose another folder with --out", EXIT_ENVIRONMENT)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / MARKER).write_text("This folder is replaced by the next demo.\n", encoding="utf-8")


async def _demo(out: Path) -> None:
    from sevis_sim.simulator import Simulator

    async with Simulator(clock=CLOCK, seed=SEED, data_dir=out / "simulator") as sim:
        calendar = sim.default.sandbox.calendar
        now = calendar.local(sim.clock.now())
        say("1. Start: a simulator with its own certificate authority, on free ports")
        say(f"     clock    {now:%A %Y-%m-%d %H:%M %Z}, standing still")
        say(f"     upload   {sim.upload_url()}")
        for party in sim.parties:
            name = party.identity.name
            say(f"     {party.organization.kind:<8} {party.org_id}, user {party.user_id}, certificate {name}.pem")

        say("\n2. Upload two batches over mutual TLS")
        sent = [await _upload(sim, out / folder, file, words) for folder, file, words in BATCHES]

        say("\n3. Try a download too early")
        for party, header in sent:
            async with _client(sim, party) as client:
                early = await client.download(header.org_id, header.batch_id, header.user_id)
            code = early.log.download_code if early.log else f"HTTP {early.http}"
            say(f"     {header.batch_id}: {_described(code or '')}")

        say("\n4. Advance the clock to the next business day, 06:00 Eastern")
        for happened in await sim.clock.advance(to="next-business-day 06:00"):
            say(f"     {happened}")
        say(f"     it is now {calendar.local(sim.clock.now()):%A %Y-%m-%d %H:%M %Z}")

        say("\n5. Download the results")
        for (folder, _, _), (party, header) in zip(BATCHES, sent, strict=True):
            await _download(sim, out / folder, party, header)
        sim.write_environment()
    say(f"\nEverything is in {out}/: uploads, replies, zips, logs, forms; certificates in {out}/simulator/.")
    say("Next: sevis-sim serve   (a simulator that stays, with curl lines to paste)")


async def _upload(sim: "Simulator", folder: Path, file: str, words: str) -> "tuple[Party, FileHeader]":
    from sevis_sim.client import read_header
    from sevis_sim.resources import folder as shipped

    document = (shipped("scenarios") / "files" / file).read_bytes()
    header = read_header(document)
    party = sim.school(header.org_id) if header.population == "student" else sim.sponsor(header.org_id)
    folder.mkdir()  # noqa: ASYNC240 - a demo serves nobody else meanwhile
    (folder / file).write_bytes(document)
    async with _client(sim, party) as client:
        reply = await client.upload(document, file, header.org_id, header.batch_id, header.user_id)
    (folder / "upload-reply.xml").write_bytes(reply.body)
    if reply.log is None or reply.log.upload_code != "S0000":
        raise CommandError(f"the upload of {file} was not accepted: {reply.body[:500]!r}")
    say(f"     {file} ({words})")
    say(f"     {header.batch_id}: {_described(reply.log.upload_code)}")
    return party, header


async def _download(sim: "Simulator", folder: Path, party: "Party", header: "FileHeader") -> None:
    async with _client(sim, party) as client:
        reply = await client.download(header.org_id, header.batch_id, header.user_id)
    if reply.archive is None or reply.log is None or reply.log.process is None:
        raise CommandError(f"no result for {header.batch_id}: {reply.body[:500]!r}")
    (folder / f"{header.batch_id}.zip").write_bytes(reply.body)
    (folder / "sevis_transaction_log.xml").write_bytes(reply.archive.log_bytes)
    for name, pdf in reply.archive.forms.items():
        (folder / name).write_bytes(pdf)
    process = reply.log.process
    say(f"     {header.batch_id}.zip, processed {process.stamp}: {_described(process.code)}")
    print_records(reply.log)
    say(f"     forms: {', '.join(reply.archive.forms) or 'none'}")


def _client(sim: "Simulator", party: "Party") -> "SevisClient":
    from sevis_sim.client import SevisClient

    return SevisClient(sim.upload_url(), sim.download_url(), party.ssl_context())


def _described(code: str) -> str:
    from sevis_sim.codes import catalogue

    return f"{code} {catalogue.message(code)}" if code.startswith("S") else code
