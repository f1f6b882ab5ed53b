"""From exec to ready, against a bare asyncio TLS server; and start and stop inside a process."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.timing import report

_BARE = """
import asyncio, ssl, sys
async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0, ssl=context)
    open(sys.argv[3], "w").close()
    await asyncio.sleep(60)
asyncio.run(main())
"""


def _environment(cache: Path) -> dict[str, str]:
    """Warm files means compiled files, which some machines are told not to keep."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(cache)}


def _until_file(command: list[str], file: Path, environment: dict[str, str]) -> float:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    try:
        while not file.exists():
            if process.poll() is not None:
                raise SystemExit(f"{command} ended early")
            time.sleep(0.001)
        return (time.perf_counter() - start) * 1000
    finally:
        process.terminate()
        process.wait()
        file.unlink(missing_ok=True)


def run() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ready, environment = folder / "ready", _environment(folder / "cache")
        serve = [sys.executable, "-m", "sevis_sim", "serve", "-q", "--port", "0", "--control-port", "0"]
        serve += ["--data", str(folder / "data"), "--env-file", str(ready)]
        _until_file(serve, ready, environment)  # makes the data directory and warms the files
        server = folder / "data" / "server"
        bare = [sys.executable, "-c", _BARE, f"{server}.pem", f"{server}.key", str(ready)]
        pairs = [(_until_file(serve, ready, environment), _until_file(bare, ready, environment)) for _ in range(7)]
        ours, limit = (statistics.median(times) for times in zip(*pairs, strict=True))
    against = f"bare asyncio + ssl {limit:.0f} ms: {ours / limit:.1f} x"
    report("serve, exec to ready", f"{ours:.0f} ms", against, "≤ 600 ms")
    report("Simulator start + stop inside a process", f"{asyncio.run(_inside()):.1f} ms", "", "≤ 25 ms")


async def _inside() -> float:
    from sevis_sim import Simulator

    times = []
    for _ in range(21):
        start = time.perf_counter()
        async with Simulator(clock="2026-03-06T14:00-05:00"):
            pass
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:])
