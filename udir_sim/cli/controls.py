"""Commands that talk to a running ``udir-sim serve``: held, loads, roll-back, fault, journal."""

import json as json_module
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from udir_sim.cli.output import EXIT_FINDINGS, EXIT_USAGE, Command, JsonOption, as_json, fail, write

DEFAULT_URL = "http://127.0.0.1:8454"
VARIABLE = "UDIR_SIM_CONTROL_URL"
_SECONDS = 600.0
"""How long an answer may take: a release loads a file."""

ControlOption = Annotated[
    str | None,
    typer.Option("--control", metavar="URL", help=f"Address of the test controls. [{VARIABLE}, {DEFAULT_URL}]"),
]
LocationOption = Annotated[str | None, typer.Option("--location", metavar="NN", help="One campus only.")]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why; kept with the file.")]

held_app = typer.Typer(help="Files that are held: list them, release them, refuse them.", no_args_is_help=True)
fault_app = typer.Typer(help="What goes wrong on purpose: add, list, clear.", no_args_is_help=True)


@held_app.command("list", cls=Command)
def held_list(
    location: LocationOption = None,
    every: Annotated[bool, typer.Option("--all", help="Loaded and refused files as well.")] = False,
    json: JsonOption = False,
    control: ControlOption = None,
) -> None:
    """List held files, the newest first. Exit code 1 if there are any.

    Examples:
      udir-sim held list
      udir-sim held list --all --location 06

    """
    query = {"limit": "1000"} | ({} if every else {"state": "HELD"}) | ({"location": location} if location else {})
    found = _ask(control, "GET", f"/deliveries?{urllib.parse.urlencode(query)}")["deliveries"]
    if json:
        write(as_json(found), None)
    else:
        lines = [
            f"{each['received'][:19]}Z  {each['id']}  {each['state']:<8}{each['dataRecords']:>10,}  {each['name']}"
            f"{'  ' + each['note'] if each['note'] else ''}\n"
            for each in found
        ]
        write("".join(lines) or "none\n", None)
    if any(each["state"] == "HELD" for each in found):
        raise typer.Exit(EXIT_FINDINGS)


@held_app.command("release", cls=Command)
def held_release(
    delivery: Annotated[str, typer.Argument(metavar="ID", help="Of the file, as held list shows it.")],
    note: NoteOption = "",
    json: JsonOption = False,
    control: ControlOption = None,
) -> None:
    """Load a held file all the same, as lenient mode would: records with errors are left out, theirs stay as they were.

    Examples:
      udir-sim held release 06-f181281ec2a9c005 --note "the registrar confirmed the volume"

    """
    _decide(delivery, "release", note, json, control)


@held_app.command("refuse", cls=Command)
def held_refuse(
    delivery: Annotated[str, typer.Argument(metavar="ID", help="Of the file, as held list shows it.")],
    note: NoteOption = "",
    json: JsonOption = False,
    control: ControlOption = None,
) -> None:
    """Refuse a held file for good.

    Examples:
      udir-sim held refuse 06-f181281ec2a9c005 --note "sent by mistake"

    """
    _decide(delivery, "refuse", note, json, control)


def _decide(delivery: str, what: str, note: str, json: bool, control: str | None) -> None:
    place = f"/deliveries/{urllib.parse.quote(delivery, safe='')}/{what}"
    outcome = _ask(control, "POST", place, {"note": note})
    write(as_json(outcome) if json else f"{delivery}: {outcome['outcome']}\n", None)


def loads(
    location: LocationOption = None,
    json: JsonOption = False,
    control: ControlOption = None,
) -> None:
    """Show the history of what was loaded; the last load of a campus is in force.

    Examples:
      udir-sim loads --location 06

    """
    query = f"?{urllib.parse.urlencode({'location': location})}" if location else ""
    found = _ask(control, "GET", f"/loads{query}")["loads"]
    if json:
        write(as_json(found), None)
        return
    write("".join(f"{_load_line(each)}\n" for each in found) or "none\n", None)


def roll_back(
    location: Annotated[str, typer.Argument(metavar="LOCATION", help="Campus, such as 06.")],
    number: Annotated[int, typer.Argument(metavar="LOAD", help="Number of the load to go back to.")],
    json: JsonOption = False,
    control: ControlOption = None,
) -> None:
    """Put the records of an earlier load in force again. That is a load of its own; nothing is lost.

    Examples:
      udir-sim roll-back 06 3

    """
    load = _ask(control, "POST", f"/loads/{urllib.parse.quote(location, safe='')}/roll-back", {"to": number})
    write(as_json(load) if json else f"{_load_line(load)}\n", None)


def _load_line(load: dict[str, Any]) -> str:
    how = load["kind"] if load["backTo"] is None else f"back to {load['backTo']}"
    carried = f" {load['carried']:,} carried forward" if load["carried"] else ""
    changes = f"+{load['added']:,} ~{load['changed']:,} -{load['deleted']:,}{carried}"
    where = f"{load['location']} {load['number']:>4}  {load['instant'][:19]}Z"
    return f"{where}  {how:<12}{load['delivery']}  {load['records']:,} students: {changes}"


