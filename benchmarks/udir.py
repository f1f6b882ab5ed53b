"""A million UDIRSTUD records: the checker against a plain loop, pandas and the reading of the file itself.

pandas is compared where it is installed; it is no dependency of the project.
"""

import hashlib
import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.timing import report
from benchmarks.udir_plain import check_records
from udir_sim.checker import Report, check
from udir_sim.generator import Plan, file_lines
from udir_sim.rules import Profile

RECORDS = 1_000_000
WRONG = 300_000
PLAIN = 20_000
CREATED, READ = date(1999, 9, 1), date(1999, 9, 2)
FEW_RULES = Profile(only=("F*", "H*", "T*", "D*", "X*", "UD-G01*"))


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        lf, crlf, wrong = (Path(folder) / name for name in ("lf.txt", "crlf.txt", "wrong.txt"))
        write(lf, b"\n")
        write(crlf, b"\r\n")
        write_wrong(lf, wrong)
        plain = plain_loop(lf)
        peer = pandas_checks(lf)
        read = rate(lambda: hash_file(lf), RECORDS)
        for name, file in (("LF", lf), ("CR LF", crlf)):
            what = f"1,000,000 records, {name}, rules"
            few = rate(lambda file=file: accepted(check(file, as_of=READ, profile=FEW_RULES)), RECORDS)
            report(f"{what} F H T D X G01", millions(few), ratios(few, plain, peer), ">= 2.5 M/s")
            every = rate(lambda file=file: accepted(check(file, as_of=READ)), RECORDS)
            report(f"{what} all", millions(every), ratios(every, plain, None), ">= 0.8 M/s")
        report("", "", f"sha256 of the file alone: {read / 1e6:.1f} M rec/s")
        broken = rate(lambda: all_wrong(check(wrong, as_of=READ)), WRONG)
        report("every record wrong, all rules", millions(broken), ratios(broken, plain, None), ">= 0.3 M/s")
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


def rate(work: Callable[[], object], records: int, repeats: int = 3) -> float:
    """Return records a second, the median of some runs after one that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return records / statistics.median(times)


def millions(rate: float) -> str:
    return f"{rate / 1e6:.2f} M rec/s"


def ratios(rate: float, plain: float, peer: float | None) -> str:
    text = f"plain loop {rate / plain:.0f} x"
    return text if peer is None else f"{text}, pandas {rate / peer:.0f} x (>= 12 x)"


def plain_loop(file: Path) -> float:
    with file.open("rb") as lines:
        next(lines)
        records = [next(lines).decode("latin-1")[:246] for _ in range(PLAIN)]
    return rate(lambda: sum(1 for _ in check_records(records, "06", CREATED)), PLAIN, 1)


def hash_file(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def pandas_checks(file: Path) -> float | None:
    """The rules D, X and G01 as one writes them with pandas; fewer of them than the checker's."""
    if importlib.util.find_spec("pandas") is None:
        report("", "", "pandas is not installed: no comparison")
        return None
    import pandas as pd

    records = 100_000
    columns = {
        "location": 2, "student": 40, "vendor": 7, "ssn": 40, "campus": 32, "net": 10, "flag": 1, "last": 40,
        "first": 40, "kind": 1, "status": 1, "begin": 8, "end": 8, "since": 8, "until": 8,
    }  # fmt: skip

    def work() -> int:
        table = pd.read_fwf(
            file, widths=list(columns.values()), names=list(columns), skiprows=1, nrows=records, dtype=str,
            delimiter="\n", keep_default_na=False,
        )  # fmt: skip
        wrong = table["location"].ne("06")
        wrong |= ~table["student"].str.fullmatch("[0-9A-F]{40}")
        wrong |= ~table["ssn"].str.fullmatch("[0-9A-F]{40}| {40}")
        wrong |= ~table["vendor"].str.fullmatch("[0-9A-Z]* *")
        wrong |= table["vendor"].str.strip().ne("") & table["kind"].ne("U")
        wrong |= ~table["campus"].str.fullmatch("[^ a-z]* *")
        wrong |= ~table["net"].str.fullmatch("[^ a-z]* *")
        wrong |= table["last"].str.contains("^ |[0-9]") | table["first"].str.contains("^ |[0-9]")
        wrong |= ~table["flag"].isin(list("YN"))
        wrong |= ~table["kind"].isin(list("UGPEX")) | ~table["status"].isin(list("ARBWF"))
        days = {
            name: pd.to_datetime(table[name], format="%Y%m%d", errors="coerce")
            for name in ("begin", "end", "since", "until")
        }
        for day in days.values():
            wrong |= day.isna()
        wrong |= (days["begin"] > days["end"]) | (days["since"] > days["begin"]) | (days["until"] < days["end"])
        wrong |= table.duplicated(["location", "student"], keep=False)
        return int(wrong.sum())

    assert work() == 0
    return rate(work, records, 1)


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
