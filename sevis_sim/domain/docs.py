"""Writes docs/life-cycle.md from the declared facts and jobs.

``python -m sevis_sim.domain.docs`` writes the page; with ``--check`` it only tells whether the page is up to date.
"""

import argparse
import sys
from pathlib import Path

from sevis_sim.domain.facts import Fact, facts
from sevis_sim.domain.life_cycle import Correction, Job, corrections, shipped

PAGE = Path(__file__).resolve().parents[2] / "docs" / "life-cycle.md"
"""The page in a checkout; an installed package has none."""

_POPULATION = {"student": "students", "exchangeVisitor": "exchange visitors"}

_INTRODUCTION = """\
# The life cycle of a record, and what only the outside world knows

Generated from `sevis_sim/domain/facts.toml` and `sevis_sim/domain/life_cycle.toml` by
`python -m sevis_sim.domain.docs`; do not edit it here.

A record changes in three ways: by a batch, by the calendar, and by what others tell SEVIS (a port of entry, a visa
post, USCIS, SEVP). This page is about the last two. Every change makes a new version of the record
(`GET /api/v1/records/N9904705123/versions`) with an entry in its history, and an entry in the journal.

## What the calendar does

The jobs run once a day, at {at} Eastern (no source says when; `at` changes it), as of that instant, however late the
clock gets there. `sevis-sim clock plan` shows the days on which something will be done (of each record the next one),
`sevis-sim record show N9904705123` what will be done to one record, `sevis-sim record jobs` what holds in a running
simulator.

A day that is counted is the person's own until it is over: 60 days after 1 March means that the job runs early on
1 May, and that a batch processed on 30 April still finds the record as it was. Where the table says "on the day", the
job runs early on that day.

When a record changes, its next day is computed again. When a student's or visitor's record ends, open dependents end
with it, in the same status. A student with several education levels is looked at level by level.

A record that a scenario or the control API puts into SEVIS is taken to have its status for a reason: what the calendar
would have done on or before that day does not happen any more. So an INITIAL record whose program began a year ago
stays INITIAL. Records that batches create have no such past: what is overdue is done at the next run.
"""

_CHANGING = """\
### To change it

In a config file, in a scenario, or as variables (`SEVIS_SIM_LIFE_CYCLE_STUDENT_CANCELED=45`). A value is `on`, `off`
or a number of days, which also switches the job on; `all` stands for every job. A job's own key has the last word over
`all`, settings over a scenario. A data directory that is opened with other days than before gets its dates computed
again.

```yaml
life_cycle:
  all: "off"
  student-canceled: 45
  visitor-inactive: "on"
  at: "02:30"
```
"""

_SCALE = """\
### How it is kept

All records that are due on one day share one piece of due work, and are found by an index on that day. So the clock
looks at one row a day, however many records there are; a record that changes moves from one day to another. A day's
records are changed in transactions of some hundred, each with its new date: a process that ends half-way goes on with
the rest, and changes nothing twice.
"""

_FACTS = """\
## What only the outside world knows

Facts stand with a record or with one of its dependents. An occurrence is `true`, `false` or the day on which it
happened; the rules only ask whether it has.
"""

