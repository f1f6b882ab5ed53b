"""What Prometheus is told: counts of what the journal says, and how the store and due work are doing.

Counting is plain arithmetic, for it goes on in every simulator; prometheus-client is loaded by the first look.
"""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sevis_sim.journal import Entry, Journal
from sevis_sim.store import Store
from sevis_sim.timeline import Tenants

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Seconds; upper bounds of the buckets of store latency."""


class Metrics:
    """The numbers of one simulator. Two simulators in one process have nothing in common."""

    def __init__(self, store: Store, journal: Journal, tenants: Tenants) -> None:
        """Begin to count."""
        self._store, self._tenants = store, tenants
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, str, str]] = Counter()
        self._nights: Counter[str] = Counter()
        self._records: Counter[str] = Counter()
        self._handshakes: Counter[str] = Counter()
        self._others: Counter[str] = Counter()
        self._latency: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}
        self._registry: CollectorRegistry | None = None
        journal.observe(self._count)
        store.timed = self._time

    async def exposition(self) -> bytes:
        """Return all numbers in the text format of Prometheus."""
        from prometheus_client import CollectorRegistry, generate_latest

        await self._store.caught_up()  # entries are counted once they are written
        firsts = await self._store.read(lambda tx: tx.due.firsts())
        self._lags = [
            max(0.0, (served.sandbox.now() - first).total_seconds())
            for name, first in firsts.items()
            if (served := self._tenants.served(name)) is not None
        ]
        if self._registry is None:
            self._registry = CollectorRegistry()
            self._registry.register(self)
        return generate_latest(self._registry)

    def collect(self) -> "Iterator[Metric]":
        """Yield what there is to tell (the protocol of prometheus-client's collectors)."""
        from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        with self._lock:
            requests = CounterMetricFamily(
                "sevis_sim_requests",
                "Requests of SEVIS clients, by HTTP status and disposition code.",
                labels=["action", "system", "status", "code"],
            )
            for asked, number in self._requests.items():
                requests.add_metric(asked, number)
            yield requests
            for name, text, label, counts in (
                ("nights", "Batches that went through their night.", "system", self._nights),
                ("records", "Records that were processed.", "result", self._records),
                ("handshake_failures", "Connections that died before a request.", "failure", self._handshakes),
                ("journal_entries", "Entries of the journal.", "kind", self._others),
            ):
                family = CounterMetricFamily(f"sevis_sim_{name}", text, labels=[label])
                for value, number in counts.items():
                    family.add_metric([value], number)
                yield family
            latency = HistogramMetricFamily(
                "sevis_sim_store_seconds", "How long transactions of the store took.", labels=["transaction"]
            )
            for what, counted in self._latency.items():
                sums = [sum(counted[: place + 1]) for place in range(len(counted))]
                bounds = [*map(str, _BUCKETS), "+Inf"]
                latency.add_metric([what], list(zip(bounds, sums, strict=True)), self._seconds[what])
            yield latency
        yield GaugeMetricFamily("sevis_sim_sandboxes", "Sandboxes.", value=len(self._tenants.names()))
        yield GaugeMetricFamily(
            "sevis_sim_due_work_lag_seconds",
            "How far the latest piece of due work is behind the clock of its sandbox.",
            value=max(self._lags, default=0.0),
        )

    def _count(self, entry: Entry) -> None:
        detail, subjects = entry.detail, entry.subjects
        with self._lock:
            self._others[entry.kind] += 1
            if entry.kind in ("upload.answered", "download.answered"):
                action = entry.kind.partition(".")[0]
                status = str(detail.get("status", ""))
                self._requests[action, subjects.get("system", ""), status, str(detail.get("code", ""))] += 1
            elif entry.kind == "request.answered":
                self._requests["other", "", str(detail.get("status", "")), ""] += 1
            elif entry.kind == "batch.processed":
                self._nights[subjects.get("system", "")] += 1
                for result in ("success", "failure"):
                    self._records[result] += int(detail.get(result, 0))
            elif entry.kind == "handshake.failed":
                self._handshakes[str(detail.get("failure", ""))] += 1

    def _time(self, what: str, seconds: float) -> None:
        with self._lock:
            counted = self._latency.setdefault(what, [0] * (len(_BUCKETS) + 1))
            counted[bisect_left(_BUCKETS, seconds)] += 1
            self._seconds[what] = self._seconds.get(what, 0.0) + seconds
