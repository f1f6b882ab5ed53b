"""What the checker of UDIRSTUD files is compared with, on the same file in the same run.

Peers: a plain Python loop, pandas and polars with the rules D, X and G01 as one writes them there. Limits: ``wc -l``
and ``sha256sum``, which read every byte and check nothing. pandas and polars are no dependencies of the project: where
they are not installed there is no comparison (``pip install pandas polars``).
"""

import importlib.util
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.udir_plain import check_records

LOCATION = "06"
WIDTHS = {
    "location": 2, "student": 40, "vendor": 7, "ssn": 40, "campus": 32, "net": 10, "flag": 1, "last": 40,
    "first": 40, "kind": 1, "status": 1, "begin": 8, "end": 8, "since": 8, "until": 8,
}  # fmt: skip
DAYS = ("begin", "end", "since", "until")


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def plain_loop(file: Path, records: int, created: date) -> Callable[[], object]:
    """The rules of single records, all of them, in a loop."""
    with file.open("rb") as lines:
        next(lines)
        texts = [next(lines).decode("latin-1")[:246] for _ in range(records)]
    return lambda: sum(1 for _ in check_records(texts, LOCATION, created))


def command(*words: str | Path) -> Callable[[], object]:
    return lambda: subprocess.run(words, check=True, capture_output=True)


def pandas_checks(file: Path, records: int) -> int:
    """Return how many of the first records break a rule."""
    import pandas as pd

    table = pd.read_fwf(
        file, widths=list(WIDTHS.values()), names=list(WIDTHS), skiprows=1, nrows=records, dtype=str,
        delimiter="\n", keep_default_na=False,
    )  # fmt: skip
    wrong = table["location"].ne(LOCATION)
    wrong |= ~table["student"].str.fullmatch("[0-9A-F]{40}")
    wrong |= ~table["ssn"].str.fullmatch("[0-9A-F]{40}| {40}")
    wrong |= ~table["vendor"].str.fullmatch("[0-9A-Z]* *")
    wrong |= table["vendor"].str.strip().ne("") & table["kind"].ne("U")
    wrong |= ~table["campus"].str.fullmatch("[^ a-z]* *")
    wrong |= ~table["net"].str.fullmatch("[^ a-z]* *")
    wrong |= table["last"].str.contains("^ |[0-9]") | table["first"].str.contains("^ |[0-9]")
    wrong |= ~table["flag"].isin(list("YN"))
    wrong |= ~table["kind"].isin(list("UGPEX")) | ~table["status"].isin(list("ARBWF"))
    days = {name: pd.to_datetime(table[name], format="%Y%m%d", errors="coerce") for name in DAYS}
    for day in days.values():
        wrong |= day.isna()
    wrong |= (days["begin"] > days["end"]) | (days["since"] > days["begin"]) | (days["until"] < days["end"])
    wrong |= table.duplicated(["location", "student"], keep=False)
    return int(wrong.sum())


def polars_checks(file: Path, records: int) -> int:
    """Return how many of the first records break a rule; polars uses all cores."""
    import polars as pl

    lines = pl.scan_csv(
        file, has_header=False, skip_rows=1, n_rows=records, separator="\x01", quote_char=None,
        new_columns=["line"], schema_overrides=[pl.String],
    )  # fmt: skip
    columns, start = [], 0
    for name, width in WIDTHS.items():
        columns.append(pl.col("line").str.slice(start, width).alias(name))
        start += width
    table = lines.select(columns).with_columns(
        pl.col(name).str.to_date("%Y%m%d", strict=False).alias(f"{name} day") for name in DAYS
    )
    column: Any = pl.col
    wrong = (
        column("location").ne(LOCATION)
        | ~column("student").str.contains("^[0-9A-F]{40}$")
        | ~column("ssn").str.contains("^([0-9A-F]{40}| {40})$")
        | ~column("vendor").str.contains("^[0-9A-Z]* *$")
        | (column("vendor").str.strip_chars().ne("") & column("kind").ne("U"))
        | ~column("campus").str.contains("^[^ a-z]* *$")
        | ~column("net").str.contains("^[^ a-z]* *$")
        | column("last").str.contains("^ |[0-9]")
        | column("first").str.contains("^ |[0-9]")
        | ~column("flag").is_in(list("YN"))
        | ~column("kind").is_in(list("UGPEX"))
        | ~column("status").is_in(list("ARBWF"))
        | pl.any_horizontal(column(f"{name} day").is_null() for name in DAYS)
        | (column("begin day") > column("end day"))
        | (column("since day") > column("begin day"))
        | (column("until day") < column("end day"))
        | pl.struct("location", "student").is_duplicated()
    )
    return int(table.select(wrong.sum()).collect().item())