_DOORS = """\
### To tell them

In a scenario, or in the state file of `sevis-sim check --state FILE`, which is one. What is not declared above is
refused with its place and a suggestion:

```yaml
records:
- sevisID: N9904705123
  org: ABC214F00012000
  status: INITIAL
  facts: {arrived: 2026-03-01, visaIssued: true}
  Dependents:
  - {sevisID: N9904705124, Relationship: "01", facts: {arrived: true}}
```

From the shell; `NAME=` takes a fact back:

```
sevis-sim record facts                                   what can be told
sevis-sim record facts N9904705123 arrived=2026-03-01 visaIssued=true
sevis-sim record facts N9904705124 arrived=
```

Over the control API; null takes a fact back:

```
curl -X PATCH http://127.0.0.1:8444/api/v1/records/N9904705123/facts -d '{"facts": {"arrived": "2026-03-01"}}'
```

In Python:

```python
await sim.records.tell("N9904705123", arrived="2026-03-01", visaIssued=True)
```

## Decisions of USCIS

Events file requests; a decision ends the waiting: `pending` (received), `approved`, `denied` or `withdrawn`. A request
is named by its list, with `[2]` for the second in it; without a number the only one that waits is meant. Approved dates
are given where they differ from those asked for.

| request | filed by |
|---|---|
| `OPTEmployment` | OPTEmployment/Add, and OPTEmployment/Extend for a STEM extension |
| `OffCampusEmployment` | OffCampusEmployment/Add |
| `Program/Extension` | Program/Extension of an M-1 student |
| `ChangeOfStatus` | nobody: it sets the fact `changeOfStatus` |

```
sevis-sim record decide N9904705123 OPTEmployment approved --start 2026-06-15
curl http://127.0.0.1:8444/api/v1/records/N9904705123/decisions -d '{"request": "OPTEmployment", "decision": "denied"}'
```

```python
await sim.records.decide("N9904705123", "OPTEmployment", "approved", start=date(2026, 6, 15))
```

## What is undone in RTI

{corrections}

Dependents who share the status go with the principal. What the calendar would have done before does not happen any
more.

```
sevis-sim record correct N9904705123 INITIAL
curl http://127.0.0.1:8444/api/v1/records/N9904705123/corrections -d '{"status": "INITIAL"}'
```

## Records that no batch created

```
sevis-sim record add student.yaml            a record, a list of them, or a scenario's records
sevis-sim record list --status ACTIVE
sevis-sim record show N9904705123
```

`POST /api/v1/records` takes `{"records": [...]}`, each written as in a scenario: all of them are added, or none.

## Schools that are withdrawn, programs that end

An organization that is not active cannot upload (S0002); records of batches that wait already fail with S1109 or S2157.
With `--end-records` its Initial and Active records are terminated at once ("School Withdrawn"), as SEVP does.

```
sevis-sim org withdraw ABC214F00012000 --end-records
sevis-sim org activate ABC214F00012000
curl -X PATCH http://127.0.0.1:8444/api/v1/organizations/ABC214F00012000 -d '{"active": false}'
```
"""


def page() -> str:
    """Return the page as it should be, Markdown."""
    plan = shipped()
    jobs = "\n".join(_job(job) for job in plan.jobs.values())
    told = "\n".join(_fact(fact) for fact in facts().values())
    return "\n".join(
        [
            _INTRODUCTION.format(at=f"{plan.at:%H:%M}"),
            "| job | what happens | reason given | counted from | days | default |\n|---|---|---|---|---|---|\n" + jobs,
            "",
            "Where each comes from:\n",
            *(f"- `{job.name}`: {job.source}" for job in plan.jobs.values()),
            "",
            _CHANGING,
            _SCALE,
            _FACTS,
            "| fact | means | value | of | told by | codes and jobs that read it |\n|---|---|---|---|---|---|\n" + told,
            "",
            _DOORS.replace(
                "{corrections}",
                "\n".join(["| who | from | to | until |\n|---|---|---|---|", *map(_undone, corrections())]),
            ),
        ]
    )


def _job(job: Job) -> str:
    if job.runs == "on":
        days = f"on day {job.days}" if job.days else "on the day"
    else:
        days = f"{job.days}, then the next day" if job.days else "the next day"
    cells = (
        f"`{job.name}`",
        f"{job.means}: {job.becomes}",
        job.reason,
        job.counts_from,
        days,
        "on" if job.on else "off",
    )
    return f"| {' | '.join(cells)} |"


def _undone(each: Correction) -> str:
    until = f"{each.days} days later" if each.days else "any time"
    if each.arrived is False:
        until += ", without port-of-entry data"
    return f"| {_POPULATION[each.population]} | {each.status} | {each.becomes} | {until} |"


def _fact(fact: Fact) -> str:
    owners = " or ".join(_POPULATION[each] for each in fact.populations)
    if "dependent" in fact.of:
        owners += ", dependents too"
    readers = ", ".join([*fact.codes, *(f"`{job}`" for job in fact.jobs)]) or "none"
    return f"| `{fact.name}` | {fact.means} | {fact.expected} | {owners} | {fact.told_by} | {readers} |"


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page. Returns 0, or 1 if ``--check`` finds it out of date."""
    parser = argparse.ArgumentParser(prog="python -m sevis_sim.domain.docs", description="Write docs/life-cycle.md.")
    parser.add_argument("--check", action="store_true", help="only tell whether the page is up to date")
    wanted = page()
    if not parser.parse_args(arguments).check:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"{PAGE} is out of date: run python -m sevis_sim.domain.docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
