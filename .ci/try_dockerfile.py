"""Does what the Dockerfile says without an engine: its steps in a plain virtual environment, then its health check.

    python3 .ci/try_dockerfile.py [FOLDER]

FOLDER (default: a temporary one) gets what would be the image's /src, /wheels and /data. Steps that only an engine can
do (users, volumes) are named and left out.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("/src", "/wheels", "/data")


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile, continued lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines())]


def here(text: str, folder: Path) -> str:
    """Return a command with the image's places moved below a folder."""
    return re.sub(rf"(?<![\w.])({'|'.join(PLACES)})(?![\w-])", lambda found: f"{folder}{found[1]}", text)


def environment(bin_folder: Path, **more: str) -> dict[str, str]:
    """Return variables with a virtual environment first on the path and no setting of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEVIS_SIM_")}
    return kept | {"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "EXTRAS": ""} | more


def build(steps: list[tuple[str, str]], folder: Path) -> Path:
    """Carry out what can be carried out; return the folder of commands of the last stage."""
    bin_folder = Path()
    for name, rest in steps:
        if name == "FROM":
            stage = folder / f"stage-{rest.split()[-1].replace('/', '-').replace(':', '-')}"
            venv.create(stage, with_pip=True)
            bin_folder = stage / "bin"
        elif name == "COPY":
            *sources, target = rest.split()
            for source in sources:
                place = Path(here(target, folder)) / ("" if len(sources) == 1 else source)
                place.parent.mkdir(parents=True, exist_ok=True)
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / source, place)
        elif name == "RUN":
            command = re.sub(r"^(--\S+\s+)+", "", rest)
            if command.startswith("useradd"):
                print(f"left out: {command}")
                continue
            print(f"RUN {command}", flush=True)
            subprocess.run(here(command, folder), shell=True, check=True, env=environment(bin_folder))
    return bin_folder


def serve(steps: list[tuple[str, str]], folder: Path, bin_folder: Path) -> None:
    """Start it as the image would, wait for the health check, upload nothing, stop it as an engine does."""
    told = dict(steps)
    words = [*json.loads(told["ENTRYPOINT"]), *json.loads(told["CMD"])]
    check = json.loads(told["HEALTHCHECK"].partition(" CMD ")[2])
    words = [here(word, folder).replace("0.0.0.0", "127.0.0.1") for word in words]
    free = environment(bin_folder, SEVIS_SIM_PORT="0", SEVIS_SIM_CONTROL_PORT="0")
    away = folder / "away"
    away.mkdir()
    server = subprocess.Popen(words, env=free, cwd=away)
    try:
        variables = folder / "data" / "sevis-sim.env"
        deadline = time.monotonic() + 60
        while True:
            if server.poll() is not None:
                sys.exit(f"{' '.join(words)} ended with {server.returncode}")
            if variables.exists():
                found = re.search(r"SEVIS_SIM_CONTROL_URL=(\S+)", variables.read_text(encoding="utf-8"))
                url = found[1] if found else ""
                healthy = subprocess.run(check, env=environment(bin_folder, SEVIS_SIM_CONTROL_URL=url), cwd=away)
                if healthy.returncode == 0:
                    break
            if time.monotonic() > deadline:
                sys.exit("not healthy after a minute")
            time.sleep(0.2)
    finally:
        server.send_signal(signal.SIGTERM)
    if server.wait(timeout=30) != 0:
        sys.exit(f"ended with {server.returncode} when it was told to stop")


def main() -> None:
    """Do all of it."""
    with tempfile.TemporaryDirectory(prefix="dockerfile-") as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        steps = instructions((ROOT / "Dockerfile").read_text(encoding="utf-8"))
        bin_folder = build(steps, folder)
        (folder / "data").mkdir()
        serve(steps, folder, bin_folder)
    print("the steps of the Dockerfile work")


if __name__ == "__main__":
    main()
