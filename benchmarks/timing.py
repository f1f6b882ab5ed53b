"""Medians and one-line reports."""

import statistics
import time
from collections.abc import Callable


def median_ms(work: Callable[[], object], repeats: int = 9) -> float:
    """Return the median of several runs in milliseconds, after one run that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def report(what: str, value: str, against: str = "", bar: str = "") -> None:
    """Print one result, with its peer or limit and the bar of design.md §6."""
    print(f"  {what:<58} {value:>16}  {against:<46} {bar}", flush=True)
