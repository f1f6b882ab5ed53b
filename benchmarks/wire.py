"""Mutual TLS against nginx with client certificates, and the memory of many at once.

nginx is Debian's (``apt-get install nginx-light``); where it is not installed there is no comparison. Both servers are
asked for the same: take an upload of 100 KB that is refused before it is validated (an organization that does not
exist; nginx reads the body and answers 403). They run one after the other on the same machine with the same keys.
"""

import contextlib
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.inputs import students
from benchmarks.load import ORG, Server, play, served, upload_request
from benchmarks.timing import report
from sevis_sim.pki import Identity

_BYTES = 50  # students: about 100 KB
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


def run() -> None:
    _refused()
    _memory()


@contextlib.contextmanager
def _nginx(folder: Path) -> Iterator[int]:
    """Run nginx with the identity in a folder; yields its port."""
    import socket

    with contextlib.ExitStack() as held:
        ports = []
        for _ in range(2):
            free = held.enter_context(socket.socket())
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "nginx.conf"
        file.write_text(_CONFIGURATION.format(place=place, folder=folder, port=ports[0], inner=ports[1]))
        process = subprocess.Popen(["nginx", "-c", str(file), "-p", place], stderr=subprocess.DEVNULL)
        try:
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", ports[0])):
                    break
                assert process.poll() is None, (Path(place) / "error.log").read_text()
                time.sleep(0.02)
            yield ports[0]
        finally:
            process.terminate()
            process.wait()


def _refused() -> None:
    document = students(_BYTES)
    request = upload_request(document, "BENCH000000001", org="XYZ214F00099000")
    if shutil.which("nginx") is None:
        print("  nginx is not installed (apt-get install nginx-light): no comparison", flush=True)
        return
    for kind in ("ecdsa", "rsa"):
        with served() as server:
            context = server.context()
            folder = _of_kind(kind, server)
            if kind == "rsa":
                context = server.context("rsa")
            with _nginx(folder) as port:
                for anew, bar in ((False, 0.25), (True, 0.65)):
                    for clients in (1, 8, 64):
                        number = max(clients * 2, 60 if anew else 200)
                        requests = [request] * number
                        play(server.port, context, requests[:clients], clients, b"S0002", anew=anew)
                        play(port, context, requests[:clients], clients, b" 403 ", anew=anew)
                        ours = number / play(server.port, context, requests, clients, b"S0002", anew=anew)
                        peer = number / play(port, context, requests, clients, b" 403 ", anew=anew)
                        what = f"refused, {kind}, {'new connections' if anew else 'keep-alive'}, {clients} at once"
                        report(what, f"{ours:.0f} /s", f"nginx {peer:.0f} /s: {ours / peer:.2f}", f">= {bar}")


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
