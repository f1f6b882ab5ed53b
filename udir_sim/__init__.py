"""Simulator of a University Directory that receives UDIRSTUD files."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from udir_sim.university import UniversityDirectory

__all__ = ["UniversityDirectory"]


def __getattr__(name: str) -> Any:
    if name == "UniversityDirectory":
        from udir_sim.university import UniversityDirectory

        return UniversityDirectory
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
