"""Where the shipped data folders are: beside the packages in a checkout, inside the package when installed."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the shipped folder ``schemas``, ``certs`` or ``scenarios``.

    Raises:
        FileNotFoundError: the installation is damaged; the message names both places that were tried.
    """
    installed = _PACKAGE / "_data" / name
    checkout = _PACKAGE.parent / name
    for place in (installed, checkout):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the data folder {name!r} is missing: looked for {installed} and {checkout}")
