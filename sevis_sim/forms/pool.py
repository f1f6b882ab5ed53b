"""A pool of processes for large batches: rendering holds the interpreter's lock, so threads do not help."""

import contextlib
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from sevis_sim.domain.outcomes import FormRequest

CHUNK = 8
"""Forms that a process takes at once: some 10 ms of work, so that at the end nobody waits long for another."""


class FormPool:
    """Renders large batches on all processor cores. Reuse one object, and `close` it.

    The processes (one fewer than there are cores: the calling thread works too) are spawned with the first large
    batch. While they start, the caller renders alone, so no batch waits for them. A process that dies costs nothing
    but time: the caller does its share. As with any spawned process, a script that gets here must keep its own work
    under ``if __name__ == "__main__":``.
    """

    def __init__(self, workers: int | None = None, threshold: int = 128) -> None:
        """Prepare a pool that starts nothing yet.

        Args:
            workers: processes beside the caller; by default one fewer than there are processor cores.
            threshold: batches with fewer forms are rendered by the caller alone.
        """
        self.workers = max((os.cpu_count() or 1) - 1, 0) if workers is None else workers
        self.threshold = threshold
        self._lock = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None
        self._ready: Future[int] | None = None

    @property
    def started(self) -> bool:
        """Whether processes were started."""
        return self._executor is not None

    def render_all(self, requests: "Sequence[FormRequest]") -> list[bytes]:
        """Return the forms in the order of the requests. May be called from several threads."""
        executor, ready = self._start() if self.workers and len(requests) >= self.threshold else (None, None)
        if executor is None or ready is None:
            return _render_chunk(requests)
        chunks = deque(range(0, len(requests), CHUNK))
        done: dict[int, list[bytes]] = {}
        flying: dict[Future[list[bytes]], int] = {}
        if ready.done() and not _usable(ready):  # the processes could not start at all
            self._forget(executor)
        while chunks or flying:
            # One chunk more in flight than there are processes, so that none waits for the caller.
            while chunks and _usable(ready) and len(flying) <= self.workers:
                start = chunks.popleft()
                try:
                    with _deaf_to_interrupts():
                        flying[executor.submit(_render_chunk, requests[start : start + CHUNK])] = start
                except RuntimeError:  # closed or broken meanwhile
                    chunks.appendleft(start)
                    break
            if chunks:
                start = chunks.pop()
                done[start] = _render_chunk(requests[start : start + CHUNK])
            elif flying:
                wait(flying, return_when=FIRST_COMPLETED)
            for future in [future for future in flying if future.done()]:
                start = flying.pop(future)
                try:
                    done[start] = future.result()
                except (BrokenExecutor, CancelledError):
                    done[start] = _render_chunk(requests[start : start + CHUNK])
                    self._forget(executor)
        return [form for start in sorted(done) for form in done[start]]

    def close(self) -> None:
        """End the processes. The pool may be used again: it would start new ones."""
        with self._lock:
            executor, self._executor, self._ready = self._executor, None, None
        if executor is not None:
            executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> "FormPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> "tuple[ProcessPoolExecutor, Future[int]]":
        import multiprocessing  # only now: a simulator starts without what makes processes
        from concurrent.futures import ProcessPoolExecutor

        with self._lock:
            if self._executor is None or self._ready is None:
                context = multiprocessing.get_context("spawn")
                self._executor = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_enter)
                with _deaf_to_interrupts():
                    self._ready = self._executor.submit(_warm_up)
            return self._executor, self._ready

    def _forget(self, executor: "ProcessPoolExecutor") -> None:
        """Drop a pool whose process died, so that the next large batch starts another."""
        with self._lock:
            if self._executor is executor:
                self._executor = self._ready = None
        executor.shutdown(wait=False, cancel_futures=True)


def _usable(ready: Future[int]) -> bool:
    return ready.done() and not ready.cancelled() and ready.exception() is None


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Let processes that are spawned meanwhile inherit that SIGINT does not reach them, from their first moment.

    Ctrl-C goes to all processes of a terminal; the parent ends the others itself, in order and without tracebacks.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # else it starts on the way and lifts the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _enter() -> None:
    """Live and die with the parent; runs in a new process. A parent that is killed cannot end it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()


def _end_with_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _warm_up() -> int:
    """Load what rendering needs, so that the first chunk is not slow; runs in a new process."""
    from sevis_sim.forms import fonts, pdf  # noqa: F401

    for key in ("R", "B"):
        fonts.typeface(key).piece(0)
    return os.getpid()


def _render_chunk(requests: "Sequence[FormRequest]") -> list[bytes]:
    from sevis_sim.forms import flow, pdf

    return [pdf.write(flow.fill(request)) for request in requests]
