"""``sevis-sim user``: the officials of schools and sponsors, and their log-ins to RTI."""

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

app = typer.Typer(help="See officials, have one log in to RTI.", no_args_is_help=True)

OrgId = Annotated[str, typer.Argument(metavar="ORG-ID", help="School code or program number.")]
UserId = Annotated[str, typer.Argument(metavar="USER-ID", help="Ten characters, case sensitive.")]


@app.command("list", cls=Command)
def list_users(control: ControlOption = None, sandbox: SandboxOption = None, json: JsonOption = False) -> None:
    """Print the officials with the day of their last log-in to RTI.

    Example:  sevis-sim user list
    """

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.get("organizations")

    rows = [{"organization": each["id"], **user} for each in run(work()) for user in each["users"]]
    if json:
        say_json(rows)
        return
    for row in rows:
        active = "active" if row["active"] else "not active"
        since = f"last log-in {row['last_login']}" if row["last_login"] else ""
        say(f"{row['organization']:<15}  {row['id']:<10}  {row['role']:<4}  {active:<10}  {since}".rstrip())


@app.command(cls=Command)
def login(
    org: OrgId, user: UserId, control: ControlOption = None, sandbox: SandboxOption = None, json: JsonOption = False
) -> None:
    """Have an official log in to RTI today: with the switch rti_login_lock it unlocks the account for 45 days.

    Example:  sevis-sim user login ABC214F00012000 pdso000001
    """

    async def work() -> Any:
        async with control_client(control, sandbox) as api:
            return await api.post(f"organizations/{quote(org, safe='')}/users/{quote(user, safe='')}/login", {})

    changed = run(work())
    if json:
        say_json(changed)
        return
    [found] = [each for each in changed["users"] if each["id"] == user]
    say(f"{user} of {org} logged in to RTI on {found['last_login']}")
