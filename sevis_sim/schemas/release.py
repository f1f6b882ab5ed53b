"""One release of the schemas: which documents it has, and whether a document fits (design.md §3.7)."""

import functools
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lxml import etree

from sevis_sim.resources import folder as data_folder
from sevis_sim.schemas.code_lists import quicken
from sevis_sim.schemas.explanation import Explainer
from sevis_sim.schemas.hardening import harden, locate, repair
from sevis_sim.schemas.violation import Violation

DEFAULT = "6.31"
LOG = "TransactionLog"

DOCUMENT_FILES = ("Create-UpdateStudent.xsd", "Create-UpdateExchangeVisitor.xsd", "SevisTransLog.xsd")
"""The schemas that declare root elements."""
IMPORTED_FILES = ("Common.xsd", "SEVISTable.xsd")
"""The schemas that those import, each with a namespace of its own."""
FILES = (*DOCUMENT_FILES, *IMPORTED_FILES)
"""The official names of the files of a release."""
_RECORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "SEVISBatchCreateUpdateStudent": ("CreateStudent/Student", "UpdateStudent/Student"),
        "SEVISBatchCreateUpdateEV": ("CreateEV/ExchangeVisitor", "UpdateEV/ExchangeVisitor"),
        LOG: ("BatchDetail/Process/Record",),
    }
)
_SHOWN = 200
"""Characters of a value that are told."""
_XS_ELEMENT = "{http://www.w3.org/2001/XMLSchema}element"

# Building two schemas at the same time in two threads has been seen to corrupt libxml2 (performance.md §1).
_BUILDING = threading.Lock()


class Release:
    """The schemas of one folder. Safe to use from many threads at once.

    lxml gives every verdict; where it refuses a document, xmlschema explains the refused records.
    """

    def __init__(self, folder: Path) -> None:
        """Look at the folder; nothing is compiled before the first document of its kind.

        Raises:
            FileNotFoundError: a schema is missing; the message says which five files are needed.
            ValueError: a schema is not XML, or declares no element of its own.
        """
        self.folder = folder
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise FileNotFoundError(f"{folder} lacks {', '.join(missing)}: a release consists of {', '.join(FILES)}")
        roots = {root: name for name in DOCUMENT_FILES for root in _root_elements(folder / name)}
        self.documents: Mapping[str, str] = MappingProxyType(roots)
        """Name of each root element, and the file that declares it."""
        self._schemas = {name: _Schema(folder / name) for name in DOCUMENT_FILES}

    def validate(self, tree: etree._ElementTree, *, limit: int = 50) -> list[Violation]:
        """Check an uploaded document. An empty list means that it is valid.

        Args:
            tree: from `sevis_sim.schemas.parse`; it is not changed.
            limit: how many violations to report at most; at least one is reported of an invalid document.
        """
        uploads = [root for root in self.documents if root != LOG]
        return self._validate(tree, uploads, limit)

    def validate_log(self, tree: etree._ElementTree, *, limit: int = 50) -> list[Violation]:
        """Check a transaction log as `validate` checks an upload."""
        return self._validate(tree, [LOG], limit)

    def compile(self) -> None:
        """Compile every schema now, which else happens with the first document of its kind.

        Raises:
            ValueError: a schema cannot be compiled; the message names it.
        """
        for schema in self._schemas.values():
            schema.prepare()

    def _validate(self, tree: etree._ElementTree, roots: list[str], limit: int) -> list[Violation]:
        root = tree.getroot()
        name = str(root.tag)
        if name not in roots:
            return [_unknown_root(root, roots)]
        schema = self._schemas[self.documents[name]]
        errors = schema.judge(tree)
        while errors and (repaired := repair(tree, errors)) is not None:
            tree, errors = repaired, schema.errors(repaired)
        return _report(tree, errors, schema.explainer, max(limit, 1)) if errors else []


@functools.cache
def release(name: str = DEFAULT) -> Release:
    """Return a shipped release.

    Raises:
        KeyError: there is no such release; the message lists those that exist.
    """
    known = shipped_names()
    if name not in known:
        raise KeyError(f"no schema release {name!r}; there are: {', '.join(known)}")
    return Release(data_folder("schemas") / name)


def shipped_names() -> list[str]:
    """Return the names of the shipped releases."""
    return sorted(place.name for place in data_folder("schemas").iterdir() if place.is_dir())


