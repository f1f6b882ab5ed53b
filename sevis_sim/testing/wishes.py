"""How a test's sandbox begins: the marker says, else the command line, else the ini file, else the scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from sevis_sim.scenarios import World

DEFAULT_CLOCK = "2026-03-04T10:00-05:00"
"""Where time stands when nobody says: a Wednesday, all systems open. Tests that run on a Sunday must not differ."""

OPTIONS: Mapping[str, tuple[str, str]] = {
    "clock": ("CLOCK", f"where time stands at first: an instant, 'INSTANT x600' or real [{DEFAULT_CLOCK}]"),
    "scenario": ("FILE", "scenario file, or name of a shipped one, that each sandbox begins with [default]"),
    "seed": ("N", "seed of SEVIS IDs [1]"),
    "fidelity": ("MODE", "real, strict or lenient [real]"),
}
"""Name → placeholder and meaning, of ``--sevis-NAME`` and of ``sevis_NAME`` in the ini file."""

MARKER = (
    "sevis(clock=None, scenario=None, seed=None, fidelity=None, switches=None): how the sandbox of the fixture `sevis` "
    "begins (docs/pytest.md)"
)
UDIR_MARKER = "udir(clock=None, mode=None, sftp=False): how the University Directory of the fixture `udir` begins"

_KEYS = (*OPTIONS, "switches")
_UDIR_KEYS = ("clock", "mode", "sftp")
_FIDELITY = ("real", "strict", "lenient")


@dataclass
class Wishes:
    """What holds for all tests of a run."""

    told: Mapping[str, str]
    """Option → what command line or ini file says; only those that are said."""
    folders: tuple[Path, ...]
    """Where scenario files are looked for that no marker names."""
    scenarios: dict[Path, "World"] = field(default_factory=dict)
    """Those that were read: hundreds of tests begin with the same one."""

    @classmethod
    def of(cls, config: pytest.Config) -> "Wishes":
        """Read command line and ini file."""
        found = {name: config.getoption(f"--sevis-{name}") or config.getini(f"sevis_{name}") for name in OPTIONS}
        told = {name: str(value) for name, value in found.items() if value}
        return cls(told, (config.invocation_params.dir, config.rootpath))

    def scenario(self, wanted: "World | Path | str", folders: tuple[Path, ...]) -> "World":
        """Return a scenario; a name is looked for in folders, then among those that are shipped."""
        from sevis_sim import resources
        from sevis_sim.scenarios import ScenarioError, World, load_world

        if isinstance(wanted, World):
            return wanted
        file, mark, variant = str(wanted).partition("#")
        shipped = resources.folder("scenarios") / f"{Path(file).stem}.yaml"
        places = [folder / file for folder in folders] + [shipped]
        path = next((each for each in places if each.is_file()), None)
        if path is None:
            looked = ", ".join(dict.fromkeys(str(folder) for folder in folders))
            _refuse(f"there is no scenario {file!r} in {looked}, and no shipped one of that name")
        path = path.with_name(path.name + mark + variant)
        if path not in self.scenarios:
            try:
                self.scenarios[path] = load_world(path)
            except ScenarioError as error:
                _refuse(str(error))
        return self.scenarios[path]


def wish_of(item: pytest.Item, wishes: Wishes) -> dict[str, Any]:
    """Return the arguments of `Simulator.create_sandbox` that a test asks for.

    A marker that is closer to the test goes before one of its class or module; what neither says is as in ``wishes``.
    """
    marked = _marked(item, "sevis", _KEYS)
    wish: dict[str, Any] = {name: value for name, value in wishes.told.items() if name != "scenario"} | marked
    folders = (item.path.parent, *wishes.folders) if "scenario" in marked else wishes.folders
    scenario = wishes.scenario(marked.get("scenario") or wishes.told.get("scenario") or "default", folders)
    wish["scenario"] = scenario
    wish["clock"] = wish.get("clock") or scenario.clock or DEFAULT_CLOCK
    _check_clock(wish["clock"])
    if "seed" in wish:
        wish["seed"] = _seed(wish["seed"])
    if wish.get("fidelity") not in (None, *_FIDELITY):
        _refuse(f"there is no fidelity {wish['fidelity']!r}; expected {', '.join(_FIDELITY)}")
    if isinstance(wish.get("switches"), Mapping):
        wish["switches"] = _switches(wish["switches"])
    return wish


def udir_wish_of(item: pytest.Item) -> dict[str, Any]:
    """Return the arguments of `SyncUniversity` that a test asks for."""
    wish: dict[str, Any] = {"clock": DEFAULT_CLOCK, "sftp": False} | _marked(item, "udir", _UDIR_KEYS)
    _check_clock(wish["clock"])
    if isinstance(wish.get("mode"), str):
        from udir_sim.rules import Mode

        try:
            wish["mode"] = Mode(wish["mode"])
        except ValueError:
            _refuse(f"there is no mode {wish['mode']!r}; expected {', '.join(each.value for each in Mode)}")
    return wish


def _marked(item: pytest.Item, name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for mark in item.iter_markers(name):
        if mark.args:
            _refuse(f"@pytest.mark.{name} takes only named arguments: {', '.join(keys)}; got {mark.args[0]!r}")
        for key, value in mark.kwargs.items():
            if key not in keys:
                near = get_close_matches(key, keys, 1)
                hint = f"; did you mean {near[0]}?" if near else ""
                _refuse(f"@pytest.mark.{name} has no argument {key!r}; known: {', '.join(keys)}{hint}")
            if value is not None:
                found.setdefault(key, value)
    return found


def _check_clock(text: Any) -> None:
    from sevis_sim.clock import ClockError, parse_clock

    try:
        parse_clock(text)
    except ClockError as error:
        _refuse(f"clock: {error}")


def _seed(value: Any) -> int:
    try:
        seed = int(value)
    except (TypeError, ValueError):
        _refuse(f"{value!r} is no seed; expected a whole number of 0 or more")
    if not 0 <= seed < 2**63:
        _refuse(f"{seed} is no seed; expected a whole number of 0 or more, below 2**63")
    return seed


def _switches(told: Mapping[str, Any]) -> Any:
    from pydantic import ValidationError

    from sevis_sim.settings import Switches

    try:
        return Switches(**told)
    except ValidationError as error:
        known = ", ".join(Switches.model_fields)
        found = "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        _refuse(f"switches: {found}; known: {known}")


def _refuse(reason: str) -> NoReturn:
    """Fail the test with one line: a wish that cannot be is no traceback."""
    pytest.fail(reason, pytrace=False)
