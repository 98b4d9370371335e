"""Building the index: documents are read, cut into passages, encoded and written in one transaction."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine, create_engine, delete, event, insert, select, text

from knowledge import schema
from knowledge.bank import BankQuestion, bank_files, load_bank
from knowledge.catalogue import LoadedDocument, load_shipped
from knowledge.embedding import ADAPTER, FloatArray, guidance_encoder
from knowledge.kernel import train
from knowledge.quotes import QuoteFinder
from knowledge.refusal import premises, refusal_topics
from knowledge.search_texts import search_texts, shared_lexicon

Progress = Callable[[str, int, int], None]
CODE_VERSION = "1"  # raise when passages, texts to encode or tables change
BATCH = 256


@dataclass(frozen=True)
class BuildReport:
    """What a build did: `rebuilt` is False when nothing had changed since the last one."""

    rebuilt: bool
    documents: int
    passages: int
    questions: int


def engine_of(database: str | Engine) -> Engine:
    """An engine for a database URL (an engine is passed through)."""
    if isinstance(database, Engine):
        return database
    engine = create_engine(database)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _pragmas(connection: object, _record: object) -> None:
            cursor = connection.cursor()  # type: ignore[attr-defined]
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute("PRAGMA busy_timeout=10000")
            cursor.close()

    return engine


def fingerprint(bank: Sequence[Path]) -> str:
    """What the shipped documents, their layout, the bank, the lexicon and the code add up to."""
    digest = hashlib.sha256(CODE_VERSION.encode())
    here = Path(__file__).parent
    shipped = sorted(p for p in (here / "guidance").iterdir() if p.suffix in {".txt", ".yaml"})
    names = (
        "passages.py",
        "sentences.py",
        "blocks.py",
        "refusals.yaml",
        "premises.yaml",
        "lexicon.yaml",
        "search_texts.py",
        "kernel.py",
        "indexing.py",
        "lexicon.py",
        "readers/plain.py",
    )
    code = [here / name for name in names]
    for path in (*shipped, *code, ADAPTER, *bank):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build_index(
    database: str | Engine,
    progress: Progress | None = None,
    *,
    force: bool = False,
    bank: Sequence[Path] | None = None,
) -> BuildReport:
    """Index the shipped documents and the question bank (documents added by users are kept).

    Does nothing when neither documents, bank nor code have changed, unless `force`. `progress` is called
    with what is being done, how many are done, and of how many. Raises BankInvalid for a bank that does not
    hold.
    """
    engine = engine_of(database)
    bank = bank_files() if bank is None else list(bank)
    wanted = fingerprint(bank)
    schema.metadata.create_all(engine)
    with engine.begin() as connection:
        for statement in schema.FTS_STATEMENTS:
            connection.execute(text(statement))
    if not force and _state(engine, "fingerprint") == wanted:
        return BuildReport(False, *counts(engine))
    loaded = load_shipped()
    finders = {doc.slug: QuoteFinder(doc.source.text, doc.passages) for doc in loaded}
    questions = load_bank(finders, bank)
    encoded = [encode_document(doc, progress) for doc in loaded]
    question_vectors = _encode(
        [shared_lexicon().canonical(q.question) for q in questions], "Encoding questions", progress
    )
    examples: list[tuple[str, str, str]]
    examples = [(topic.kind, topic.topic, text) for topic in refusal_topics() for text in topic.examples]
    examples += [
        ("premise", str(n), text) for n, premise in enumerate(premises()) for text in premise.assumes
    ]
    example_vectors = _encode(
        [shared_lexicon().canonical(text) for _, _, text in examples], "Encoding examples", progress
    )
    weights = _train(loaded, encoded, questions, question_vectors, progress)
    with engine.begin() as connection:
        kept = [
            dict(row)
            for row in connection.execute(
                select(schema.documents).where(schema.documents.c.shipped.is_(False))
            ).mappings()
        ]
        kept_passages = {
            row["slug"]: [
                dict(p)
                for p in connection.execute(
                    select(schema.passages)
                    .where(schema.passages.c.document == row["slug"])
                    .order_by(schema.passages.c.row)
                ).mappings()
            ]
            for row in kept
        }
        _clear(connection)
        row = 0
        for position, (doc, rows) in enumerate(zip(loaded, encoded, strict=True)):
            connection.execute(insert(schema.documents).values(document_values(doc, position, shipped=True)))
            row = write_passages(connection, rows, row)
        rows_by_id = dict(
            connection.execute(select(schema.passages.c.id, schema.passages.c.row)).tuples().all()
        )
        _write_questions(connection, questions, question_vectors, rows_by_id)
        connection.execute(insert(schema.ranker).values(name="weights", data=weights.tobytes()))
        for number, ((kind, topic, words), vector) in enumerate(zip(examples, example_vectors, strict=True)):
            connection.execute(
                insert(schema.examples).values(
                    row=number, kind=kind, topic=topic, text=words, vector=vector.tobytes()
                )
            )
        for position, entry in enumerate(kept, len(loaded)):
            connection.execute(insert(schema.documents).values({**entry, "position": position}))
            row = write_passages(connection, kept_passages[entry["slug"]], row)
        set_state(connection, "fingerprint", wanted)
        bump_version(connection)
    if progress:
        progress("Indexed", row, row)
    return BuildReport(True, *counts(engine))


def _train(
    loaded: Sequence[LoadedDocument],
    encoded: Sequence[list[dict[str, object]]],
    questions: list[BankQuestion],
    question_vectors: FloatArray,
    progress: Progress | None,
) -> FloatArray:
    """The learned ranker's weights, as float16, over the bank questions and then the sentences of the passages."""
    if progress:
        progress("Training the ranker", 0, 1)
    passages = [passage for doc in loaded for passage in doc.passages]
    rows = {passage.id: row for row, passage in enumerate(passages)}
    lexicon = shared_lexicon()
    texts = [lexicon.canonical(question.question) for question in questions]
    targets = [rows[question.passage_id] for question in questions]
    for row, passage in enumerate(passages):
        units = search_texts(passage)
        texts += units
        targets += [row] * len(units)
    blobs = b"".join(bytes(entry["unit_vectors"]) for doc in encoded for entry in doc)  # type: ignore[call-overload]
    vectors = np.concatenate([question_vectors, np.frombuffer(blobs, np.float32).reshape(-1, 384)])
    weights = train(vectors, texts, np.array(targets, np.int64), len(questions), len(passages))
    return weights.astype(np.float16)