class _Schema:
    """One compiled document schema, built once and shared by all threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.explainer = Explainer(path)
        self._judging: etree.XMLSchema | None = None
        self._recording: etree.XMLSchema | None = None
        self._one_at_a_time = threading.Lock()

    def judge(self, tree: etree._ElementTree) -> list[etree._LogEntry]:
        """Return what libxml2 says against a document; empty if it is valid.

        Only the list of errors of a schema is not for many threads. Whoever finds the recording schema free looks
        once; the others look with the judging one first, which all share.
        """
        if self._one_at_a_time.acquire(blocking=False):
            try:
                return self._recorded(tree)
            finally:
                self._one_at_a_time.release()
        return [] if self._shared().validate(tree) else self.errors(tree)

    def errors(self, tree: etree._ElementTree) -> list[etree._LogEntry]:
        """Return the same, from the schema that one thread uses at a time."""
        with self._one_at_a_time:
            return self._recorded(tree)

    def prepare(self) -> None:
        """Compile the schema, which else happens with the first document."""
        with self._one_at_a_time:
            self._recorder()

    def _recorded(self, tree: etree._ElementTree) -> list[etree._LogEntry]:
        schema = self._recorder()
        return [] if schema.validate(tree) else _entries(schema)

    def _recorder(self) -> etree.XMLSchema:
        if self._recording is None:
            with _BUILDING:
                self._recording = _compile(self._path)
        return self._recording

    def _shared(self) -> etree.XMLSchema:
        """Return the judging schema, compiled when two threads first meet."""
        if self._judging is None:
            with _BUILDING:
                if self._judging is None:
                    self._judging = _compile(self._path)
        return self._judging


class _Hardening(etree.Resolver):
    """Gives libxml2 the imported schemas of one folder, hardened, and nothing from anywhere else."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:  # noqa: ARG002
        path = self._folder / (system_url or "").rpartition("/")[2]
        if path.is_file():
            return self.resolve_string(etree.tostring(_hardened(path, None)), context, base_url=str(path))
        raise FileNotFoundError(f"{system_url} is not one of the schemas in {self._folder}")


def _entries(schema: etree.XMLSchema) -> list[etree._LogEntry]:
    log: Any = schema.error_log  # the stubs do not know that it can be iterated
    return list(log)


def _compile(path: Path) -> etree.XMLSchema:
    try:
        return etree.XMLSchema(_hardened(path, _Hardening(path.parent)))
    except etree.XMLSchemaParseError as error:
        from sevis_sim.schemas.unusable import words

        raise ValueError(words(error, path, lambda beside: _hardened(beside, None))) from None


def _hardened(path: Path, resolver: etree.Resolver | None) -> etree._ElementTree:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    if resolver is not None:
        parser.resolvers.add(resolver)
    # Not from the path: a parser with a resolver would ask it for the document itself, too.
    tree = etree.fromstring(path.read_bytes(), parser, base_url=str(path)).getroottree()
    harden(tree.getroot())
    quicken(tree.getroot())
    return tree


def _root_elements(path: Path) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        schema = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"{path} is not XML: {error}") from None
    namespace = schema.get("targetNamespace")
    names = [element.get("name", "") for element in schema.iterchildren(_XS_ELEMENT)]
    if not names:
        raise ValueError(f"{path} declares no root element; is it one of the schemas of SEVIS?")
    return [f"{{{namespace}}}{name}" if namespace else name for name in names]


def _unknown_root(root: etree._Element, allowed: list[str]) -> Violation:
    name = etree.QName(root)
    found = f"{name.localname} in the namespace {name.namespace}" if name.namespace else name.localname
    hint = " without a namespace" if name.namespace and name.localname in allowed else ""
    return Violation(
        message=f"the root element is {found}; expected {' or '.join(allowed)}{hint}",
        line=_line(root),
        path=root.getroottree().getpath(root),
        element=name.localname,
        remedy=_root_remedy(name, allowed),
    )


def _root_remedy(name: etree.QName, allowed: list[str]) -> str:
    if name.localname in allowed:
        return "Leave the namespace out: remove xmlns, or the prefix, of the root element."
    if name.localname == LOG:
        return "This is an answer of SEVIS, not a batch; sevis-sim explain tells what it says."
    import difflib

    close = difflib.get_close_matches(name.localname, allowed, 1, 0.6)
    return f"Write {close[0]}, if that is meant." if close else f"Begin a batch with {' or '.join(allowed)}."


def _report(
    tree: etree._ElementTree, errors: list[etree._LogEntry], explainer: Explainer, limit: int
) -> list[Violation]:
    """Turn the errors of libxml2 into violations, in the order of the document."""
    root = tree.getroot()
    records = [record for path in _RECORDS.get(str(root.tag), ()) for record in root.iterfind(path)]
    numbers = {record: number for number, record in enumerate(records, start=1)}
    by_record: dict[etree._Element | None, list[tuple[etree._LogEntry, etree._Element | None]]] = {}
    for error in errors:
        element = locate(tree, error.path)
        by_record.setdefault(_record_of(element, numbers), []).append((error, element))
    result: list[Violation] = []
    for record in [None, *records]:
        if record in by_record and len(result) < limit:
            number = numbers.get(record) if record is not None else None
            request_id = _cut(record.get("requestID")) if record is not None else None
            for place in explainer.explain(record, by_record[record]):
                path = tree.getpath(place.element) if place.element is not None else ""
                result.append(
                    Violation(
                        message=place.message,
                        line=place.line or (_line(place.element) if place.element is not None else None),
                        path=f"{path}/@{place.attribute}" if place.attribute else path,
                        record=number,
                        request_id=request_id,
                        element=etree.QName(place.element).localname if place.element is not None else None,
                        value=_cut(place.value),
                        remedy=place.remedy,
                    )
                )
    return result[:limit]


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _record_of(element: etree._Element | None, numbers: Mapping[etree._Element, int]) -> etree._Element | None:
    for ancestor in _self_and_ancestors(element):
        if ancestor in numbers:
            return ancestor
    return None


def _self_and_ancestors(element: etree._Element | None) -> Iterator[etree._Element]:
    while element is not None:
        yield element
        element = element.getparent()


def _line(element: etree._Element) -> int | None:
    line: Any = element.sourceline
    return int(line) if line else None
