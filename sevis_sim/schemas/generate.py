"""Make ``schemas/<release>/SEVISTable.xsd`` from the code tables.

``python -m sevis_sim.schemas.generate`` writes the file; with ``--check`` it only says whether the committed file is
up to date (exit 1 if not). The template beside this module holds everything but the codes.
"""

import argparse
import re
import sys
from importlib import resources
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from sevis_sim.codes.tables import table
from sevis_sim.resources import folder

RELEASE = "6.31"
TEMPLATE = "SEVISTable.template.xsd"

_MARK = re.compile(r"<\?codes (?P<table>\S+)(?: (?P<type>\w+))?\?>")
_TYPE = re.compile(r'<xs:simpleType name="(\w+)"')
# Words are a help to whoever reads a list in an editor; beside hundreds of codes they only make the file slow.
_WORDS_UP_TO = 40
_NOTE = "<!-- Generated from {} and the code tables by python -m sevis_sim.schemas.generate: change those. -->"


def generate() -> str:
    """Return the text of SEVISTable.xsd.

    Raises:
        ValueError: the template asks a code table for a type that the table does not list.
    """
    template = resources.files("sevis_sim.schemas").joinpath(TEMPLATE).read_text(encoding="utf-8")

    def fill(mark: re.Match[str]) -> str:
        type_name = mark["type"] or _TYPE.findall(template, 0, mark.start())[-1]
        source = table(mark["table"])
        codes = source.listed(type_name)
        if not codes:
            raise ValueError(f"{TEMPLATE}: the code table {mark['table']} lists no code for {type_name}")
        start = template.rindex("\n", 0, mark.start()) + 1
        indent = re.match(" *", template[start:])
        margin = "\n" + (indent[0] if indent else "")
        lines = [margin + "  " + _enumeration(code, source.words(code), len(codes)) for code in codes]
        return "".join(lines) + margin

    text = _MARK.sub(fill, template)
    return re.sub(r"<!-- Template .*?-->", _NOTE.format(TEMPLATE), text, count=1, flags=re.DOTALL)


def _enumeration(code: str, words: str, count: int) -> str:
    value = f"<xs:enumeration value={quoteattr(code)}"
    if count > _WORDS_UP_TO or words == code:
        return value + "/>"
    note = f"<xs:annotation><xs:documentation>{escape(words)}</xs:documentation></xs:annotation>"
    return f"{value}>{note}</xs:enumeration>"


def target() -> Path:
    """Return the path of the generated file."""
    return folder("schemas") / RELEASE / "SEVISTable.xsd"


def main(arguments: list[str] | None = None) -> int:
    """Write or check the file; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sevis_sim.schemas.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the file is up to date")
    check = parser.parse_args(arguments).check
    text, path = generate(), target()
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return 0
    if check:
        print(f"{path} differs from the code tables: run python -m sevis_sim.schemas.generate", file=sys.stderr)
        return 1
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