def encode_document(document: LoadedDocument, progress: Progress | None = None) -> list[dict[str, object]]:
    """The rows of a document's passages with their vectors, ready to write."""
    texts = [search_texts(passage) for passage in document.passages]
    flat = [text for units in texts for text in units]
    vectors = _encode(flat, f"Encoding {document.slug}", progress)
    rows: list[dict[str, object]] = []
    at = 0
    for passage, units in zip(document.passages, texts, strict=True):
        own = vectors[at : at + len(units)]
        whole = own.mean(axis=0)
        whole /= max(float(np.linalg.norm(whole)), 1e-12)
        rows.append(
            {
                "id": passage.id,
                "document": passage.document,
                "position": passage.order,
                "section": json.dumps(passage.section, ensure_ascii=False),
                "text": passage.text,
                "quote": passage.quote,
                "context": passage.context,
                "units": json.dumps([[u.text, int(u.is_item)] for u in passage.units], ensure_ascii=False),
                "start": passage.start,
                "end": passage.end,
                "code": passage.code,
                "page": passage.page,
                "kind": passage.kind,
                "before_model": passage.before_model,
                "vector": whole.astype(np.float32).tobytes(),
                "unit_vectors": own.tobytes(),
            }
        )
        at += len(units)
    return rows


def _encode(texts: list[str], what: str, progress: Progress | None) -> FloatArray:
    """Vectors of many texts, the shortest first so that batches need little padding, with progress."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = np.zeros((len(texts), 384), np.float32)
    encoder = guidance_encoder()
    for at in range(0, len(order), BATCH):
        part = order[at : at + BATCH]
        vectors[part] = encoder.encode([texts[i] for i in part])
        if progress:
            progress(what, min(at + BATCH, len(order)), len(order))
    return vectors


def document_values(document: LoadedDocument, position: int, *, shipped: bool) -> dict[str, object]:
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


def write_passages(connection: Connection, rows: Sequence[dict[str, object]], first_row: int) -> int:
    """Write passages and their words; returns the next free row."""
    lexicon = shared_lexicon()
    fts = text(
        "INSERT INTO guidance_passages_fts (rowid, heading, body, canonical) VALUES (:row, :h, :b, :c)"
    )
    for offset, entry in enumerate(rows):
        row = first_row + offset
        connection.execute(insert(schema.passages).values({**entry, "row": row}))
        section = json.loads(str(entry["section"]))
        body = f"{entry['context']} {entry['text']}"
        connection.execute(
            fts,
            {"row": row, "h": " ".join(section), "b": body, "c": lexicon.canonical(f"{section[-1:]} {body}")},
        )
    return first_row + len(rows)


def _write_questions(
    connection: Connection, questions: list[BankQuestion], vectors: FloatArray, rows: dict[str, int]
) -> None:
    lexicon = shared_lexicon()
    fts = text("INSERT INTO guidance_questions_fts (rowid, question) VALUES (:row, :question)")
    for row, (question, vector) in enumerate(zip(questions, vectors, strict=True)):
        connection.execute(
            insert(schema.questions).values(
                row=row,
                passage=rows[question.passage_id],
                question=question.question,
                answer=question.quote,
                vector=vector.tobytes(),
            )
        )
        connection.execute(fts, {"row": row, "question": lexicon.canonical(question.question)})


def _clear(connection: Connection) -> None:
    for table in (schema.ranker, schema.examples, schema.questions, schema.passages, schema.documents):
        connection.execute(delete(table))
    connection.execute(text("DELETE FROM guidance_passages_fts"))
    connection.execute(text("DELETE FROM guidance_questions_fts"))


def _state(engine: Engine, name: str) -> str | None:
    with engine.connect() as connection:
        return connection.execute(
            select(schema.index_state.c.value).where(schema.index_state.c.name == name)
        ).scalar()


def set_state(connection: Connection, name: str, value: str) -> None:
    """Set one entry of the index's state."""
    connection.execute(delete(schema.index_state).where(schema.index_state.c.name == name))
    connection.execute(insert(schema.index_state).values(name=name, value=value))


def bump_version(connection: Connection) -> None:
    """Tell every process that reads this database that the index has changed."""
    found = connection.execute(
        select(schema.index_state.c.value).where(schema.index_state.c.name == "version")
    ).scalar()
    set_state(connection, "version", str(int(found or 0) + 1))


def counts(engine: Engine) -> tuple[int, int, int]:
    """How many documents, passages and bank questions are indexed."""
    with engine.connect() as connection:
        return tuple(  # type: ignore[return-value]
            connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar() or 0
            for table in (schema.documents, schema.passages, schema.questions)
        )
