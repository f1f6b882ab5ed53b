"""Which release of the schemas each system keeps to, as the settings say."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

from sevis_sim.domain.systems import SYSTEMS
from sevis_sim.schemas import Release, release
from sevis_sim.schemas.importing import open_folder
from sevis_sim.schemas.releases import ReleaseError, find_release
from sevis_sim.settings import Settings
from sevis_sim.simulator.errors import SimulatorError


def chosen_releases(settings: Settings, data: Path, notices: list[str] | None = None) -> Mapping[str, Release]:
    """Return the release of each system: of ``releases``, else of ``schemas``, else the shipped one.

    Systems with the same release share it. Only files that a user gives are compiled now, to be told of at the start
    if they cannot be.

    Args:
        settings: in force.
        data: data directory, where imported releases are.
        notices: gets a line for each file that had to be mended to be used.

    Raises:
        SimulatorError: a release does not exist or is damaged; the message names the setting.

    """
    wanted: Mapping[str, str] = {str(system): name for system, name in settings.releases.items()}
    named: dict[str, Release] = {}
    for system, name in wanted.items():
        if name not in named:
            try:
                named[name] = find_release(name, data)
            except ReleaseError as error:
                raise SimulatorError(f"releases.{system}: {error}") from error
    if all(system in wanted for system in SYSTEMS):
        return {system: named[wanted[system]] for system in SYSTEMS}
    usual = _usual(settings.schemas, notices) if settings.schemas else release()
    return {system: named[wanted[system]] if system in wanted else usual for system in SYSTEMS}


def any_release(data: Path) -> Callable[[str], Release]:
    """Return what finds a release by name, each once: compiling one takes long. ReleaseError where there is none."""
    return cache(partial(find_release, data=data))


def _usual(folder: Path, notices: list[str] | None) -> Release:
    try:
        found, warnings = open_folder(folder)
        found.compile()
    except (ReleaseError, ValueError) as error:
        raise SimulatorError(f"schemas: {error}") from error
    if notices is not None:
        notices.extend(warnings)
    return found
