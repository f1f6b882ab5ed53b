"""A small good client that runs by itself: it sends what is in its inbox, and polls until it has every result."""

import os
import re
import sys
import time
import zipfile
from pathlib import Path

from plain_client import ACCEPTED, AGAIN, ASK, SOME_FAILED, Client, variable

PAUSE = float(os.environ.get("PAUSE", "0.3"))
"""Seconds between two looks at a batch."""


def report(result: Path) -> None:
    """Tell which records have failed."""
    with zipfile.ZipFile(result) as archive:
        log = archive.read("sevis_transaction_log.xml").decode()
    for record in re.findall(r"<Record .*?</Record>", log, re.S):
        name, failed = re.search(r'requestID="([^"]*)"', record), re.search(r'<Result [^>]*status="(false|0)"', record)
        if name and failed:
            print(f"failed: {name[1]}", flush=True)


def main() -> int:
    client, state = Client(), dict.fromkeys(sorted(Path(variable("INBOX")).glob("*.xml")), "send")
    while any(each != "done" for each in state.values()):
        for path, what in state.items():
            os.environ["SEVIS_SIM_BATCH_ID"] = path.stem
            os.environ["SEVIS_SIM_FILE"] = str(path)
            os.environ["SEVIS_SIM_OUTPUT"] = str(Path(variable("FOLDER")) / f"{path.stem}.zip")
            if what == "send":
                ended = client.upload()
                state[path] = {ACCEPTED: "wait", ASK: "ask", AGAIN: "send"}.get(ended, "done")
            elif what in ("wait", "ask"):
                ended = client.download()
                if ended in (ACCEPTED, SOME_FAILED):
                    state[path] = "done"
                    report(Path(variable("OUTPUT")))
                elif ended != AGAIN:
                    state[path] = "send" if what == "ask" else "done"
        time.sleep(PAUSE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
