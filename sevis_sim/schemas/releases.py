"""The releases that a user has side by side: those shipped, and those imported into a data folder."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sevis_sim.resources import folder as data_folder
from sevis_sim.schemas.parsing import NotWellFormed, parse
from sevis_sim.schemas.release import FILES, Release, release, shipped_names

FOLDER = "schemas"
"""Where imported releases are within a data folder."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a release may be called: it becomes the name of a folder."""

_NAMESPACED = ("Common.xsd", "SEVISTable.xsd")


class ReleaseError(Exception):
    """A release that does not exist or cannot be used; one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What `sevis-sim schemas list` says about a release."""

    name: str
    folder: Path
    shipped: bool
    versions: Mapping[str, str]
    """By file; blank where a schema states none."""
    namespace: str
    """``production``, ``alpha``, or the namespaces themselves where they are neither."""
    problem: str = ""
    """Why it cannot be used."""


def releases(data: Path) -> list[ReleaseFacts]:
    """Return all releases by name, those shipped first; those that are damaged say so in ``problem``.

    Args:
        data: data folder; it need not exist.

    """
    shipped = [_facts(name, data_folder("schemas") / name, shipped=True) for name in shipped_names()]
    place = data / FOLDER
    imported = sorted(each for each in place.iterdir() if each.is_dir()) if place.is_dir() else []
    return shipped + [_facts(each.name, each, shipped=False) for each in imported if NAME.fullmatch(each.name)]


def find_release(name: str, data: Path) -> Release:
    """Return the release of this name. Nothing is compiled yet.

    Raises:
        ReleaseError: there is none, or it is damaged.

    """
    if name in shipped_names():
        return release(name)
    place = data / FOLDER / name
    if not NAME.fullmatch(name) or not place.is_dir():
        known = ", ".join(each.name for each in releases(data))
        raise ReleaseError(
            f"there is no schema release {name!r} (there are: {known}); "
            f"import one with: sevis-sim schemas import DIR --name NAME --data {data}"
        )
    try:
        return Release(place)
    except (OSError, ValueError) as error:
        raise ReleaseError(str(error)) from None


def _facts(name: str, place: Path, *, shipped: bool) -> ReleaseFacts:
    versions: dict[str, str] = {}
    namespaces: dict[str, str] = {}
    problem = ""
    for file in FILES:
        try:
            root = parse((place / file).read_bytes()).getroot()
        except FileNotFoundError:
            problem = problem or f"{file} is missing"
            continue
        except OSError as error:
            problem = problem or f"{file} cannot be read ({error.strerror})"
            continue
        except NotWellFormed as error:
            problem = problem or f"{file}: {error}"
            continue
        versions[file] = root.get("version", "")
        namespaces[file] = root.get("targetNamespace", "")
    stated = [namespaces[file] for file in _NAMESPACED if file in namespaces]
    return ReleaseFacts(name, place, shipped, versions, namespace_words(stated), problem)


def namespace_words(namespaces: list[str]) -> str:
    """Say in one word whose namespaces these are: alpha's have ``/alpha/`` in them (sevis-protocol.md §3)."""
    words = {
        "other" if "sevisbatch" not in each else "alpha" if "/alpha/" in each else "production" for each in namespaces
    }
    return words.pop() if len(words) == 1 and words != {"other"} else ", ".join(dict.fromkeys(namespaces)) or "none"
