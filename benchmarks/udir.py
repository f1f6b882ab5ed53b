"""A million UDIRSTUD records: the checker against a loop, pandas, polars, and reading the file without checking it.

The machine may be shared, so each rate is that of the fastest of some runs, and ratios are of runs next to each other.
Beside the rate stands how much of a core's time a record took, which other programs disturb least.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks import udir_peers as peers
from benchmarks.timing import report
from udir_sim.checker import Report, check
from udir_sim.generator import Plan, file_lines
from udir_sim.rules import Profile

RECORDS = 1_000_000
WRONG = 300_000
PLAIN = 20_000
PANDAS = 100_000
POLARS = 500_000
CREATED, READ = date(1999, 9, 1), date(1999, 9, 2)
FEW_RULES = Profile(only=("F*", "H*", "T*", "D*", "X*", "UD-G01*"))


@dataclass(frozen=True, slots=True)
class Rate:
    """Records a second."""

    wall: float
    core: float
    """For each second of a core's time; 0 for another process."""

    def __str__(self) -> str:
        return f"{self.wall / 1e6:.2f} M rec/s"

    def times(self, other: "Rate | None") -> str:
        """Return how many times as fast as another this is."""
        if other is None:
            return "not installed"
        by_core = f" ({self.core / other.core:,.0f} x a core)" if self.core and other.core else ""
        return f"{self.wall / other.wall:,.0f} x{by_core}"

    def of(self, limit: "Rate") -> str:
        """Return how near this comes to a limit."""
        return f"{100 * self.wall / limit.wall:.0f} %"

    def per_record(self) -> str:
        """Return the time that a core spends on one record."""
        return f"{1e9 / self.core:,.0f} ns of a core each" if self.core else ""


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        lf, crlf, wrong = (Path(folder) / name for name in ("lf.txt", "crlf.txt", "wrong.txt"))
        write(lf, b"\n")
        write(crlf, b"\r\n")
        write_wrong(lf, wrong)
        plain = rate(peers.plain_loop(lf, PLAIN, CREATED), PLAIN, 2)
        pandas = rate(lambda: none(peers.pandas_checks(lf, PANDAS)), PANDAS, 2) if peers.installed("pandas") else None
        polars = rate(lambda: none(peers.polars_checks(lf, POLARS)), POLARS, 3) if peers.installed("polars") else None
        if pandas is None or polars is None:
            print("  (for all peers: pip install pandas polars)")
        lines = rate(peers.command("wc", "-l", lf), RECORDS)
        digest = rate(peers.command("sha256sum", lf), RECORDS)
        report("plain loop, all rules of a record", str(plain), plain.per_record())
        report("pandas.read_fwf, rules D X G01", str(pandas or "not installed"), pandas.per_record() if pandas else "")
        report(
            "polars, rules D X G01, all cores", str(polars or "not installed"), polars.per_record() if polars else ""
        )
        report("limit: wc -l", str(lines))
        report("limit: sha256sum", str(digest))
        for name, file in (("LF", lf), ("CR LF", crlf)):
            what = f"1,000,000 records, {name}, rules"
            few = rate(lambda file=file: accepted(check(file, as_of=READ, profile=FEW_RULES)), RECORDS, 5)
            report(f"{what} F H T D X G01", str(few), few.per_record(), ">= 2.5 M/s")
            report("", "", f"pandas {few.times(pandas)}, polars {few.times(polars)}", "pandas >= 12 x")
            report("", "", f"plain loop {few.times(plain)}, {few.of(digest)} of sha256sum")
            every = rate(lambda file=file: accepted(check(file, as_of=READ)), RECORDS)
            report(f"{what} all", str(every), every.per_record(), ">= 0.8 M/s")
            report("", "", f"plain loop {every.times(plain)}, {every.of(digest)} of sha256sum")
        broken = rate(lambda: all_wrong(check(wrong, as_of=READ)), WRONG)
        report("every record wrong, all rules", str(broken), broken.per_record(), ">= 0.3 M/s")
        report("", "", f"plain loop {broken.times(plain)}")
        report("peak memory, all rules", f"{peak_megabytes(lf)} MB", "", "<= 120 MB")


def write(file: Path, line_end: bytes) -> None:
    with file.open("wb") as target:
        target.writelines(file_lines(Plan(RECORDS, created=CREATED, line_end=line_end)))


def write_wrong(source: Path, target: Path) -> None:
    """Write records with one of ten faults each."""
    faults: list[Callable[[bytes], bytes]] = [
        lambda record: record[:2] + record[2:42].lower() + record[42:],
        lambda record: record[:49] + b"900123456".ljust(40) + record[89:],
        lambda record: record[:89] + b"none".ljust(32) + record[121:],
        lambda record: record[:121] + b"0000000000" + record[131:],
        lambda record: record[:131] + b"x" + record[132:],
        lambda record: record[:132] + b" " * 40 + record[172:],
        lambda record: record[:213] + b"Q" + record[214:],
        lambda record: record[:214] + b"19990231" + record[222:],
        lambda record: record[:230] + b"20001231" + record[238:],
        lambda record: b"09" + record[2:],
    ]
    with source.open("rb") as lines, target.open("wb") as file:
        file.write(next(lines))
        for number in range(WRONG):
            file.write(faults[number % 10](next(lines)))
        file.write((b"T06UDIRSTUD%08d" % WRONG).ljust(246) + b"\n")


def accepted(result: Report) -> None:
    assert result.verdict.accepted, result.results[0]


def all_wrong(result: Report) -> None:
    assert result.records_with_errors == WRONG


def none(wrong: int) -> None:
    assert wrong == 0


def rate(work: Callable[[], object], records: int, repeats: int = 3) -> Rate:
    """Return the rate of the fastest of some runs after one that is not counted."""
    work()
    walls, cores = [], []
    for _ in range(repeats):
        start, used = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - start)
        cores.append(time.process_time() - used)
    # What another process did is not in our own time.
    core = min(cores) if min(cores) > min(walls) / 10 else 0.0
    return Rate(records / min(walls), records / core if core else 0.0)


def peak_megabytes(file: Path) -> int:
    """Return the most memory that a process of its own takes for the check."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.udir", str(file)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


if __name__ == "__main__":
    accepted(check(Path(sys.argv[1]), as_of=READ))
    # Not ru_maxrss: that starts with what the process had that started this one.
    status = Path("/proc/self/status").read_text()
    print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
