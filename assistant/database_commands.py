"""The command `assistant db upgrade`: the tables of the database. The service does the same when it starts."""

from __future__ import annotations

import typer
from sqlalchemy import make_url

from assistant.settings import current_settings
from assistant.storage.database import migrate

database = typer.Typer(help="The database.", no_args_is_help=True)


@database.callback()
def _group() -> None:
    """Keep `upgrade` a command of its own while it is the only one."""


@database.command()
def upgrade() -> None:
    """Bring the tables to the newest version; create them if there are none."""
    url = current_settings().database()
    migrate(url)
    typer.echo(f"{make_url(url).render_as_string(hide_password=True)} is up to date.")
