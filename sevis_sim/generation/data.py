"""The lists from which batches are made up: names, countries, places, programs. One loader for each file."""

import functools
import tomllib
from pathlib import Path
from typing import Any


@functools.cache
def load(name: str) -> dict[str, Any]:
    """Return what ``<name>.toml`` beside this module says; treat it as immutable."""
    with Path(__file__).with_name(f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@functools.cache
def country_weights() -> dict[str, float]:
    """Return how often each country is drawn, by its code in the table ``country``."""
    data = load("countries")
    return {code: data["often"].get(code, 1) for code in data["countries"]}


@functools.cache
def subjects(beginnings: tuple[str, ...]) -> tuple[str, ...]:
    """Return the subject codes that begin in one of these ways and that the schemas list."""
    from sevis_sim.codes import table

    return tuple(code for code in table("subject").listed("ProgSubjectCodeType") if code.startswith(beginnings))
