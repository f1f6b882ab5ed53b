"""Ending a client together with all that it has started."""

import contextlib
import os
import signal
from asyncio.subprocess import Process


def end_group(process: Process, *, kill: bool) -> None:
    """Ask a client that was started in a session of its own to end, or kill it; what a script has started, too.

    Windows has no such groups: there the client alone is ended.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
        elif kill:
            process.kill()
        else:
            process.terminate()
