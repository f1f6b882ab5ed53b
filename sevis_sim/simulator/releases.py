"""Which release of the schemas each system keeps to, as the settings say."""

from collections.abc import Mapping
from pathlib import Path

from sevis_sim.domain.systems import SYSTEMS
from sevis_sim.schemas import Release, release
from sevis_sim.schemas.importing import open_folder
from sevis_sim.schemas.releases import ReleaseError, find_release
from sevis_sim.settings import Settings
from sevis_sim.simulator.errors import SimulatorError


def chosen_releases(settings: Settings, data: Path) -> Mapping[str, Release]:
    """Return the release of each system: of ``releases``, else of ``schemas``, else the shipped one.

    Nothing is compiled yet, and systems with the same release share it.

    Args:
        settings: in force.
        data: data directory, where imported releases are.

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
    try:
        usual = open_folder(settings.schemas)[0] if settings.schemas else release()
    except ReleaseError as error:
        raise SimulatorError(f"schemas: {error}") from error
    return {system: named[wanted[system]] if system in wanted else usual for system in SYSTEMS}
