"""Folders of schemas with known differences, made by text replacement."""

import shutil
from pathlib import Path

from sevis_sim.resources import folder

SHIPPED = folder("schemas") / "6.31"
FILES = (
    "Create-UpdateStudent.xsd",
    "Create-UpdateExchangeVisitor.xsd",
    "SevisTransLog.xsd",
    "Common.xsd",
    "SEVISTable.xsd",
)


def variant(target: Path, *edits: tuple[str, str, str], base: Path = SHIPPED) -> Path:
    """Copy a release and replace in it: file, what must stand there exactly once, what comes instead."""
    target.mkdir(parents=True)
    for file in FILES:
        shutil.copy(base / file, target / file)
    for file, old, new in edits:
        text = (target / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (target / file).write_text(text.replace(old, new), encoding="utf-8")
    return target


def alpha(target: Path, base: Path = SHIPPED) -> Path:
    """Copy a release as alpha publishes it: with /alpha/ in its namespaces."""
    variant(target, base=base)
    for file in FILES:
        text = (target / file).read_text(encoding="utf-8")
        (target / file).write_text(text.replace("/sevisbatch/", "/sevisbatch/alpha/"), encoding="utf-8")
    return target
