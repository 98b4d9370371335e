"""Writing to the index: passages, bank questions and what is searched of them, within one transaction.

The first thing that a transaction writes is the version of the index (`begin_change`). That makes every other change
wait until this one is done, and every running process notice it at its next question.
"""

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from knowledge import schema
from knowledge.analysis import analyse
from knowledge.bank import BankQuestion
from knowledge.catalogue import LoadedDocument
from knowledge.embedding import DIMENSIONS, FloatArray
from knowledge.index import SearchTables, SearchText, WordKind
from knowledge.search_texts import shared_lexicon

Row = dict[str, object]


def state(engine: Engine, name: str) -> str | None:
    """One entry of the index's state."""
    with engine.connect() as connection:
        return connection.execute(
            select(schema.index_state.c.value).where(schema.index_state.c.name == name)
        ).scalar()


def set_state(connection: Connection, name: str, value: str) -> None:
    """Set one entry of the index's state."""
    table = schema.index_state
    if not connection.execute(update(table).where(table.c.name == name).values(value=value)).rowcount:
        connection.execute(insert(table).values(name=name, value=value))


def begin_change(connection: Connection) -> None:
    """Raise the version of the index; waits for a change that another process is making."""
    raised = connection.execute(
        text(
            "UPDATE guidance_index SET value = CAST(CAST(value AS integer) + 1 AS varchar) WHERE name = 'version'"
        )
    ).rowcount
    if not raised:
        connection.execute(insert(schema.index_state).values(name="version", value="1"))


def document_values(document: LoadedDocument, position: int, *, shipped: bool) -> Row:
    """The row of the documents table."""
    info = document.info
    return {
        "slug": info.slug,
        "title": info.title,
        "edition": info.edition,
        "published": info.published,
        "publisher": info.publisher,
        "kind": info.kind,
        "licence": info.licence,
        "sha256": document.sha256,
        "pages": document.source.pages,
        "shipped": shipped,
        "position": position,
        "source": document.source.text,
    }


def write_passages(connection: Connection, tables: SearchTables, rows: Sequence[Row], first_row: int) -> int:
    """Write passages and what is searched of them; returns the next free row."""
    if rows:
        numbered = [{**entry, "row": first_row + offset} for offset, entry in enumerate(rows)]
        connection.execute(insert(schema.passages), numbered)
        vectors = [
            np.frombuffer(bytes(entry["unit_vectors"]), np.float32).reshape(-1, DIMENSIONS)  # type: ignore[call-overload]
            for entry in rows
        ]
        write_search_texts(
            connection, tables, "passages", first_row, [passage_fields(entry) for entry in rows], vectors
        )
    return first_row + len(rows)


def write_questions(
    connection: Connection,
    tables: SearchTables,
    questions: Sequence[BankQuestion],
    vectors: FloatArray,
    hashes: Sequence[bytes],
    rows: dict[str, int],
) -> None:
    """Write the bank questions; `rows` gives the row of each passage by its id."""
    if not questions:
        return
    connection.execute(
        insert(schema.questions),
        [
            {
                "row": row,
                "passage": rows[question.passage_id],
                "question": question.question,
                "answer": question.quote,
                "vector": vector.tobytes(),
                "hash": digest,
            }
            for row, (question, vector, digest) in enumerate(zip(questions, vectors, hashes, strict=True))
        ],
    )
    lexicon = shared_lexicon()
    fields = [(lexicon.canonical(question.question),) for question in questions]
    write_search_texts(connection, tables, "questions", 0, fields)


def passage_fields(entry: Row) -> tuple[str, ...]:
    """What is searched of a passage by words: its headings, its text, and both in the documents' own terms."""
    section = json.loads(str(entry["section"]))
    body = f"{entry['context']} {entry['text']}"
    return " ".join(section), body, shared_lexicon().canonical(f"{section[-1:]} {body}")


def write_search_texts(
    connection: Connection,
    tables: SearchTables,
    kind: WordKind,
    first_row: int,
    fields: Sequence[tuple[str, ...]],
    vectors: Sequence[FloatArray] | None = None,
) -> None:
    """Index texts for search, and count their words."""
    analysed = analyse(fields)
    texts = [
        SearchText(first_row + offset, tokens, vectors[offset] if vectors is not None else None)
        for offset, tokens in enumerate(analysed)
    ]
    tables.add(connection, kind, texts)
    _count(connection, kind, texts, 1)


def remove_passages(connection: Connection, tables: SearchTables, first_row: int) -> None:
    """Take out the passages from a row on, with what is searched of them."""
    found = connection.execute(
        select(
            schema.passages.c.row,
            schema.passages.c.section,
            schema.passages.c.context,
            schema.passages.c.text,
        )
        .where(schema.passages.c.row >= first_row)
        .order_by(schema.passages.c.row)
    ).mappings()
    rows = [dict(entry) for entry in found]
    analysed = analyse([passage_fields(entry) for entry in rows])
    texts = [SearchText(entry["row"], tokens) for entry, tokens in zip(rows, analysed, strict=True)]
    _count(connection, "passages", texts, -1)
    tables.remove(connection, "passages", first_row)
    connection.execute(delete(schema.passages).where(schema.passages.c.row >= first_row))


def _count(connection: Connection, kind: WordKind, texts: Sequence[SearchText], sign: int) -> None:
    counts = Counter(word for entry in texts for word in {token.word for token in entry.tokens})
    if not counts:
        return
    connection.execute(
        text(
            'INSERT INTO guidance_word_counts (kind, word, "rows") VALUES (:kind, :word, :count) '
            'ON CONFLICT (kind, word) DO UPDATE SET "rows" = guidance_word_counts."rows" + excluded."rows"'
        ),
        [{"kind": kind, "word": word, "count": sign * count} for word, count in sorted(counts.items())],
    )
    connection.execute(
        text(
            'INSERT INTO guidance_word_totals (kind, "rows", words) VALUES (:kind, :count, :words) ON CONFLICT (kind) '
            'DO UPDATE SET "rows" = guidance_word_totals."rows" + excluded."rows", '
            "words = guidance_word_totals.words + excluded.words"
        ),
        {
            "kind": kind,
            "count": sign * len(texts),
            "words": sign * sum(len(entry.tokens) for entry in texts),
        },
    )


def clear(connection: Connection, tables: SearchTables) -> None:
    """Empty the index."""
    tables.remove(connection, "passages", 0)
    tables.remove(connection, "questions", 0)
    for table in (
        schema.ranker,
        schema.examples,
        schema.questions,
        schema.passages,
        schema.documents,
        schema.word_counts,
        schema.word_totals,
    ):
        connection.execute(delete(table))
