"""A server in a process of its own, and clients that cost little: what the benchmarks of the wire measure with."""

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ORG, USER = "ABC214F00012000", "pdso000001"
_BOUNDARY = "----------------------------f00dcafe"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A process that listens."""

    pid: int
    port: int
    control: str
    folder: Path
    pids: tuple[int, ...] = ()
    """Its worker processes, where it has some."""

    def cpu_seconds(self) -> float:
        """Return the processor time that it has taken so far."""
        return sum(cpu_seconds(pid) for pid in (self.pid, *self.pids))

    def memory_mb(self, what: str = "VmRSS") -> float:
        """Return its memory now (VmRSS) or at its highest so far (VmHWM)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what)) / 1024

    def post(self, path: str, body: object) -> dict[str, object]:
        """Ask the control API for something."""
        data = json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.control}/api/v1/{path}", data, {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request) as answer:
            return dict(json.loads(answer.read() or b"{}"))

    def delete(self, path: str) -> None:
        """Have the control API delete something."""
        urllib.request.urlopen(urllib.request.Request(f"{self.control}/api/v1/{path}", method="DELETE")).close()

    def context(self, name: str = "client") -> ssl.SSLContext:
        """Return what a client with one of the identities in the data directory needs."""
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextlib.contextmanager
def served(*options: str) -> Iterator[Server]:
    """Run ``sevis-sim serve`` on a data directory of its own."""
    with tempfile.TemporaryDirectory() as place:
        variables = Path(place) / "client.env"
        words = ["serve", "--data", f"{place}/data", "--port", "0", "--control-port", "0", "--log-level", "off", "-q"]
        process = subprocess.Popen(
            [sys.executable, "-m", "sevis_sim", *words, "--env-file", str(variables),
             "--clock", "2026-03-06T14:00-05:00", *options],
        )  # fmt: skip
        try:
            while not variables.exists():
                assert process.poll() is None, "the server did not start"
                time.sleep(0.02)
            time.sleep(0.05)
            lines = variables.read_text().splitlines()
            values = {
                name: text.strip("'") for name, _, text in (s.removeprefix("export ").partition("=") for s in lines)
            }
            port = int(values["SEVIS_SIM_UPLOAD_URL"].split(":")[2].split("/")[0])
            yield Server(process.pid, port, values["SEVIS_SIM_CONTROL_URL"], Path(place) / "data")
        finally:
            process.terminate()
            process.wait()


def upload_request(document: bytes, batch: str, org: str = ORG, user: str = USER, path: str = "sevisbatch") -> bytes:
    """Return the bytes of an upload as curl sends it."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode()
        for name, text in (("orgid", org), ("batchid", batch), ("userid", user))
    ]
    head = b'Content-Disposition: form-data; name="xml"; filename="bench.xml"\r\nContent-Type: application/xml\r\n\r\n'
    parts.append(head + document)
    mark = f"--{_BOUNDARY}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return (
        f"POST /{path}/action/batchUpload HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\n\r\n"
    ).encode() + body


class Client:
    """One connection at a time, blocking."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        self._port, self._context = port, context
        self._stream: ssl.SSLSocket | None = None

    def ask(self, request: bytes) -> bytes:
        """Send a request, return the whole answer."""
        if self._stream is None:
            raw = socket.create_connection(("127.0.0.1", self._port))
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._stream = self._context.wrap_socket(raw, server_hostname="localhost")
        self._stream.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = self._stream.recv(65536)
            assert piece, "the server closed"
            answer += piece
        head, _, body = answer.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += self._stream.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        """End the connection."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def play(
    port: int, context: ssl.SSLContext, requests: Sequence[bytes], clients: int, expected: bytes, *, anew: bool = False
) -> float:
    """Send requests from some clients at once, each answered with ``expected`` in it; return the seconds it took.

    Args:
        port: where to.
        context: with the client certificate; connections are not resumed.
        requests: each is sent once.
        clients: threads, each with a connection of its own.
        expected: what each answer must have in it.
        anew: whether each request goes over a new connection.

    """
    waiting = list(reversed(requests))
    failures: list[BaseException] = []

    def work() -> None:
        client = Client(port, context)
        try:
            while True:
                try:
                    request = waiting.pop()
                except IndexError:
                    return
                answer = client.ask(request)
                assert expected in answer, answer[:300]
                if anew:
                    client.close()
        except BaseException as error:
            failures.append(error)
        finally:
            client.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    if failures:
        raise failures[0]
    return took
