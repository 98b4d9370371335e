"""The commands `assistant people | tokens | audit | records`: who may use the service, and what is kept."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from sqlalchemy import Engine

from assistant.access.people import PeopleRepository, PersonExists, PersonUnknown
from assistant.access.person import Person, Role
from assistant.access.tokens import ApiTokens, BadToken, TokenUnknown
from assistant.records.audit import Audit, Filter, as_data
from assistant.records.audit_export import as_csv
from assistant.settings import current_settings
from assistant.storage.database import connect, migrate

people = typer.Typer(help="Who may use the service.", no_args_is_help=True)
tokens = typer.Typer(help="Tokens with which programs ask on a person's behalf.", no_args_is_help=True)
audit = typer.Typer(help="Who did what about which case.", no_args_is_help=True)
records = typer.Typer(help="What is held about one prison number, and how long.", no_args_is_help=True)
console = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Email = Annotated[str, typer.Argument(help="The email address of the person.")]
Roles = Annotated[list[Role], typer.Option("--role", help="A role; repeat for several.")]
Day = Annotated[str | None, typer.Option(help="A day as YYYY-MM-DD.")]
LONDON = ZoneInfo("Europe/London")


def _fail(reason: object) -> NoReturn:
    console.print(str(reason), style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(2)


def _database() -> Engine:
    url = current_settings().database()
    migrate(url)
    return connect(url)


def _operator() -> Person:
    """Whoever runs the command: someone with access to the machine, named in the audit by their account."""
    return Person("", f"{getpass.getuser()} on the command line", "", frozenset())


def _person(repository: PeopleRepository, email: str) -> Person:
    found = repository.by_email(email)
    if found is None:
        _fail(f"email: there is nobody with the address {email}; add them with `assistant people add`")
    return found


@people.command("add")
def add_person(
    email: Email,
    name: Annotated[str, typer.Option(help="The name that others see.")],
    role: Roles,
    subject: Annotated[
        str | None,
        typer.Option(help="What the sign-in provider calls them, for example the Entra object id."),
    ] = None,
) -> None:
    """Give a person access, before they first sign in."""
    engine = _database()
    try:
        added = PeopleRepository(engine).add(name, email, role, subject)
    except PersonExists as problem:
        _fail(problem)
    Audit(engine).record(
        _operator(),
        "people.manage",
        channel="command line",
        details={"added": added.id, "roles": sorted(role)},
    )
    typer.echo(f"Added {added.name} as {', '.join(sorted(role))}.")


@people.command("list")
def list_people(as_json: AsJson = False) -> None:
    """List those who have access, with their roles."""
    everyone = PeopleRepository(_database()).everyone()
    if as_json:
        rows = [{"id": p.id, "name": p.name, "email": p.email, "roles": sorted(p.roles)} for p in everyone]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for person in everyone:
        typer.echo(f"{person.name} <{person.email}>: {', '.join(sorted(person.roles)) or 'no role'}")


@people.command("roles")
def set_roles(email: Email, role: Roles) -> None:
    """Replace the roles of a person."""
    engine = _database()
    repository = PeopleRepository(engine)
    person = _person(repository, email)
    repository.give_roles(person.id, role)
    details = {"person": person.id, "roles": sorted(role)}
    Audit(engine).record(_operator(), "people.manage", channel="command line", details=details)
    typer.echo(f"{person.name}: {', '.join(sorted(role))}.")


@people.command("end")
def end_access(email: Email) -> None:
    """End a person's access at once. What they did stays on record."""
    engine = _database()
    repository = PeopleRepository(engine)
    person = _person(repository, email)
    repository.end_access(person.id)
    Audit(engine).record(_operator(), "people.manage", channel="command line", details={"ended": person.id})
    typer.echo(f"{person.name} has no access any more.")


