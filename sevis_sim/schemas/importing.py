"""Taking over the official files of a release that a user has: checked, mended where a known fault asks for it, copied.

The published alpha log schema of 6.27 has an import that does not fit the files beside it. Such imports are written
anew in the copy; the user's files stay as they are.
"""

import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from sevis_sim.schemas.parsing import NotWellFormed, parse
from sevis_sim.schemas.release import DOCUMENT_FILES, FILES, IMPORTED_FILES, Release, shipped_names
from sevis_sim.schemas.releases import FOLDER, NAME, ReleaseError, namespace_words

MAX_FILE = 20 * 1024 * 1024
"""Bytes; the largest official file has under 1 MB."""

_XS = "{http://www.w3.org/2001/XMLSchema}"
_ROOTS: Mapping[str, str] = {
    "Create-UpdateStudent.xsd": "SEVISBatchCreateUpdateStudent",
    "Create-UpdateExchangeVisitor.xsd": "SEVISBatchCreateUpdateEV",
    "SevisTransLog.xsd": "TransactionLog",
}
_LAST_SEGMENTS: Mapping[str, str] = {"Common": "Common.xsd", "Table": "SEVISTable.xsd"}


@dataclass(frozen=True, slots=True)
class Imported:
    """A release that has been imported."""

    name: str
    folder: Path
    namespace: str
    """``production``, ``alpha``, or the namespaces themselves where they are neither."""
    warnings: tuple[str, ...]
    """What was mended in the copy, one line each."""


