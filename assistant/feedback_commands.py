"""`assistant feedback list | export`: what people thought of the answers, for whoever maintains the guidance."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from actions.answers.wording import plain_date
from actions.texts import text
from assistant.settings import current_settings
from assistant.storage.database import connect, migrate
from assistant.storage.feedback import Feedback, FeedbackRepository, as_record

feedback = typer.Typer(help="What people thought of the answers.", no_args_is_help=True)
console = Console(stderr=True)

Which = Annotated[
    Literal["all", "useful", "not-useful"], typer.Option("--only", help="Which judgements to take.")
]
CSV_COLUMNS = (
    "given_at", "channel", "useful", "reason", "comment", "question", "answer", "kind", "sources", "versions",
)  # fmt: skip


def _found(only: str, limit: int | None = None) -> list[Feedback]:
    url = current_settings().database()
    migrate(url)
    useful = {"all": None, "useful": True, "not-useful": False}[only]
    return FeedbackRepository(connect(url)).latest(limit, useful)


@feedback.command("list")
def list_feedback(
    only: Which = "all",
    limit: Annotated[int, typer.Option(min=1, help="Most judgements to show, newest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Show what people thought of the answers, newest first."""
    found = _found(only, limit)
    if as_json:
        typer.echo(json.dumps([as_record(item) for item in found], indent=2, ensure_ascii=False))
        return
    if not found:
        typer.echo("No feedback has been given.")
    for item in found:
        judgement = text(f"pages.feedback.{'useful' if item.useful else 'not_useful'}")
        reason = f", {text(f'pages.feedback.reasons.{item.reason}').lower()}" if item.reason else ""
        typer.echo(f"{plain_date(item.given_at.date())} ({item.channel}): {judgement}{reason}")
        typer.echo(f"  Asked: {_one_line(item.question)}")
        typer.echo(f"  Answered: {_one_line(item.answer)}")
        for source in item.sources[:3]:
            typer.echo(f"  Source: {source['title']}, {source['section']}")
        if item.comment:
            typer.echo(f"  Comment: {_one_line(item.comment, 2000)}")
        typer.echo()


def _one_line(words: str, most: int = 160) -> str:
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1] + "…"


@feedback.command()
def export(
    file: Annotated[Path, typer.Argument(help="A name that ends in .csv or .json.")],
    only: Which = "all",
) -> None:
    """Write all feedback to a file, with the answers, their sources and versions."""
    kind = file.suffix.lower()
    if kind not in (".csv", ".json"):
        console.print(f"file: {file} must end in .csv or .json", style="red", soft_wrap=True)
        raise typer.Exit(2)
    records = [as_record(item) for item in _found(only)]
    written = json.dumps(records, indent=2, ensure_ascii=False) if kind == ".json" else as_csv(records)
    try:
        # Excel takes a file of UTF-8 for something else unless it begins with the mark.
        file.write_text(written, encoding="utf-8-sig" if kind == ".csv" else "utf-8", newline="")
    except OSError as problem:
        console.print(f"file: {file} cannot be written: {problem.strerror}", style="red", soft_wrap=True)
        raise typer.Exit(2) from problem
    console.print(f"{len(records)} judgements written to {file}", highlight=False)


def as_csv(records: list[dict[str, Any]]) -> str:
    """The records as CSV, one row each; what would be a formula in a spreadsheet stays text."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(CSV_COLUMNS)
    for record in records:
        writer.writerow([_cell(record[column]) for column in CSV_COLUMNS])
    return written.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "yes" if value else "no"
    shown = "" if value is None else str(value)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@", "\t", "\r")) else shown