@tokens.command("create")
def create_token(
    email: Email,
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[list[str], typer.Option("--scope", help="An action it may do; repeat for several.")],
    days: Annotated[int, typer.Option(help="Days until it expires, 366 at most.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Make a token for a person. It is shown this once."""
    engine = _database()
    person = _person(PeopleRepository(engine), email)
    try:
        token, info = ApiTokens(engine).create(person, name, scope, days)
    except (BadToken, PersonUnknown) as problem:
        _fail(problem)
    details = {"created": info.id, "for": person.id, "scopes": info.scopes}
    Audit(engine).record(_operator(), "token.own", channel="command line", details=details)
    if as_json:
        typer.echo(json.dumps({"token": token, "id": info.id, "expires_at": info.expires_at.isoformat()}))
        return
    typer.echo(token)
    console.print("Keep it now: it is not shown again.", highlight=False)


@tokens.command("list")
def list_tokens(as_json: AsJson = False) -> None:
    """List all tokens, without their secrets."""
    found = ApiTokens(_database()).list()
    if as_json:
        typer.echo(json.dumps([asdict(info) for info in found], default=str, ensure_ascii=False))
        return
    for info in found:
        state = "revoked" if info.revoked_at else f"until {info.expires_at:%Y-%m-%d}"
        typer.echo(f"{info.id}  {info.name} for {info.person}: {', '.join(info.scopes)} ({state})")


@tokens.command("revoke")
def revoke_token(token_id: Annotated[str, typer.Argument(help="The id, as `list` shows it.")]) -> None:
    """End a token at once."""
    engine = _database()
    try:
        ApiTokens(engine).revoke(token_id)
    except TokenUnknown as problem:
        _fail(problem)
    Audit(engine).record(_operator(), "token.own", channel="command line", details={"revoked": token_id})
    typer.echo(f"Revoked {token_id}.")


@audit.command("verify")
def verify_audit() -> None:
    """Read the whole audit and say whether anything in it was changed or removed."""
    engine = _database()
    found = Audit(engine).verify()
    if not found.holds:
        console.print(
            f"The audit does not hold at entry {found.broken_at}: {found.problem}.",
            style="red",
            highlight=False,
        )
        raise typer.Exit(1)
    typer.echo(f"The audit holds: {found.entries} entries. Newest digest: {Audit(engine).newest_digest()}")


@audit.command("export")
def export_audit(
    person: Annotated[str | None, typer.Option(help="Part of a name.")] = None,
    case: Annotated[
        str | None, typer.Option(help="A prison number, or the pseudonym of an erased one.")
    ] = None,
    action: Annotated[str | None, typer.Option(help="What was done, for example case.read.")] = None,
    since: Day = None,
    until: Day = None,
    output: Annotated[
        Path | None, typer.Option(help="A .csv or .json file; else lines of JSON here.")
    ] = None,
) -> None:
    """Search the audit and export what fits, oldest first."""
    engine = _database()
    wanted = Filter(person, case, action, None, _moment("since", since), _moment("until", until))
    rows = [as_data(entry) for entry in reversed(Audit(engine).entries(wanted))]
    Audit(engine).record(
        _operator(), "audit.read", channel="command line", prison_number=(case or "").upper()[:16]
    )
    if output is None:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
    elif output.suffix == ".csv":
        output.write_bytes(as_csv(rows))
    else:
        output.write_text(json.dumps(rows, indent=2, ensure_ascii=False), encoding="utf-8")
    console.print(f"{len(rows)} entries.", highlight=False)


def _moment(name: str, day: str | None) -> datetime | None:
    if day is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(day), time(), LONDON)
    except ValueError:
        _fail(f"{name}: {day!r} is not a date; give it as YYYY-MM-DD, for example 2026-01-31")


@records.command("export")
def export_subject(
    prison_number: str,
    output: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
) -> None:
    """Write everything held about a prison number, as JSON and as a text to read."""
    from assistant.records.subject import collect, in_words

    engine = _database()
    record = collect(engine, prison_number)
    if record.empty:
        _fail(f"prison number: nothing is held about {record.prison_number}")
    output.mkdir(parents=True, exist_ok=True)
    data, words = output / f"{record.prison_number}.json", output / f"{record.prison_number}.txt"
    data.write_text(json.dumps(asdict(record), indent=2, ensure_ascii=False, default=str), encoding="utf-8")
    words.write_text(in_words(record), encoding="utf-8")
    Audit(engine).record(
        _operator(), "records.export", channel="command line", prison_number=record.prison_number
    )
    typer.echo(f"Wrote {data} and {words}.")


@records.command("erase")
def erase_subject(
    prison_number: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase everything held about a prison number. The audit keeps its entries under a pseudonym."""
    from assistant.records.subject import collect, erase

    engine = _database()
    record = collect(engine, prison_number)
    if record.empty:
        _fail(f"prison number: nothing is held about {record.prison_number}")
    if not yes:
        typer.confirm(f"Erase the case and {len(record.conversations)} conversations for good?", abort=True)
    done = erase(engine, prison_number)
    details = {"pseudonym": done.pseudonym, "cases": done.cases, "conversations": done.conversations}
    Audit(engine).record(_operator(), "records.erase", channel="command line", details=details)
    typer.echo(
        f"Erased {done.cases} case, {done.conversations} conversations; "
        f"{done.audit_entries} audit entries now say {done.pseudonym or 'nothing of it'}."
    )


@records.command("new-key")
def new_key() -> None:
    """Print a new key to encrypt conversations with, for POM_ASSISTANT_ENCRYPTION_KEYS."""
    from cryptography.fernet import Fernet

    typer.echo(Fernet.generate_key().decode())


@records.command("purge")
def purge_old(as_json: AsJson = False) -> None:
    """Remove what is past the periods in the settings. The service does it once a day."""
    from assistant.records.retention import purge

    done = purge(_database(), current_settings())
    typer.echo(
        json.dumps(asdict(done)) if as_json else ", ".join(f"{v} {k}" for k, v in asdict(done).items())
    )