def import_release(source: Path, data: Path, name: str | None = None) -> Imported:
    """Copy a folder of official files into the data folder, under a name.

    Args:
        source: folder that holds the five files under their official names; it is not changed.
        data: data folder, made if need be.
        name: of the release; by default that of the source folder.

    Raises:
        ReleaseError: the name is taken or unusable, or a file is missing, is no schema, is not self-contained or does
            not compile; the message names the file.
        OSError: a file cannot be read or written.

    """
    name = source.resolve().name if name is None else name
    target = data / FOLDER / name
    _check_name(name, target)
    contents, namespaces, warnings = _ready(source)
    for place in (data, target.parent):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".importing-", dir=target.parent))
    try:
        for file, content in contents.items():
            (staging / file).write_bytes(content)
        _check_usable(staging, source)
        os.rename(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Imported(
        name,
        target,
        namespace_words(list(namespaces.values())),
        tuple(f"{each}; the imported copy is mended" for each in warnings),
    )


def open_folder(source: Path) -> tuple[Release, tuple[str, ...]]:
    """Return the release in a folder of official files, and warnings of what had to be mended to use it.

    The files stay as they are; where one needs mending, a mended copy in a temporary folder is used, as long as the
    release. Nothing is compiled yet.

    Raises:
        ReleaseError: as of `import_release`, except that a file may turn out not to compile later.

    """
    try:
        contents, _, warnings = _ready(source)
        if not warnings:
            return Release(source), ()
        kept = tempfile.TemporaryDirectory(prefix="sevis-sim-schemas-")
        for file, content in contents.items():
            (Path(kept.name) / file).write_bytes(content)
        release = Release(Path(kept.name))
    except (OSError, ValueError) as error:
        raise ReleaseError(str(error)) from None
    weakref.finalize(release, kept.cleanup)
    return release, tuple(f"{each}; read as if it were right" for each in warnings)


def _ready(source: Path) -> tuple[dict[str, bytes], dict[str, str], list[str]]:
    """Return the files, mended where need be, the namespaces of the imported ones, and what was mended."""
    if source.is_file():
        raise ReleaseError(f"{source}: a file; give the folder with {', '.join(FILES)}")
    if not source.is_dir():
        raise ReleaseError(f"{source}: there is no such folder")
    contents = _read(source)
    roots = {file: _root(source / file, content) for file, content in contents.items()}
    namespaces = _namespaces(source, roots)
    warnings: list[str] = []
    for file, root in roots.items():
        _check_self_contained(source / file, root)
        reasons = _misfits(root, namespaces)
        if reasons:
            contents[file] = _mended(source / file, root, namespaces)
            warnings += [f"{source / file}{reason}" for reason in reasons]
    return contents, namespaces, warnings


def _check_name(name: str, target: Path) -> None:
    if not NAME.fullmatch(name):
        raise ReleaseError(
            f"{name!r} is no name for a release; give --name with letters, digits, '.', '_' and '-', such as alpha-6.27"
        )
    if name in shipped_names():
        raise ReleaseError(f"{name} is a shipped release; give another name with --name, such as my-{name}")
    if target.exists():
        raise ReleaseError(f"{target} exists already; give another name with --name, or remove that folder")


def _read(source: Path) -> dict[str, bytes]:
    missing = [file for file in FILES if not (source / file).is_file()]
    if missing:
        others = sorted(each.name for each in source.glob("*.[xX][sS][dD]") if each.name not in FILES)
        there = f"; it has {', '.join(others[:5])}, give them the official names" if others else ""
        raise ReleaseError(f"{source} lacks {', '.join(missing)}: a release consists of {', '.join(FILES)}{there}")
    for file in FILES:
        if (source / file).stat().st_size > MAX_FILE:
            raise ReleaseError(f"{source / file}: larger than {MAX_FILE // 1024**2} MB, which no schema of SEVIS is")
    return {file: (source / file).read_bytes() for file in FILES}


def _root(path: Path, content: bytes) -> etree._Element:
    try:
        root = parse(content).getroot()
    except NotWellFormed as error:
        place = f":{error.line}" if error.line else ""
        raise ReleaseError(f"{path}{place}: {error.message}") from None
    if root.tag != f"{_XS}schema":
        raise ReleaseError(f"{path}: not an XML Schema; the root element is {etree.QName(root).localname}")
    wanted = _ROOTS.get(path.name)
    if wanted is not None:
        declared = [element.get("name", "") for element in root.iterchildren(f"{_XS}element")]
        if wanted not in declared:
            raise ReleaseError(f"{path}: declares no element {wanted}; it declares {', '.join(declared) or 'none'}")
        if root.get("targetNamespace"):
            raise ReleaseError(f"{path}: has a target namespace; elements of SEVIS documents are in none")
    return root


def _namespaces(source: Path, roots: Mapping[str, etree._Element]) -> dict[str, str]:
    """Return the namespaces of the two files that others import."""
    found = {file: roots[file].get("targetNamespace", "") for file in IMPORTED_FILES}
    for file, namespace in found.items():
        if not namespace:
            raise ReleaseError(f"{source / file}: has no target namespace, by which the other files import it")
    if len(set(found.values())) < len(found):
        raise ReleaseError(f"{source / IMPORTED_FILES[0]}: has the same target namespace as {IMPORTED_FILES[1]}")
    return found


def _check_self_contained(path: Path, root: etree._Element) -> None:
    for kind in ("import", "include", "redefine"):
        for element in root.iterchildren(f"{_XS}{kind}"):
            location = element.get("schemaLocation", "")
            plain = location.removeprefix("./")
            if any(each in plain for each in "/\\:"):
                raise ReleaseError(
                    f"{path}:{element.sourceline}: {kind}s {location}, outside of the folder; "
                    "put that file beside the others and its bare name here"
                )
            if kind != "import" and plain not in FILES:
                raise ReleaseError(
                    f"{path}:{element.sourceline}: {kind}s {location or 'nothing'}, which is none of {', '.join(FILES)}"
                )


def _misfits(root: etree._Element, namespaces: Mapping[str, str]) -> list[str]:
    """Return, as ``:LINE: reason``, what in a file's imports does not fit the files beside it."""
    found = []
    for element in root.iterchildren(f"{_XS}import"):
        namespace = element.get("namespace", "")
        location = element.get("schemaLocation", "").removeprefix("./")
        if namespaces.get(location) != namespace:
            there = f"has {namespaces[location]}" if location in namespaces else "is not one of the files to import"
            words = f"imports the namespace {namespace or '(none)'} from {location or 'nowhere'}, which {there}"
            found.append(f":{element.sourceline}: {words}")
    if not found and (strange := _strange(root, namespaces)):
        found.append(f":{root.sourceline}: uses {', '.join(strange)}, which no file of the folder declares")
    return found


def _strange(root: etree._Element, namespaces: Mapping[str, str]) -> dict[str, str]:
    """Return namespaces like those of the two imported files which neither of them has, and the file that is meant."""
    used = {uri for element in root.iter(etree.Element) for uri in element.nsmap.values()}
    used |= {element.get("namespace", "") for element in root.iterchildren(f"{_XS}import")}
    meant = {uri: _LAST_SEGMENTS.get(uri.rpartition("/")[2]) for uri in sorted(used - set(namespaces.values()))}
    return {uri: file for uri, file in meant.items() if file is not None}


def _mended(path: Path, root: etree._Element, namespaces: Mapping[str, str]) -> bytes:
    """Return a file whose imports are written anew: one for each of the two files whose namespace it uses."""
    renamed = {uri: namespaces[file] for uri, file in _strange(root, namespaces).items()}
    for element in root.iterchildren(f"{_XS}import"):
        uri, location = element.get("namespace", ""), element.get("schemaLocation", "").removeprefix("./")
        if uri in namespaces.values() or uri in renamed:
            continue
        if location not in namespaces:
            raise ReleaseError(
                f"{path}:{element.sourceline}: imports the namespace {uri or '(none)'} from {location or 'nowhere'}; "
                f"neither belongs to {' or '.join(IMPORTED_FILES)}"
            )
        renamed[uri] = namespaces[location]
    text = etree.tostring(root, encoding="unicode")
    for wrong, right in renamed.items():
        # Namespaces of prefixes cannot be changed in a tree, and lxml writes every attribute in double quotes.
        text = text.replace(f'"{wrong}"', f'"{right}"') if wrong else text
    mended = parse(text.encode()).getroot()
    for element in list(mended.iterchildren(f"{_XS}import")):
        mended.remove(element)
    used = {uri for element in mended.iter(etree.Element) for uri in element.nsmap.values()}
    for file, namespace in namespaces.items():
        if namespace in used and file != path.name:
            mended.insert(0, etree.Element(f"{_XS}import", namespace=namespace, schemaLocation=file))
    return etree.tostring(mended, encoding="UTF-8", xml_declaration=True)


def _check_usable(staging: Path, source: Path) -> None:
    """Compile the copies; the user knows them by their first place."""
    try:
        Release(staging).compile()
    except (OSError, ValueError) as error:
        message = " ".join(str(error).split())
        for file in DOCUMENT_FILES:
            message = message.replace(str(staging / file), str(source / file))
        raise ReleaseError(message.replace(str(staging), str(source))) from None
