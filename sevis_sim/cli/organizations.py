"""``sevis-sim org``: the schools and sponsors of a sandbox."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from sevis_sim.cli.report import (
    Command,
    ControlOption,
    JsonOption,
    SandboxOption,
    control_client,
    run,
    say,
    say_json,
)

app = typer.Typer(help="See schools and sponsors, withdraw a school or end a program.", no_args_is_help=True)

OrgId = Annotated[str, typer.Argument(metavar="ORG-ID", help="School code or program number.")]


@app.command("list", cls=Command)
def list_organizations(control: ControlOption = None, sandbox: SandboxOption = None, json: JsonOption = False) -> None:
    """Print the schools and sponsors with their officials.

    Example:  sevis-sim org list
    """

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.get("organizations")

    found = run(work())
    if json:
        say_json(found)
        return
    for each in found:
        users = ", ".join(
            f"{user['id']} {user['role']}{'' if user['active'] else ' (not active)'}" for user in each["users"]
        )
        say(f"{each['id']:<15}  {each['kind']:<7}  {'active' if each['active'] else 'not active':<10}  {users}")


@app.command(cls=Command)
def withdraw(
    org: OrgId,
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    end_records: Annotated[
        bool, typer.Option("--end-records", help="Terminate its Initial and Active records too, as SEVP does.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Withdraw a school or end a program: from now on its records fail with S1109 or S2157.

    Examples:
      sevis-sim org withdraw ABC214F00012000
      sevis-sim org withdraw ABC214F00012000 --end-records

    """
    _change(org, {"active": False, "endRecords": end_records}, control, sandbox, json)


@app.command(cls=Command)
def activate(
    org: OrgId, control: ControlOption = None, sandbox: SandboxOption = None, json: JsonOption = False
) -> None:
    """Make a school or program active again.

    Example:  sevis-sim org activate ABC214F00012000
    """
    _change(org, {"active": True}, control, sandbox, json)


@app.command(cls=Command)
def login(
    org: OrgId,
    user: Annotated[str, typer.Argument(metavar="USER-ID", help="User ID of an official, such as pdso000001.")],
    control: ControlOption = None,
    sandbox: SandboxOption = None,
    json: JsonOption = False,
) -> None:
    """Have an official log in to RTI today, which keeps the account from being locked (switch rti_login_lock).

    Example:  sevis-sim org login ABC214F00012000 pdso000001
    """

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.post(f"organizations/{quote(org, safe='')}/users/{quote(user, safe='')}/login")

    changed = run(work())
    say_json(changed) if json else say(f"{user} of {changed['id']} logged in")


def _change(org: str, body: dict[str, bool], control: str | None, sandbox: str | None, json: bool) -> None:
    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.patch(f"organizations/{quote(org, safe='')}", body)

    changed = run(work())
    if json:
        say_json(changed)
        return
    say(f"{changed['id']} is {'active' if changed['active'] else 'withdrawn or ended'}")
