"""The examples in docs/time.md are true."""

import re
from pathlib import Path

import pytest

from sevis_sim.clock import PROFILES, Calendar, parse_clock, parse_instant, parse_stamp
from sevis_sim.clock.durations import format_duration
from sevis_sim.clock.profile import Delayed, Profile

PAGE = (Path(__file__).parents[3] / "docs" / "time.md").read_text(encoding="utf-8")
EAST = Calendar()
FRIDAY = parse_stamp("2026-03-06T21:50-05:00")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose header begins with a text, without back quotes."""
    table = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    cells = [[cell.strip().strip("`") for cell in line.strip("| ").split(" | ")] for line in table.splitlines()[2:]]
    assert len(cells) > 2
    return cells


@pytest.mark.parametrize("row", rows("you write"), ids=lambda row: row[0])
def test_each_written_instant_leads_where_the_page_says(row: list[str]) -> None:
    text, leads_to, _ = row
    assert parse_instant(text).resolve(FRIDAY, EAST, PROFILES["production"]) == parse_stamp(leads_to)


@pytest.mark.parametrize("row", rows("at"), ids=lambda row: row[0])
def test_each_batch_is_processed_when_the_page_says(row: list[str]) -> None:
    received, due, available, _ = map(str, row)
    schedule = PROFILES["production"].schedule(parse_stamp(received), EAST)
    assert (schedule.due, schedule.available) == (parse_stamp(due), parse_stamp(available))


@pytest.mark.parametrize("row", rows("you start with"), ids=lambda row: row[0])
def test_each_clock_of_the_page_starts_in_the_mode_it_says(row: list[str]) -> None:
    text = row[0].removeprefix("--clock ").strip("'")
    says = {"frozen": "stands still", "real": "runs with the wall clock", "scaled": "times as fast"}
    assert says[parse_clock(text).mode] in row[1]


def test_the_table_of_systems_agrees_with_the_profiles() -> None:
    systems = {row[0]: row for row in rows("system")}
    assert set(systems) == set(PROFILES)
    for name, profile in PROFILES.items():
        _, _, hours, processed, kept = systems[name]
        assert hours == profile.to_mapping()["hours"]
        assert kept == profile.to_mapping()["retention"]
        if isinstance(profile.processing, Delayed):
            assert processed == f"{format_duration(profile.processing.delay)} after it was received"
        else:
            assert re.findall(r"\d\d:\d\d", processed) == [f"{profile.processing.window:%H:%M}", "06:00"]


@pytest.mark.parametrize("row", rows("key"), ids=lambda row: row[0])
def test_each_key_of_the_page_can_be_set_as_it_says(row: list[str]) -> None:
    key, takes = row[0], row[1].split("`")[0]
    profile = Profile.from_mapping({key: takes}, base=PROFILES["production"])
    assert profile.to_mapping()[key] == takes


def test_the_page_names_every_key() -> None:
    named = {row[0] for row in rows("key")}
    assert named == {key for profile in PROFILES.values() for key in profile.to_mapping()}
