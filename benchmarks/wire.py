"""Mutual TLS against nginx with client certificates, and the memory of many at once.

nginx is Debian's (``apt-get install nginx-light``); where it is not installed there is no comparison. Both servers are
asked for the same: take an upload of 100 KB that is refused before it is validated (an organization that does not
exist; nginx reads the body and answers 403). They run one after the other on the same machine with the same keys. So
does a bare aiohttp that reads the body and answers 403: what lies between it and us is what the simulator itself costs.
"""

import contextlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.inputs import students
from benchmarks.load import ORG, Server, play, served, upload_request
from benchmarks.timing import report
from sevis_sim.pki import Identity

_BYTES = 50  # students: about 100 KB
_REQUESTS = 200
_ROUNDS = 3
"""The best of so many counts: the machine may be shared."""
_CONFIGURATION = """
daemon off; worker_processes 1; pid {place}/nginx.pid; error_log {place}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_max_body_size 30m; client_body_buffer_size 256k; keepalive_requests 1000000;
  client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
  server {{ listen 127.0.0.1:{inner}; location / {{ return 403; }} }}
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
    ssl_client_certificate {folder}/ca.pem; ssl_verify_client on; ssl_session_cache off;
    location / {{ proxy_pass http://127.0.0.1:{inner}; proxy_request_buffering on; }}
  }}
}}
"""


_BARE = """
import ssl, sys
from aiohttp import web
async def refuse(request):
    await request.read()
    return web.Response(status=403)
app = web.Application(client_max_size=2**25)
app.router.add_post("/{path:.*}", refuse)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2] + "/server.pem", sys.argv[2] + "/server.key")
context.load_verify_locations(sys.argv[2] + "/ca.pem")
context.verify_mode = ssl.CERT_REQUIRED
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), ssl_context=context, print=None, access_log=None)
"""


def run() -> None:
    _refused()
    _memory()


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as held:
        ports = []
        for _ in range(number):
            free = held.enter_context(socket.socket())
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
        return ports


@contextlib.contextmanager
def _running(command: list[str], port: int) -> Iterator[int]:
    """Run a peer until it is no longer needed; yields its port once it listens."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            assert process.poll() is None, f"{command[0]} did not start"
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def _nginx(folder: Path) -> Iterator[int]:
    """Run nginx with the identity in a folder; yields its port."""
    port, inner = _free_ports(2)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "nginx.conf"
        file.write_text(_CONFIGURATION.format(place=place, folder=folder, port=port, inner=inner))
        with _running(["nginx", "-c", str(file), "-p", place], port):
            yield port


@contextlib.contextmanager
def _bare(folder: Path) -> Iterator[int]:
    """Run aiohttp alone with the identity in a folder; yields its port."""
    (port,) = _free_ports(1)
    with _running([sys.executable, "-c", _BARE, str(port), str(folder)], port):
        yield port


def _refused() -> None:
    # None like another: what is kept of a body that came just before need not be written again.
    batches = [f"BENCH{number:09d}" for number in range(_REQUESTS)]
    requests = [upload_request(students(_BYTES, batch), batch, org="XYZ214F00099000") for batch in batches]
    if shutil.which("nginx") is None:
        print("  nginx is not installed (apt-get install nginx-light): no comparison", flush=True)
        return
    for kind in ("ecdsa", "rsa"):
        with served() as server:
            context = server.context()
            folder = _of_kind(kind, server)
            if kind == "rsa":
                context = server.context("rsa")
            with _nginx(folder) as port, _bare(folder) as bare:
                for anew, bar in ((False, 0.25), (True, 0.65)):
                    for clients in (1, 8, 64):
                        play(server.port, context, requests[:clients], clients, b"S0002", anew=anew)
                        play(port, context, requests[:clients], clients, b" 403 ", anew=anew)
                        play(bare, context, requests[:clients], clients, b" 403 ", anew=anew)
                        ours = peer = alone = 0.0
                        for _ in range(_ROUNDS):
                            took = play(server.port, context, requests, clients, b"S0002", anew=anew)
                            ours = max(ours, _REQUESTS / took)
                            took = play(port, context, requests, clients, b" 403 ", anew=anew)
                            peer = max(peer, _REQUESTS / took)
                            took = play(bare, context, requests, clients, b" 403 ", anew=anew)
                            alone = max(alone, _REQUESTS / took)
                        what = f"refused, {kind}, {'new connections' if anew else 'keep-alive'}, {clients} at once"
                        against = (
                            f"nginx {peer:.0f} /s: {ours / peer:.2f}; aiohttp alone {alone:.0f}: {ours / alone:.2f}"
                        )
                        report(what, f"{ours:.0f} /s", against, f">= {bar} of nginx")


def _of_kind(kind: str, server: Server) -> Path:
    """Return a folder with the server's identity; for RSA, one of its own with a client's beside it."""
    if kind == "ecdsa":
        return server.folder
    made = server.post("certificates/issue", {"profile": "valid", "key": "rsa", "organizations": [ORG], "name": "rsa"})
    identity = Identity("rsa", str(made["chain"]).encode(), str(made["key"]).encode())
    identity.write(server.folder)
    return server.folder


def _memory() -> None:
    document = students(5)
    filler = b"<!--" + b"x" * (5_000_000 - len(document)) + b"-->"
    large = [
        upload_request(
            document.replace(b"BENCH000000001", f"LARGE{number:09d}".encode()) + filler, f"LARGE{number:09d}"
        )
        for number in range(64)
    ]
    with served() as server:
        play(server.port, server.context(), [upload_request(document, "BENCH000000001")], 1, b"S0000")
        before = server.memory_mb()
        play(server.port, server.context(), large, 64, b"S0000")
        report("64 uploads of 5 MB at once", f"{server.memory_mb('VmHWM'):.0f} MB", f"{before:.0f} MB before")
    with served() as server:
        before = server.memory_mb()
        for number in range(500):
            server.post("sandboxes", {"name": f"sandbox-{number}"})
        each = (server.memory_mb() - before) / 500
        report("500 sandboxes in one server", f"{server.memory_mb():.0f} MB", f"{each * 1000:.0f} KB each")
    with served() as server:
        times = []
        for number in range(40):
            start = time.perf_counter()
            server.post("sandboxes", {"name": f"passing-{number}"})
            server.delete(f"sandboxes/passing-{number}")
            times.append((time.perf_counter() - start) * 1000)
        report("a sandbox made and deleted, over HTTP", f"{statistics.median(times):.1f} ms", "", "< 10 ms")
