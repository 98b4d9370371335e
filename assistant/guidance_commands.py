"""The commands `assistant guidance add | list | remove | reindex`: the library of documents that answers come from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from assistant.preparation import prepare_guidance
from assistant.progress import progress_bar
from assistant.settings import current_settings
from assistant.storage.database import connect

guidance = typer.Typer(help="The documents that answers come from.", no_args_is_help=True)
console = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def _fail(reason: object) -> NoReturn:
    console.print(str(reason), style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(2)


@guidance.command()
def add(
    file: Annotated[Path, typer.Argument(help="A text, Markdown, PDF, DOCX or HTML file.")],
    title: Annotated[str, typer.Option(help="The title people know it by.")],
    edition: Annotated[str, typer.Option(help="A short name of the edition, for example 2024-framework.")],
    published: Annotated[
        str | None, typer.Option(help="A year, month or day: 2024, 2024-05 or 2024-05-01.")
    ] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a document. A running service answers from it without a restart."""
    from knowledge.library import DocumentExists, add_document
    from knowledge.readers.reading import DocumentUnreadable

    settings = current_settings()
    prepare_guidance(settings, console)
    try:
        with progress_bar(console) as report:
            added = add_document(
                connect(settings.database()),
                file,
                title=title,
                edition=edition,
                published=published,
                publisher=publisher,
                progress=report,
            )
    except FileNotFoundError:
        _fail(f"file: there is no file {file}")
    except (DocumentUnreadable, DocumentExists, ValueError) as problem:
        _fail(problem)
    found = asdict(added)
    typer.echo(json.dumps(found, default=str) if as_json else f"Added {_in_words(found)}")


@guidance.command("list")
def list_all(as_json: AsJson = False) -> None:
    """List the documents with their editions and dates."""
    from knowledge.library import list_documents

    settings = current_settings()
    prepare_guidance(settings, console)
    documents = [asdict(item) for item in list_documents(connect(settings.database()))]
    if as_json:
        typer.echo(json.dumps(documents, default=str))
        return
    for document in documents:
        typer.echo(_in_words(document))


@guidance.command()
def remove(slug: Annotated[str, typer.Argument(help="The short name, as `list` shows it.")]) -> None:
    """Remove a document that was added. Those that ship with the assistant stay."""
    from knowledge.library import DocumentUnknown, ShippedDocument, remove_document

    settings = current_settings()
    prepare_guidance(settings, console)
    try:
        remove_document(connect(settings.database()), slug)
    except (DocumentUnknown, ShippedDocument) as problem:
        _fail(problem)
    typer.echo(f"Removed {slug}.")


@guidance.command()
def reindex() -> None:
    """Build the index of the shipped documents again."""
    from knowledge.library import reindex as build_again

    settings = current_settings()
    prepare_guidance(settings, console)
    with progress_bar(console) as report:
        done = build_again(connect(settings.database()), progress=report)
    typer.echo(f"Indexed {done.documents} documents, {done.passages} passages.")


def _in_words(document: dict[str, object]) -> str:
    info: dict[str, object] = document["info"]  # type: ignore[assignment]
    return (
        f"{info['slug']}: {info['title']} ({info['edition']}, published {info['published'] or 'without a date'}), "
        f"{document['passages']} passages"
    )
