"""What the calendar does to records: the jobs declared in ``life_cycle.toml``, and what settings change in them."""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Literal

from sevis_sim.domain.records import Population

AT = "at"
"""Key of the time of day among the changes of `plan`; all others are names of jobs."""

ALL = "all"
"""Key that stands for every job; a job's own key has the last word."""

MOST_DAYS = 3650

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_FLAGS = {"on": True, "true": True, "off": False, "false": False}
_EXPECTED = f"on, off or a number of days up to {MOST_DAYS}"


class LifeCycleError(ValueError):
    """A change of the life cycle that cannot be made; ``key`` is the one at fault."""

    def __init__(self, message: str, key: str, *, unknown: bool = False) -> None:
        super().__init__(message)
        self.key = key
        self.unknown = unknown


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of change that the calendar makes, as declared."""

    name: str
    means: str
    population: Population
    subject: Literal["record", "dependent", "request"]
    statuses: frozenset[str]
    counts_from: str
    days: int
    runs: Literal["after", "on"]
    becomes: str
    reason: str
    on: bool
    source: str
    code: str = ""
    """The reason as a code of ``student-termination-reason``, or of ``dependent-termination-reason``."""

    def day(self, start: date) -> date:
        """Return the Eastern day on which it runs, ``start`` being the day that is counted from."""
        try:
            return start + timedelta(days=self.days + (self.runs == "after"))
        except OverflowError:  # the schema allows any year
            return date.max


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """The jobs that a simulator goes by, and the Eastern time of day at which they run."""

    at: time
    jobs: Mapping[str, Job]
    """By name, in the order in which they are tried on one day; those that are off too."""

    def active(self, population: Population) -> tuple[Job, ...]:
        """Return the jobs that are on for a population."""
        return tuple(job for job in self.jobs.values() if job.on and job.population == population)

    def changed(self, changes: Mapping[str, object]) -> "LifeCycle":
        """Return a life cycle with changes: ``at`` a time of day, else ``on``, ``off`` or a number of days by job.

        A number of days also switches the job on. The key ``all`` takes ``on`` or ``off``.

        Raises:
            LifeCycleError: a key or value is none of these.

        """
        at, jobs = self.at, dict(self.jobs)
        if ALL in changes:
            on = _flag(changes[ALL])
            if on is None:
                raise LifeCycleError(f"{_shown(changes[ALL])} stands here; expected on or off", ALL)
            jobs = {name: replace(job, on=on) for name, job in jobs.items()}
        for key, value in changes.items():
            if key == AT:
                at = _time(value)
            elif key in jobs:
                jobs[key] = _job(jobs[key], value)
            elif key != ALL:
                raise LifeCycleError(f"unknown job {key!r}{_hint(key, jobs)}", key, unknown=True)
        return LifeCycle(at, jobs)

    def signature(self) -> str:
        """Return a text that differs where dates would be computed differently."""
        return ";".join([f"{self.at:%H:%M}", *(f"{j.name}={j.days if j.on else 'off'}" for j in self.jobs.values())])


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of status that a school or sponsor can make in RTI, as declared."""

    population: Population
    status: str
    becomes: str
    source: str
    days: int | None = None
    arrived: bool | None = None


@functools.cache
def corrections() -> tuple[Correction, ...]:
    """Return what can be undone in RTI."""
    return tuple(Correction(**row) for row in _file()["corrections"])


@functools.cache
def shipped() -> LifeCycle:
    """Return the life cycle as declared."""
    data = _file()
    return LifeCycle(time.fromisoformat(data["at"]), {name: _declared(name, row) for name, row in data["jobs"].items()})


def keys() -> tuple[str, ...]:
    """Return every key that settings and scenarios may have: the time of day, all jobs, each job."""
    return (AT, ALL, *shipped().jobs)


def _file() -> dict[str, Any]:
    with Path(__file__).with_name("life_cycle.toml").open("rb") as file:
        return tomllib.load(file)


def _declared(name: str, row: Mapping[str, Any]) -> Job:
    values: dict[str, Any] = dict(row) | {"statuses": frozenset(row["statuses"])}
    return Job(name=name, **values)


def _job(job: Job, value: object) -> Job:
    on = _flag(value)
    if on is not None:
        return replace(job, on=on)
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    if text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= MOST_DAYS:
        return replace(job, on=True, days=int(text))
    raise LifeCycleError(f"{_shown(value)} stands here; expected {_EXPECTED}", job.name)


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return _FLAGS.get(value.strip().lower()) if isinstance(value, str) else None


def _time(value: object) -> time:
    if isinstance(value, str) and _TIME.fullmatch(value.strip()):
        return time.fromisoformat(value.strip())
    raise LifeCycleError(f"{_shown(value)} stands here; expected a time of day such as 01:00", AT)


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(value) if isinstance(value, (str, int, float)) else "a list or mapping"


def _hint(key: str, jobs: Mapping[str, Job]) -> str:
    from difflib import get_close_matches  # only needed once something is wrong

    near = get_close_matches(key.lower().replace("_", "-"), jobs, 1, 0.6)
    return f" (did you mean {near[0]!r}?)" if near else f"; known jobs: {', '.join(jobs)}"
