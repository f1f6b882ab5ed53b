"""Near misses: for each thing that a schema forbids one file that does just that, and what `check` says of it.

Each is a good document (`near_miss_bases`) with one change (`near_miss_changes`). What cannot be broken is listed
with the reason.
"""

import copy
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from sevis_sim.generation.near_miss_bases import Base, Builder
from sevis_sim.generation.near_miss_changes import Change, Target, Unbroken, changes
from sevis_sim.schemas import Release, parse
from sevis_sim.schemas.samples import load

Document = Literal["student", "exchange-visitor"]

ROOTS: Mapping[Document, str] = {
    "student": "SEVISBatchCreateUpdateStudent",
    "exchange-visitor": "SEVISBatchCreateUpdateEV",
}
CODE = "S0013"
INDEX = "index.json"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A wrong document, and what is to be found in it."""

    target: Target
    base: int
    """Number of the good document that it was made from, from 1."""
    document: bytes
    line: int
    """1-based."""
    xpath: str
    """Of what is wrong, in this document."""
    message: str
    value: str | None
    also: tuple[str, ...] = ()
    """Other facets of the same type that the value cannot but break too."""


class NearMisses:
    """Makes the near misses of one document, one after the other and always the same."""

    def __init__(self, release: Release, document: Document, *, everywhere: bool = False) -> None:
        """Prepare; some 2 s.

        Args:
            release: of the schemas.
            document: whose near misses.
            everywhere: False: each thing that the schema says once, at the first place where it counts. True: at every
                place, so that elements that share a type each have files of their own.

        """
        self._release = release
        root = ROOTS[document]
        self._builder = Builder(load((release.folder / release.documents[root]).resolve()), root)
        self.bases: tuple[Base, ...] = tuple(self._builder.bases())
        """The good documents."""
        self._plan: list[tuple[int, Change]] = []
        unbroken: dict[Any, Unbroken] = {}
        seen: set[Any] = set()
        named: set[str] = set()
        for number, base in enumerate(self.bases, start=1):
            for each in changes(base, self._builder):
                key = (each.target.path, each.target.facet) if everywhere else each.key
                if isinstance(each, Unbroken):
                    unbroken.setdefault(key, each)
                elif key not in seen and each.target.name not in named:
                    seen.add(key)
                    named.add(each.target.name)
                    self._plan.append((number, each))
        self.unbroken: tuple[Unbroken, ...] = tuple(each for key, each in unbroken.items() if key not in seen)
        """What no document breaks."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._plan)

    def targets(self) -> list[Target]:
        """Return what is broken, in the order of the files."""
        return [change.target for _, change in self._plan]

    def __iter__(self) -> Iterator[NearMiss]:
        """Make them, one after the other."""
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> NearMiss:
        """Make one of them; each comes out the same whether or not others are made."""
        return self._made(*self._plan[index])

    def good(self) -> list[bytes]:
        """Return the good documents, each as a file."""
        return [_written(copy.deepcopy(base.root)) for base in self.bases]

    def _made(self, number: int, change: Change) -> NearMiss:
        base = self.bases[number - 1]
        at = next(n for n, each in enumerate(base.root.iter(etree.Element)) if each is change.element)
        root = copy.deepcopy(base.root)
        places = change.apply(next(itertools.islice(root.iter(etree.Element), at, None)))
        xpaths = [f"{root.getroottree().getpath(element)}/@{name}".removesuffix("/@") for element, name in places]
        document = _written(root)
        read = parse(document)
        found = self._release.validate(read)
        if not found:
            raise ValueError(f"{change.target.name}: the schema accepts what should break it")
        xpath = next((each for each in xpaths if each == found[0].path), xpaths[0])
        place = places[xpaths.index(xpath)][0]
        number_of = next(n for n, element in enumerate(root.iter(etree.Element)) if element is place)
        line: Any = next(itertools.islice(read.getroot().iter(etree.Element), number_of, None)).sourceline
        return NearMiss(
            target=change.target,
            base=number,
            document=document,
            line=int(line),
            xpath=xpath,
            message=found[0].message,
            value=found[0].value,
            also=change.also,
        )


def write(misses: NearMisses, folder: Path, progress: Callable[[int], None] = lambda _: None) -> int:
    """Write all near misses: each as XML with its expectation as JSON beside it, the good ones, an index.

    Args:
        misses: to be written.
        folder: made if need be; files of the same names are replaced.
        progress: is told how many are written.

    Returns:
        How many near misses there are.

    Raises:
        OSError: a file cannot be written.

    """
    (folder / "good").mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(misses.good(), start=1):
        (folder / _good(number)).write_bytes(document)
    index = []
    for count, miss in enumerate(misses, start=1):
        file = folder / f"{miss.target.name}.xml"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(miss.document)
        expected = expectation(miss)
        file.with_suffix(".json").write_text(_json(expected), encoding="utf-8")
        index.append(expected)
        progress(count)
    unbroken = [
        {"element": each.target.path, "facet": each.target.facet, "limit": each.target.limit, "reason": each.reason}
        for each in misses.unbroken
    ]
    (folder / INDEX).write_text(_json({"files": index, "unbroken": unbroken}), encoding="utf-8")
    return len(index)


def expectation(miss: NearMiss) -> dict[str, Any]:
    """Return what is to be found in a near miss, as it stands in the JSON beside it."""
    return {
        "file": f"{miss.target.name}.xml",
        "good": _good(miss.base),
        "code": CODE,
        "element": miss.target.path,
        "facet": miss.target.facet,
        "limit": miss.target.limit or None,
        "allowed": miss.target.allowed,
        "also": list(miss.also),
        "line": miss.line,
        "path": miss.xpath,
        "value": miss.value,
        "message": miss.message,
    }


def _good(number: int) -> str:
    return f"good/{number:02}.xml"


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _written(root: etree._Element) -> bytes:
    """Return the bytes of a document with one element a line; a text stays as it is."""
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
