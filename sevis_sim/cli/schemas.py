"""``sevis-sim schemas``: releases of the schemas side by side, and what changed between two of them."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sevis_sim.cli.releases import DEFAULT_DATA as _DATA
from sevis_sim.cli.releases import DataOption
from sevis_sim.cli.report import EXIT_FINDINGS, EXIT_USAGE, Command, JsonOption, error_line, fail, say, say_json

if TYPE_CHECKING:
    from sevis_sim.schemas.compare import Change
    from sevis_sim.schemas.tree import Tree

_MOST_PATHS = 5
_MOST_WIDTH = 72

app = typer.Typer(help="Releases of the schemas side by side, and what changed between two.", no_args_is_help=True)


@app.command("list", cls=Command)
def list_releases(data: DataOption = _DATA, json: JsonOption = False) -> None:
    """List the releases: versions of each document, namespace, place.

    Example:  sevis-sim schemas list
    """
    from sevis_sim.schemas.releases import releases

    found = releases(data)
    if json:
        say_json([asdict(each) | {"folder": str(each.folder)} for each in found])
        return
    for each in found:
        say(f"{each.name}  ({'shipped' if each.shipped else 'imported'}, {each.namespace})  {each.folder}")
        for file, version in each.versions.items():
            say(f"  {file:<32}  {version or 'no version'}")
        if each.problem:
            say(f"  cannot be used: {each.problem}")


@app.command(cls=Command)
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The release, as `schemas list` names it.")],
    document: Annotated[
        str | None, typer.Argument(metavar="[DOCUMENT]", help="File, root element, or a part of either. [all]")
    ] = None,
    data: DataOption = _DATA,
    json: JsonOption = False,
) -> None:
    """Print every element and attribute: path, occurrence, limits, size of code tables.

    Examples:
      sevis-sim schemas show 6.31 student
      sevis-sim schemas show 6.31 TransactionLog --json

    """
    from sevis_sim.schemas import tree_words

    found = _trees(name, data)
    chosen = _chosen(found, document) if document is not None else found
    if json:
        say_json(
            [
                {"root": tree.root, "file": tree.file, "elements": [_as_json(node) for node in tree.nodes.values()]}
                for tree in chosen
            ]
        )
        return
    for number, tree in enumerate(chosen):
        say(("\n" if number else "") + f"{tree.root}  ({tree.file})")
        rows = [
            (node.path[len(tree.root) + 1 :], tree_words.occurrence(node), tree_words.values(node))
            for node in list(tree.nodes.values())[1:]
        ]
        width = min(_MOST_WIDTH, max((len(path) for path, _, _ in rows), default=0))
        for path, occurrence, values in rows:
            say(f"  {path:<{width}}  {occurrence:<14}  {values}".rstrip())


@app.command("import", cls=Command)
def import_folder(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with the five official files.")],
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Its name here. [the folder's]")] = None,
    data: DataOption = _DATA,
    json: JsonOption = False,
) -> None:
    """Import the official files of any release, with production or alpha namespaces.

    Example:  sevis-sim schemas import ~/Downloads/alpha-xsd --name alpha-6.27
    """
    from sevis_sim.schemas.importing import import_release
    from sevis_sim.schemas.releases import ReleaseError

    try:
        done = import_release(folder, data, name)
    except ReleaseError as error:
        fail(str(error), EXIT_USAGE if not folder.is_dir() else EXIT_FINDINGS)
    for warning in done.warnings:
        error_line(f"warning: {warning}")
    if json:
        say_json(asdict(done) | {"folder": str(done.folder)})
        return
    say(f"imported as {done.name} to {done.folder}")
    system = "alpha" if done.namespace == "alpha" else "production"
    say(f"check against it:  sevis-sim check FILE --release {done.name}{_data_words(data)}")
    say(f"serve it:          `releases: {{{system}: {done.name}}}` in sevis-sim.yaml, or --schemas {done.folder}")


@app.command(cls=Command)
def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="The release before.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The release after.")],
    data: DataOption = _DATA,
    json: JsonOption = False,
) -> None:
    """Tell what changed for a client from A to B: elements, occurrence, lengths, patterns, codes, attributes.

    First what may make a good file a bad one, then what is new, then what changed in logs. Exit code 0 if nothing did,
    1 if something did. Versions and namespaces alone are no change for a client.

    Example:  sevis-sim schemas diff 6.31 my-7.0
    """
    from sevis_sim.schemas.compare import compare

    changes = compare(_trees(before, data), _trees(after, data))
    if json:
        say_json({"before": before, "after": after, "changes": [asdict(change) for change in changes]})
    elif changes:
        for heading, found in _for_a_client(changes).items():
            if found:
                say(f"{heading}:\n")
                for change in found:
                    _say_change(change)
                say()
        say(f"{len(changes)} change{'s' if len(changes) != 1 else ''} from {before} to {after}")
    else:
        say(f"no change for a client from {before} to {after}")
    if changes:
        raise typer.Exit(EXIT_FINDINGS)


def _for_a_client(changes: "list[Change]") -> "dict[str, list[Change]]":
    """Sort changes by what they mean for a client program; one in uploads and logs is in two of the lists."""
    from dataclasses import replace

    from sevis_sim.schemas.release import LOG

    refused, new, read = "What was good may be refused now", "New, and what was good stays good", "In what you read"
    found: dict[str, list[Change]] = {refused: [], new: [], f"{read}, the transaction log": []}
    for change in changes:
        logged = tuple(path for path in change.paths if path.split("/")[0] == LOG)
        sent = tuple(path for path in change.paths if path not in logged)
        if sent:
            found[refused if change.narrows else new].append(replace(change, paths=sent))
        if logged:
            found[f"{read}, the transaction log"].append(replace(change, paths=logged))
    return found


def _say_change(change: "Change") -> None:
    say(f"  {change.words}")
    shown = change.paths if len(change.paths) == _MOST_PATHS + 1 else change.paths[:_MOST_PATHS]
    for path in shown:
        say(f"    {path}")
    if len(change.paths) > len(shown):
        say(f"    and at {len(change.paths) - len(shown)} more places (--json lists them)")


def _data_words(data: Path) -> str:
    return "" if data == _DATA else f" --data {data}"


def _trees(name: str, data: Path) -> "list[Tree]":
    from sevis_sim.schemas.release import DOCUMENT_FILES, shipped_names
    from sevis_sim.schemas.releases import ReleaseError, find_release
    from sevis_sim.schemas.tree import trees

    try:
        release = find_release(name, data)
        if name not in shipped_names():
            release.compile()  # says what is wrong with files that were changed after the import
        return trees(release.folder, DOCUMENT_FILES)
    except ReleaseError as error:
        fail(str(error), EXIT_USAGE)
    except ValueError as error:
        fail(str(error))


def _chosen(found: "list[Tree]", document: str) -> "list[Tree]":
    asked = document.lower()
    exact = [tree for tree in found if asked in (tree.root.lower(), tree.file.lower())]
    chosen = exact or [tree for tree in found if asked and (asked in tree.root.lower() or asked in tree.file.lower())]
    if not chosen:
        known = ", ".join(f"{tree.file} ({tree.root})" for tree in found)
        fail(f"there is no document {document!r}; there are: {known}", EXIT_USAGE)
    return chosen


def _as_json(node: Any) -> dict[str, Any]:
    from sevis_sim.schemas import tree_words

    facts = asdict(node)
    for value in facts["values"]:
        value["limits"] = dict(value["limits"])
        value["code_count"] = len(value["codes"])
    order = None if node.content is None else tree_words.content(node.content, occurs=False)
    return facts | {"occurrence": tree_words.occurrence(node), "words": tree_words.values(node), "content": order}
