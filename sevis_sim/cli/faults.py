"""``sevis-sim fault``: what goes wrong on purpose."""

import shlex
import textwrap
from typing import Annotated, Any
from urllib.parse import quote

import typer

from sevis_sim.cli.report import (
    EXIT_USAGE,
    Command,
    ControlOption,
    JsonOption,
    SandboxOption,
    control_client,
    fail,
    run,
    say,
    say_json,
)

app = typer.Typer(help="Let things go wrong on purpose, and right again.", no_args_is_help=True)

PresetOption = Annotated[
    str | None,
    typer.Option("--preset", metavar="NAME", help="A failure mode of the real service; see `sevis-sim fault presets`."),
]


@app.command("list", cls=Command)
def list_faults(control: ControlOption = None, sandbox: SandboxOption = None, json: JsonOption = False) -> None:
    """Print what goes wrong on purpose, and how often each fault has matched and struck.

    Example:  sevis-sim fault list
    """

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.get("faults")

    found = run(work())
    if json:
        say_json(found)
        return
    for each in found:
        say(_line(each))
    if not found:
        say("no faults")


@app.command(cls=Command)
def add(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="PLACE KEY=VALUE…", help="Where, then what, when and for whom.")
    ] = None,
    preset: PresetOption = None,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    json: JsonOption = False,
) -> None:
    """Let something go wrong: a fault, or a preset with whom and when.

    Places: upload, download, handshake, processing, record. Keys: do=KIND[:VALUE], first=N, every=N,
    rate=SHARE [in_a_row=N], from=TIME, until=TIME, ttl=LENGTH, phase=before|after, name=TEXT, and whom it is meant
    for: organization, batch, user, certificate, request, event… (docs/faults.md has all).

    Examples:
      sevis-sim fault add upload first=2 do=status:503
      sevis-sim fault add upload first=1 do=reset phase=after organization=ABC214F*
      sevis-sim fault add record every=3 do=error:S9999
      sevis-sim fault add download from="friday 20:00" until="saturday 00:00" do=outage
      sevis-sim fault add --preset december-2011

    """
    given = list(words or ())
    if preset is not None:
        given.insert(0, f"preset={preset}")
    if not given:
        fail("say what shall go wrong: sevis-sim fault add upload do=drop, or --preset NAME", EXIT_USAGE)

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.post("faults", {"text": shlex.join(given)})

    added = run(work())
    if json:
        say_json(added)
        return
    for each in added:
        say(f"{each['name']} added")


@app.command(cls=Command)
def clear(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Of one fault; all if none is named.")] = None,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    json: JsonOption = False,
) -> None:
    """Let things go right again.

    Examples:
      sevis-sim fault clear
      sevis-sim fault clear december-2011

    """

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.delete("faults" if name is None else f"faults/{quote(name, safe='')}")

    gone = run(work())
    if json:
        say_json(gone)
        return
    say(f"cleared {', '.join(gone['cleared']) or 'nothing: there were no faults'}")


@app.command(cls=Command)
def presets(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Of one preset; all if none is named.")] = None,
    json: JsonOption = False,
) -> None:
    """Print the failure modes of the real service: what a client sees, and what a good client does.

    Examples:
      sevis-sim fault presets
      sevis-sim fault presets december-2011

    """
    from dataclasses import asdict

    from sevis_sim.faults import FaultError
    from sevis_sim.mischief.presets import preset
    from sevis_sim.mischief.presets import presets as known

    try:
        chosen = list(known().values()) if name is None else [preset(name)]
    except FaultError as error:
        fail(str(error), EXIT_USAGE)
    if json:
        say_json([asdict(each) for each in chosen])
        return
    for each in chosen:
        if name is None:
            say(f"{each.name:<28} {each.title}")
            continue
        say(f"{each.name}: {each.title}")
        for title, text in (("What a client sees", each.symptom), ("What a good client does", each.good)):
            say(textwrap.fill(f"{title}: {text}", 100, subsequent_indent="  "))
        say(f"Source: {each.source}")


def _line(each: dict[str, Any]) -> str:
    what = each["kind"] if each["value"] is None else f"{each['kind']}:{each['value']}"
    when = [f"{key}={each[key]}" for key in ("first", "every", "rate", "in_a_row") if each[key] is not None]
    when += [f"{word}={each[key]}" for key, word in (("since", "from"), ("until", "until")) if each[key] is not None]
    whom = [f"{fact}={pattern}" for fact, pattern in each["whom"].items()]
    phase = [] if each["phase"] == "before" else [f"phase={each['phase']}"]
    said = " ".join([each["at"], f"do={what}", *when, *phase, *whom])
    return f"{each['name']:<28} struck {each['struck']} of {each['matched']:<6} {said}"
