"""One running University Directory, wired together, for the command line, tests and library users.

================  ======================================================================
``university``    `UniversityDirectory`: start, stop, and what a program asks a running one for
``settings``      how it is to run
``ports``         the HTTPS port and the control port
``environment``   what client programs must know, as variables
================  ======================================================================
"""

from typing import TYPE_CHECKING, Any

from udir_sim.university.settings import Settings, UniversityError

if TYPE_CHECKING:
    from udir_sim.university.university import UniversityDirectory

__all__ = ["Settings", "UniversityDirectory", "UniversityError"]


def __getattr__(name: str) -> Any:
    if name == "UniversityDirectory":  # loads aiohttp and SQLAlchemy
        from udir_sim.university.university import UniversityDirectory

        return UniversityDirectory
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
