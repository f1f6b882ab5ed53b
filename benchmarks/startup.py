"""From exec to ready, against a bare asyncio TLS server; and start and stop inside a process."""

import asyncio
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


def _until_file(command: list[str], file: Path) -> float:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
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
        ready = folder / "ready"
        serve = [sys.executable, "-m", "sevis_sim", "serve", "-q", "--port", "0", "--control-port", "0"]
        serve += ["--data", str(folder / "data"), "--env-file", str(ready)]
        _until_file(serve, ready)  # makes the data directory and warms the files
        ours = statistics.median(_until_file(serve, ready) for _ in range(5))
        bare = [
            sys.executable,
            "-c",
            _BARE,
            str(folder / "data/server.pem"),
            str(folder / "data/server.key"),
            str(ready),
        ]
        limit = statistics.median(_until_file(bare, ready) for _ in range(5))
    report(
        "serve, exec to ready", f"{ours:.0f} ms", f"bare asyncio + ssl {limit:.0f} ms: {ours / limit:.1f} x", "≤ 600 ms"
    )
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
