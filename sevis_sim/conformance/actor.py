"""The client under test as an actor: each upload and download is a command; what came in is read from the journal."""

import asyncio
import re
import shlex
from dataclasses import replace
from pathlib import Path

from sevis_sim.conformance.client_file import PLACES, VARIABLES, ClientFile, filled
from sevis_sim.conformance.command import run_command
from sevis_sim.conformance.transcript import NO_ANSWER, Action
from sevis_sim.conformance.watch import Watch
from sevis_sim.pki import Identity
from sevis_sim.pki.identity import DEFAULT_PASSWORD
from sevis_sim.runner import Answer, Credentials, DownloadTask, UploadTask

_SAFE = re.compile(r"[^A-Za-z0-9._-]")


class ClientActor:
    """Runs the commands of a client, one at a time, in a folder of its own; keeps what was done in `actions`."""

    def __init__(self, client: ClientFile, watch: Watch, folder: Path) -> None:
        """Prepare.

        Args:
            client: how it is called.
            watch: sees what comes in at its sandbox.
            folder: empty, for the files that it needs.

        """
        self._client = client
        self._watch = watch
        self._folder = folder
        self._one = asyncio.Lock()
        self.actions: list[Action] = []
        """What was done, in order."""

    async def upload(self, task: UploadTask) -> Answer:
        """Have the client send a batch."""
        name = task.file_name.replace("/", "_").replace("\0", "_")[-200:] or "batch.xml"
        async with self._one:
            file = self._folder / "batches" / str(len(self.actions) + 1) / name
            file.parent.mkdir(parents=True)
            file.write_bytes(task.document)
            return await self._act("upload", task, file)

    async def download(self, task: DownloadTask) -> Answer:
        """Have the client ask for a result."""
        async with self._one:
            return await self._act("download", task, None)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _act(self, name: str, task: UploadTask | DownloadTask, file: Path | None) -> Answer:
        entry = self._client.entry(name)
        number = len(self.actions) + 1
        output = self._folder / "results" / f"{number}-{_SAFE.sub('_', task.batch_id) or 'result'}.zip"
        output.parent.mkdir(exist_ok=True)
        places = places_of(self._folder, task.credentials, self._watch) | {
            f"{name}_url": task.url,
            "action": name,
            "org": task.org_id,
            "user": task.user_id,
            "batch": task.batch_id,
            "file": str(file or ""),
            "output": str(output),
        }
        words = [filled(word, places) for word in entry.command]
        variables = {**VARIABLES, **self._client.env}
        variables = {key: filled(text, places) for key, text in variables.items()}
        identity = task.credentials.identity
        instant, seconds = self._watch.now()
        ran = await run_command(words, variables, self._client.folder, entry.timeout)
        wires = await self._watch.end()
        if ran.exit is None and wires:
            # It was stopped while it waited: whatever the simulator had begun to send has not arrived.
            wires = (*wires[:-1], replace(wires[-1], outcome=NO_ANSWER, failed=(), stored=()))
        means = None if ran.exit is None else entry.meaning(name, ran.exit, ran.stdout, ran.stderr)
        report = entry.records if name == "download" else None
        action = Action(
            number=number,
            name=name,
            batch=task.batch_id,
            organization=task.org_id,
            user=task.user_id,
            certificate=identity.fingerprint if identity else "",
            instant=instant,
            seconds=seconds,
            exit=ran.exit,
            means=means,
            problem=ran.problem,
            stdout=ran.stdout,
            stderr=ran.stderr,
            command=shlex.join(words),
            document=task.document if isinstance(task, UploadTask) else b"",
            output=output.stat().st_size if output.is_file() else None,
            said_failed=find_records(report.failed, ran.stdout) if report else None,
            said_stored=find_records(report.stored, ran.stdout) if report and report.stored else None,
            wires=wires,
        )
        self.actions.append(action)
        if task.timeout is not None and ran.seconds > task.timeout:
            # The step says how long a client waits; how long this one does is its own affair.
            return Answer(None, problem=f"it took {ran.seconds:.1f} seconds, and the step waits {task.timeout:g}")
        return self._watch.answer(action)


def places_of(folder: Path, credentials: Credentials, watch: Watch) -> dict[str, str]:
    """Write what a client must present and trust into a folder; return what ``{…}`` stands for, as far as it is known.

    What is not known yet (action, batch, file, output) is blank.
    """
    ca = folder / "ca.pem"
    ca.write_bytes(credentials.ca)
    cert, key, p12 = _identity(folder, credentials.identity)
    return dict.fromkeys(PLACES, "") | {
        "upload_url": watch.upload_url,
        "download_url": watch.download_url,
        "ca": str(ca),
        "cert": cert,
        "key": key,
        "p12": p12,
        "p12_password": DEFAULT_PASSWORD,
        "folder": str(folder),
    }


def _identity(folder: Path, identity: Identity | None) -> tuple[str, str, str]:
    if identity is None:
        return "", "", ""
    folder = folder / "certificates" / identity.fingerprint[:16]
    if not folder.exists():
        folder.mkdir(parents=True)
        identity.write(folder)
    base = str(folder / identity.name)
    return f"{base}.pem", f"{base}.key", f"{base}.p12"


def find_records(pattern: str, text: str) -> tuple[str, ...]:
    """Return what a pattern finds: its first group, or the whole where it has none."""
    found = (match[1] if match.re.groups else match[0] for match in re.finditer(pattern, text, re.S | re.M))
    return tuple(dict.fromkeys(each for each in found if each))