@fault_app.command("add", cls=Command)
def fault_add(
    words: Annotated[list[str], typer.Argument(metavar="PLACE KEY=VALUE...", help="What goes wrong where, and when.")],
    json: JsonOption = False,
    control: ControlOption = None,
) -> None:
    """Let something go wrong.

    Keys: do=KIND[:VALUE], first=N, every=N, rate=SHARE [in_a_row=N], ttl=TIME, phase=before|after, name=TEXT, and
    whom it is meant for: location=06, door=https|sftp|folder, file=PATTERN.

    Examples:
      udir-sim fault add upload first=2 do=status:503 location=06
      udir-sim fault add transfer every=3 do=interrupt:100000 ttl=10m
      udir-sim fault add upload first=1 do=drop phase=after
      udir-sim fault add file do=hold

    """
    import shlex

    fault = _ask(control, "POST", "/faults", {"text": shlex.join(words)})
    write(as_json(fault) if json else f"{fault['name']} added\n", None)


@fault_app.command("list", cls=Command)
def fault_list(json: JsonOption = False, control: ControlOption = None) -> None:
    """List faults and how often they struck.

    Examples:
      udir-sim fault list

    """
    faults = _ask(control, "GET", "/faults")["faults"]
    if json:
        write(as_json(faults), None)
        return
    lines = []
    for each in faults:
        did = f"struck {each.pop('struck')} of {each.pop('matched')}"
        name = each.pop("name")
        lines.append(f"{name:<12}{did:<18}{json_module.dumps(each)}\n")
    write("".join(lines) or "none\n", None)


@fault_app.command("clear", cls=Command)
def fault_clear(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Of one fault; all if none is named.")] = None,
    control: ControlOption = None,
) -> None:
    """Let things go right again.

    Examples:
      udir-sim fault clear
      udir-sim fault clear fault-2

    """
    place = "/faults" if name is None else f"/faults/{urllib.parse.quote(name, safe='')}"
    write(f"cleared: {', '.join(_ask(control, 'DELETE', place)['cleared']) or 'none'}\n", None)


@fault_app.command("kinds", cls=Command)
def fault_kinds() -> None:
    """List what can go wrong where.

    Examples:
      udir-sim fault kinds

    """
    from udir_sim.receiver.mischief import VOCABULARY

    write(VOCABULARY.help() + "\n", None)


def journal(
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only entries of this kind; may be repeated.")
    ] = None,
    after: Annotated[int, typer.Option("--after", min=0, help="Only entries after this number.")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")] = 100,
    wait: Annotated[int, typer.Option("--wait", min=0, max=60, help="Seconds to wait for one.")] = 0,
    json: JsonOption = False,
    control: ControlOption = None,
) -> None:
    """Print what happened.

    Examples:
      udir-sim journal --kind file.received --kind records.loaded
      udir-sim journal --after 120 --wait 30

    """
    query = [("after", after), ("limit", limit), ("wait", wait), *(("kind", each) for each in kind or ())]
    entries = _ask(control, "GET", f"/journal?{urllib.parse.urlencode(query)}")["entries"]
    if json:
        write(as_json(entries), None)
        return
    lines = [f"{each['id']:>6}  {each['instant'][:19]}Z  {each['kind']:<18}{each['summary']}\n" for each in entries]
    write("".join(lines) or "none\n", None)


def control_url(given: str | None) -> str:
    """Return where the test controls are: as told, as the environment says, as the data directory says, else usual."""
    if given or os.environ.get(VARIABLE):
        return (given or os.environ[VARIABLE]).rstrip("/")
    try:
        text = (Path(".udir-sim") / "udir-sim.env").read_text(encoding="utf-8")
    except OSError:
        return DEFAULT_URL
    for line in text.splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        if name == VARIABLE:
            return value.strip("'\"").rstrip("/")
    return DEFAULT_URL


def _ask(control: str | None, method: str, place: str, body: dict[str, Any] | None = None) -> Any:
    url = control_url(control)
    data = json_module.dumps(body).encode() if body is not None else None
    if not url.startswith(("http://", "https://")):
        fail(f"{url} is not the address of test controls, such as {DEFAULT_URL}", EXIT_USAGE)
    try:
        request = urllib.request.Request(  # noqa: S310 - http only, see above
            f"{url}/api/v1{place}", data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - as above
            return json_module.load(answer)
    except urllib.error.HTTPError as error:
        fail(_detail(error), EXIT_USAGE if error.code == 400 else EXIT_FINDINGS)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        fail(f"nothing answers at {url} ({reason}); start the server with: udir-sim serve")


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json_module.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{error.code} {error.reason}"
