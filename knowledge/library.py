"""The library: adding, listing and removing documents while the service runs.

A change is one transaction and raises the version of the index, which every running process notices at its next
question. Nothing is half-indexed: a document that cannot be read leaves the library as it was.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, insert, select

from knowledge import schema
from knowledge.catalogue import DocumentInfo, LoadedDocument
from knowledge.index_writing import begin_change, document_values, remove_passages, write_passages
from knowledge.indexing import (
    BuildReport,
    Progress,
    build_index,
    encode_document,
    engine_of,
    prepare_tables,
)
from knowledge.passages import make_passages
from knowledge.readers.reading import DocumentUnreadable, read_document

__all__ = [
    "DocumentExists",
    "DocumentUnknown",
    "DocumentUnreadable",
    "ListedDocument",
    "ShippedDocument",
    "add_document",
    "list_documents",
    "reindex",
    "remove_document",
]


class DocumentExists(ValueError):
    """A document of that name, or with the same content, is in the library already."""


class DocumentUnknown(LookupError):
    """The library has no document of that name."""


class ShippedDocument(ValueError):
    """A document that ships with the assistant cannot be removed."""


@dataclass(frozen=True)
class ListedDocument:
    """A document of the library, with how many passages it was cut into."""

    info: DocumentInfo
    passages: int
    pages: int | None
    shipped: bool


def slug_of(title: str) -> str:
    """The short name of a title in addresses: "PSI 12/2011: Property" is "psi-12-2011-property"."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:80].strip("-")
    if not slug:
        raise ValueError("title: give a title with letters or digits in it.")
    return slug


def add_document(
    database: str | Engine,
    path: Path | str,
    *,
    title: str,
    edition: str,
    published: str | None = None,
    publisher: str | None = None,
    kind: str | None = None,
    slug: str | None = None,
    progress: Progress | None = None,
) -> ListedDocument:
    """Read, cut, encode and index one file.

    `published` is a year, month or day ("2024", "2024-05", "2024-05-01"). Raises DocumentUnreadable (with the
    reason), DocumentExists, ValueError for a bad title, edition or date, and FileNotFoundError.
    """
    engine, path = engine_of(database), Path(path)
    if not title.strip():
        raise ValueError("title: a document needs a title.")
    if not edition.strip():
        raise ValueError('edition: a document needs an edition, such as "2024".')
    if published and not re.fullmatch(
        r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?", published
    ):
        raise ValueError(f'published: {published!r} is not a date. Give "2024", "2024-05" or "2024-05-01".')
    slug = slug_of(slug or title)
    if progress:
        progress("Reading", 0, 1)
    source = read_document(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    tables = prepare_tables(engine)
    with engine.connect() as connection:
        _refuse_duplicate(connection, slug, digest)
    info = DocumentInfo(slug, title.strip(), edition.strip(), published, publisher, kind)
    document = LoadedDocument(info, source, make_passages(slug, source), digest)
    if not document.passages:
        raise DocumentUnreadable(f"{path.name} holds no passages to index.")
    rows = encode_document(document, progress)
    with engine.begin() as connection:
        begin_change(connection)
        _refuse_duplicate(connection, slug, digest)
        position = connection.execute(select(func.count()).select_from(schema.documents)).scalar() or 0
        first = connection.execute(select(func.count()).select_from(schema.passages)).scalar() or 0
        connection.execute(
            insert(schema.documents).values(document_values(document, position, shipped=False))
        )
        write_passages(connection, tables, rows, first)
        tables.finish(connection)
    if progress:
        progress("Indexed", len(rows), len(rows))
    return ListedDocument(info, len(rows), source.pages, False)


def list_documents(database: str | Engine) -> list[ListedDocument]:
    """The documents of the library, in order."""
    engine = engine_of(database)
    prepare_tables(engine)
    table = schema.documents
    with engine.connect() as connection:
        counts = dict(
            connection.execute(
                select(schema.passages.c.document, func.count()).group_by(schema.passages.c.document)
            )
            .tuples()
            .all()
        )
        rows = connection.execute(select(table).order_by(table.c.position)).mappings().all()
    names = DocumentInfo.__dataclass_fields__
    return [
        ListedDocument(
            DocumentInfo(**{name: row[name] for name in names}),
            counts.get(row["slug"], 0),
            row["pages"],
            row["shipped"],
        )
        for row in rows
    ]


def remove_document(database: str | Engine, slug: str) -> None:
    """Take a document out. Raises DocumentUnknown, or ShippedDocument for one that ships with the assistant."""
    engine = engine_of(database)
    tables = prepare_tables(engine)
    with engine.begin() as connection:
        begin_change(connection)
        found = connection.execute(
            select(schema.documents.c.shipped).where(schema.documents.c.slug == slug)
        ).scalar()
        if found is None:
            raise DocumentUnknown(f"There is no document {slug!r}.")
        if found:
            raise ShippedDocument(f"{slug} ships with the assistant and cannot be removed.")
        first = connection.execute(
            select(func.min(schema.passages.c.row)).where(schema.passages.c.document == slug)
        ).scalar()
        start = int(first or 0)
        later = _passages_after(connection, start, slug)
        remove_passages(connection, tables, start)
        write_passages(connection, tables, later, start)  # rows stay dense: those behind move up
        connection.execute(delete(schema.documents).where(schema.documents.c.slug == slug))


def reindex(database: str | Engine, progress: Progress | None = None) -> BuildReport:
    """Build the index of the shipped documents again, whether or not anything has changed."""
    return build_index(database, progress, force=True)


def _refuse_duplicate(connection: Connection, slug: str, digest: str) -> None:
    found = connection.execute(
        select(schema.documents.c.slug, schema.documents.c.sha256).where(
            (schema.documents.c.slug == slug) | (schema.documents.c.sha256 == digest)
        )
    ).first()
    if found is not None:
        reason = "has the same content" if found.sha256 == digest else "has that name"
        raise DocumentExists(f"The document {found.slug} {reason}. Remove it first, or give another title.")


def _passages_after(connection: Connection, first: int, slug: str) -> Sequence[dict[str, object]]:
    rows = connection.execute(
        select(schema.passages)
        .where(schema.passages.c.row >= first, schema.passages.c.document != slug)
        .order_by(schema.passages.c.row)
    ).mappings()
    return [dict(row) for row in rows]
