"""The commands `assistant cases import | export | generate | sync`."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

import typer
from rich.console import Console
from sqlalchemy import Engine, true

from assistant.cases.columns import Columns
from assistant.cases.exporting import export_cases
from assistant.cases.importing import ImportResult, import_cases
from assistant.cases.sources import CaseSource, FileSource
from assistant.cases.synthetic import synthetic_caseload
from assistant.cases.tables import SUFFIXES, FileUnreadable
from assistant.progress import progress_bar
from assistant.settings import current_settings
from assistant.storage.case_intake import CaseIntake
from assistant.storage.cases import CaseRepository
from assistant.storage.database import connect, migrate

cases = typer.Typer(help="Stored cases.", no_args_is_help=True)
console = Console(stderr=True)

BY = "command line"
"""Who made a change, in the history of a fact, when it was made with these commands."""

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AsOf = Annotated[str | None, typer.Option(help="The date to work from, as YYYY-MM-DD; today if left out.")]
SkipBad = Annotated[
    bool,
    typer.Option(
        "--skip-bad/--strict",
        help="Leave bad rows out and import the others; by default nothing is imported if any row is bad.",
    ),
]


def _fail(reason: object) -> NoReturn:
    console.print(str(reason), style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(2)


def _database() -> Engine:
    url = current_settings().database()
    migrate(url)
    return connect(url)


def _day(as_of: str | None) -> date:
    from actions.clock import today

    if as_of is None:
        return today()
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        _fail(f"as-of: {as_of!r} is not a date; give it as YYYY-MM-DD, for example 2026-01-31")


@cases.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(help="A CSV, XLSX or JSON file; docs/case-data.md lists its columns.")
    ],
    skip_bad: SkipBad = False,
    source: Annotated[
        str, typer.Option(help="What the history of each fact names as its source.")
    ] = "file import",
    as_json: AsJson = False,
) -> None:
    """Import cases from a file. Importing the same file again changes nothing."""
    from actions.resources import rule_book

    if not file.is_file():
        _fail(f"file: there is no file {file}")
    given = FileSource(file, Columns.of(rule_book()), source.strip() or "file import")
    _take(given, skip_bad, as_json)


def _take(source: CaseSource, skip_bad: bool, as_json: bool) -> None:
    from actions.resources import rule_book

    engine = _database()
    try:
        with progress_bar(console) as report:
            result = import_cases(
                source, engine, rule_book(), by=BY, on=_day(None), skip_bad=skip_bad, report=report
            )
    except FileUnreadable as problem:
        _fail(f"file: {problem}")
    _tell(result, as_json)
    if not result.taken:
        raise typer.Exit(2)


def _tell(result: ImportResult, as_json: bool) -> None:
    for failure in result.failures:
        _warn(f"{failure.what}: {failure.reason}")
    for heading, name in result.misspelt_columns.items():
        _warn(f"column {heading!r}: there is no such column; did you mean {name}?")
    for problem in result.problems:
        _warn(str(problem))
    if result.unused_columns:
        _warn(f"not used: {', '.join(result.unused_columns)} (docs/case-data.md lists the columns)", "yellow")
    if as_json:
        typer.echo(json.dumps(asdict(result), indent=2, ensure_ascii=False))
        return
    if not result.taken:
        bad = f"{result.bad_rows:,} bad rows" if result.bad_rows else "problems"
        _warn(f"Nothing was imported: there are {bad}. Mend them, or import the others with --skip-bad.")
        return
    parts = [f"{result.added:,} added", f"{result.changed:,} changed", f"{result.unchanged:,} unchanged"]
    if result.bad_rows:
        parts.append(f"{result.bad_rows:,} bad rows left out")
    if result.kept_corrections:
        parts.append(f"{result.kept_corrections:,} corrected facts kept")
    typer.echo(", ".join(parts))


def _warn(line: str, style: str = "red") -> None:
    console.print(line, style=style, highlight=False, markup=False, soft_wrap=True)


@cases.command()
def sync(skip_bad: SkipBad = False, as_json: AsJson = False) -> None:
    """Take over the cases of the prisoner search service that the settings name."""
    from assistant.cases.client_credentials import ClientCredentials
    from assistant.cases.prisoner_search import PrisonerSearch, SourceUnavailable

    settings = current_settings()
    url, token_url = settings.case_source_url, settings.case_source_token_url
    client_id, secret = settings.case_source_client_id, settings.case_source_client_secret
    given = {"url": url, "token_url": token_url, "client_id": client_id, "client_secret": secret}
    missing = [f"POM_ASSISTANT_CASE_SOURCE_{name.upper()}" for name, value in given.items() if not value]
    if missing:
        _fail(f"settings: {', '.join(missing)} must be set; docs/case-data.md says how")
    for address in (url, token_url):
        if not is_protected(str(address)):
            _fail(f"settings: {address} must begin with https://")
    credentials = ClientCredentials(
        str(token_url),
        str(client_id),
        secret.get_secret_value() if secret else "",
        settings.case_source_scope,
    )
    source = PrisonerSearch(
        str(url), credentials, settings.case_source_page_size, settings.case_source_timeout
    )
    try:
        _take(source, skip_bad, as_json)
    except SourceUnavailable as problem:
        _fail(f"prisoner search: {problem}. Nothing was changed")


def is_protected(address: str) -> bool:
    """Whether what is sent to an address cannot be read on the way: HTTPS, or this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    )


@cases.command("export")
def export_file(
    file: Annotated[Path, typer.Argument(help="The file to write: its ending says .csv, .xlsx or .json.")],
) -> None:
    """Export every case, in the form in which it can be imported again."""
    from actions.resources import rule_book

    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        _fail(f"file: {file.name} must end in one of {', '.join(SUFFIXES)}")
    found = CaseRepository(_database()).cases(true())
    data = export_cases(found, Columns.of(rule_book()), suffix)
    try:
        _write_whole(file, data)
    except OSError as problem:
        _fail(f"file: {file} cannot be written: {problem.strerror}")
    typer.echo(f"{len(found):,} cases written to {file}")


def _write_whole(file: Path, data: bytes) -> None:
    """Write a file so that there is never half of one, readable by its owner only."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(data)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


@cases.command()
def generate(
    count: Annotated[int, typer.Argument(min=1, max=9999, help="How many cases.")],
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives other cases.")] = 1,
    poms: Annotated[
        int | None, typer.Option(min=1, help="How many prison offender managers share them.")
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Make up a caseload of people who do not exist, marked as synthetic, and store it."""
    from actions.resources import rule_book
    from assistant.cases.importing import fact_errors

    day = _day(as_of)
    made = synthetic_caseload(count, seed, day, poms)
    book = rule_book()
    with progress_bar(console) as report:
        done = CaseIntake(_database()).take(
            made,
            source="synthetic caseload",
            by=BY,
            on=day,
            check=lambda facts: fact_errors(book, facts, day),
            all_or_none=False,
            report=lambda seen: report("Making up cases", seen, count),
        )
    result: dict[str, Any] = {"added": done.added, "changed": done.changed, "unchanged": done.unchanged}
    if as_json:
        typer.echo(json.dumps(result))
    else:
        typer.echo(", ".join(f"{number:,} {what}" for what, number in result.items()))
