"""The commands `assistant teams package | remind`: what an administrator of Microsoft Teams needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from assistant.settings import current_settings

teams = typer.Typer(help="The assistant in Microsoft Teams.", no_args_is_help=True)
console = Console(stderr=True)


def _fail(reason: object) -> NoReturn:
    console.print(str(reason), style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(2)


@teams.command()
def package(
    host: Annotated[str, typer.Option(help="The host name at which Teams reaches the service.")],
    app_id: Annotated[str, typer.Option(help="The id of the app in Teams: a GUID made once and kept.")],
    client_id: Annotated[
        str | None, typer.Option(help="The bot's application (client) id; that of the settings if left out.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The zip file to write.")] = Path("pom-assistant-teams.zip"),
    developer: Annotated[
        str, typer.Option(help="Who runs the service, as shown in Teams.")
    ] = "POM assistant",
    website: Annotated[
        str | None, typer.Option(help="Their website; the service itself if left out.")
    ] = None,
    privacy: Annotated[str | None, typer.Option(help="Their privacy notice.")] = None,
    terms: Annotated[str | None, typer.Option(help="Their terms of use.")] = None,
    version: Annotated[str, typer.Option(help="Raise it with every package that is uploaded.")] = "1.0.0",
) -> None:
    """Write the app package that is uploaded to Teams."""
    from assistant.channels.teams.package import BadPackageOption, PackageOptions, build_package

    known = client_id or current_settings().teams_client_id
    if not known:
        _fail("client-id: give the bot's application id, or set POM_ASSISTANT_TEAMS_CLIENT_ID")
    options = PackageOptions(
        host,
        app_id,
        known,
        developer=developer,
        website=website,
        privacy=privacy,
        terms=terms,
        version=version,
    )
    try:
        content = build_package(options)
    except BadPackageOption as problem:
        _fail(problem)
    try:
        out.write_bytes(content)
    except OSError as problem:
        _fail(f"out: {out} cannot be written ({problem.strerror})")
    typer.echo(f"Wrote {out}. Upload it as docs/teams.md says.")


@teams.command()
def remind(
    as_of: Annotated[str | None, typer.Option(help="The date to work from, as YYYY-MM-DD.")] = None,
) -> None:
    """Remind those who asked for it in the chat of what falls due in their open cases. Run it once a day.

    The running service sends the reminders. Run again on the same day it reminds nobody a second time.
    """
    from datetime import date

    from actions import clock, resources
    from assistant.access.people import PeopleRepository
    from assistant.cases.caseload import Caseloads
    from assistant.channels.teams.reminders import CaseloadDueItems
    from assistant.channels.teams.reminders import remind as queue_reminders
    from assistant.storage.database import connect, migrate
    from assistant.storage.teams import TeamsRepository

    settings = current_settings()
    try:
        day = date.fromisoformat(as_of) if as_of else clock.today()
    except ValueError:
        _fail(f"as-of: {as_of!r} is not a date; give it as YYYY-MM-DD, for example 2026-01-31")
    migrate(settings.database())
    database = connect(settings.database())
    caseloads = Caseloads(database, resources.rule_book(), settings.edition)
    items = CaseloadDueItems(PeopleRepository(database), caseloads)
    count = queue_reminders(TeamsRepository(database), items, day)
    typer.echo(f"Reminders for {count} {'person' if count == 1 else 'people'} are waiting to be sent.")
