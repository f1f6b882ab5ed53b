"""Ready-to-source variables for client programs: a file for POSIX shells or for PowerShell."""

import contextlib
import os
import shlex
from collections.abc import Mapping
from pathlib import Path


class VariablesError(Exception):
    """The file of variables cannot be written; the message says why and what to do."""


def write_variables(path: Path, variables: Mapping[str, str]) -> None:
    """Write a file to source, whole or not at all: a reader never sees half of it.

    A name that ends in ``.ps1`` gets lines for PowerShell (``. ./sevis-sim.ps1``), any other ``export NAME=value``.

    Raises:
        VariablesError: the file cannot be written.

    """
    shell = _powershell if path.suffix.lower() == ".ps1" else _posix
    text = "".join(shell(name, value) for name, value in variables.items())
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # the password of the .p12 is in it
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise VariablesError(
            f"the variables cannot be written to {path} ({error.strerror}); choose another file"
        ) from error


def _posix(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}\n"


def _powershell(name: str, value: str) -> str:
    quoted = value.replace("'", "''")
    return f"$env:{name} = '{quoted}'\n"
