"""Building the index: documents are read, cut into passages, encoded and written in one transaction."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine, insert, select, text

from assistant.storage.database import connect, exclusively
from knowledge import schema
from knowledge.bank import BankQuestion, bank_files, load_bank
from knowledge.catalogue import LoadedDocument, load_shipped
from knowledge.embedding import ADAPTER, DIMENSIONS, WEIGHTS_SHA256, FloatArray, guidance_encoder
from knowledge.index import SearchTables, passage_of
from knowledge.index_stores import search_tables
from knowledge.index_writing import (
    Row,
    begin_change,
    clear,
    document_values,
    set_state,
    state,
    write_passages,
    write_questions,
)
from knowledge.kernel import train
from knowledge.quotes import QuoteFinder
from knowledge.refusal import premises, refusal_topics
from knowledge.search_texts import search_texts, shared_lexicon

Progress = Callable[[str, int, int], None]
CODE_VERSION = "2"  # raise when passages, texts to encode or tables change
BATCH = 256
HASH_BYTES = 16
INDEX_LOCK = 7_105_002  # of PostgreSQL: one process builds, the others wait for it


@dataclass(frozen=True)
class BuildReport:
    """What a build did: `rebuilt` is False when nothing had changed since the last one."""

    rebuilt: bool
    documents: int
    passages: int
    questions: int


def engine_of(database: str | Engine) -> Engine:
    """An engine for a database URL (an engine is passed through)."""
    return database if isinstance(database, Engine) else connect(database)


def prepare_tables(engine: Engine) -> SearchTables:
    """Create the tables that are missing; returns those made for searching."""
    tables = search_tables(engine)
    with exclusively(engine, INDEX_LOCK):
        schema.create_tables(engine)
        tables.create(engine)
    return tables


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
        "index_writing.py",
        "analysis.py",
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
    vectors_of: str | Engine | None = None,
) -> BuildReport:
    """Index the shipped documents and the question bank (documents added by users are kept).

    Does nothing when neither documents, bank nor code have changed, unless `force`. Texts that are indexed already
    are not encoded again, so that a small change takes seconds; nor are those of the database `vectors_of`, which
    may be of the other kind. `progress` is called
    with what is being done, how many are done, and of how many. Raises BankInvalid for a bank that does not
    hold.
    """
    engine = engine_of(database)
    bank = bank_files() if bank is None else list(bank)
    wanted = fingerprint(bank)
    tables = prepare_tables(engine)
    with exclusively(engine, INDEX_LOCK):
        if not force and state(engine, "fingerprint") == wanted:
            return BuildReport(False, *counts(engine))
        known = known_vectors(engine_of(vectors_of)) if vectors_of is not None else {}
        _build(engine, tables, bank, wanted, known | known_vectors(engine), progress)
    return BuildReport(True, *counts(engine))


def _build(
    engine: Engine,
    tables: SearchTables,
    bank: Sequence[Path],
    wanted: str,
    known: dict[bytes, FloatArray],
    progress: Progress | None,
) -> None:
    loaded = load_shipped()
    finders = {doc.slug: QuoteFinder(doc.source.text, doc.passages) for doc in loaded}
    questions = load_bank(finders, bank)
    encoded = [encode_document(doc, progress, known) for doc in loaded]
    lexicon = shared_lexicon()
    question_texts = [lexicon.canonical(q.question) for q in questions]
    question_vectors = encode_texts(question_texts, "Encoding questions", progress, known)
    examples: list[tuple[str, str, str]]
    examples = [(topic.kind, topic.topic, text) for topic in refusal_topics() for text in topic.examples]
    examples += [
        ("premise", str(n), text) for n, premise in enumerate(premises()) for text in premise.assumes
    ]
    example_texts = [lexicon.canonical(text) for _, _, text in examples]
    example_vectors = encode_texts(example_texts, "Encoding examples", progress, known)
    weights = _train(loaded, encoded, questions, question_vectors, progress)
    for entry in _added(
        engine
    ):  # what search makes of a text may have changed: encode it before the change begins
        encode_texts([text for units in _texts_of(entry[1]) for text in units], "Encoding", progress, known)
    with engine.begin() as connection:
        begin_change(connection)
        kept = _added(connection)
        clear(connection, tables)
        row = 0
        for position, (doc, rows) in enumerate(zip(loaded, encoded, strict=True)):
            connection.execute(insert(schema.documents).values(document_values(doc, position, shipped=True)))
            row = write_passages(connection, tables, rows, row)
        rows_by_id = dict(
            connection.execute(select(schema.passages.c.id, schema.passages.c.row)).tuples().all()
        )
        hashes = [text_hash(text) for text in question_texts]
        write_questions(connection, tables, questions, question_vectors, hashes, rows_by_id)
        connection.execute(insert(schema.ranker).values(name="weights", data=weights.tobytes()))
        connection.execute(
            insert(schema.examples),
            [
                {
                    "row": number,
                    "kind": kind,
                    "topic": topic,
                    "text": words,
                    "vector": vector.tobytes(),
                    "hash": text_hash(example_texts[number]),
                }
                for number, ((kind, topic, words), vector) in enumerate(
                    zip(examples, example_vectors, strict=True)
                )
            ],
        )
        for position, (document, passages) in enumerate(kept, len(loaded)):
            connection.execute(insert(schema.documents).values({**document, "position": position}))
            fresh = [_with_vectors(entry, known) for entry in passages]
            row = write_passages(connection, tables, fresh, row)
        tables.finish(connection)
        set_state(connection, "fingerprint", wanted)
    if progress:
        progress("Indexed", row, row)


def _added(database: Engine | Connection) -> list[tuple[Row, list[Row]]]:
    """The documents that users added, in order, each with its passages."""
    if isinstance(database, Engine):
        with database.connect() as connection:
            return _added(connection)
    documents = schema.documents
    passages = schema.passages
    found = database.execute(
        select(documents).where(documents.c.shipped.is_(False)).order_by(documents.c.position)
    ).mappings()
    return [
        (
            dict(entry),
            [
                {name: value for name, value in row.items() if name != "row"}
                for row in database.execute(
                    select(passages).where(passages.c.document == entry["slug"]).order_by(passages.c.row)
                ).mappings()
            ],
        )
        for entry in found.all()
    ]


def _texts_of(passages: Sequence[Row]) -> list[list[str]]:
    return [search_texts(passage_of(entry)) for entry in passages]


def _with_vectors(entry: Row, known: dict[bytes, FloatArray]) -> Row:
    """The row of a passage with its vectors for the texts of today, as far as they are known."""
    units = _texts_of([entry])[0]
    vectors = [known.get(text_hash(text)) for text in units]
    if any(vector is None for vector in vectors):
        return entry
    return {**entry, **vector_values(np.stack([v for v in vectors if v is not None]), units)}


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


def encode_document(
    document: LoadedDocument,
    progress: Progress | None = None,
    known: dict[bytes, FloatArray] | None = None,
) -> list[Row]:
    """The rows of a document's passages with their vectors, ready to write."""
    texts = [search_texts(passage) for passage in document.passages]
    flat = [text for units in texts for text in units]
    vectors = encode_texts(flat, f"Encoding {document.slug}", progress, known)
    rows: list[Row] = []
    at = 0
    for passage, units in zip(document.passages, texts, strict=True):
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
                **vector_values(vectors[at : at + len(units)], units),
            }
        )
        at += len(units)
    return rows


def vector_values(vectors: FloatArray, texts: Sequence[str]) -> Row:
    """The columns of a passage that hold the vectors of its units, of the whole, and what they were made of."""
    whole = vectors.mean(axis=0)
    whole /= max(float(np.linalg.norm(whole)), 1e-12)
    return {
        "vector": whole.astype(np.float32).tobytes(),
        "unit_vectors": vectors.tobytes(),
        "unit_hashes": b"".join(text_hash(text) for text in texts),
    }


def text_hash(text: str) -> bytes:
    """Sixteen bytes that stand for a text encoded by the present weights."""
    return hashlib.sha256(f"{_weights()}\n{text}".encode()).digest()[:HASH_BYTES]


@lru_cache(maxsize=1)
def _weights() -> str:
    return WEIGHTS_SHA256 + hashlib.sha256(ADAPTER.read_bytes()).hexdigest()


def known_vectors(engine: Engine) -> dict[bytes, FloatArray]:
    """The vectors that are indexed already, by the hash of their text: only what is new has to be encoded."""
    known: dict[bytes, FloatArray] = {}
    passages, questions, examples = schema.passages.c, schema.questions.c, schema.examples.c
    with engine.connect() as connection:
        for hashes, blob in connection.execute(select(passages.unit_hashes, passages.unit_vectors)):
            vectors = np.frombuffer(blob, np.float32).reshape(-1, DIMENSIONS)
            keys = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes or b""), HASH_BYTES)]
            if len(keys) == len(vectors):
                known.update(zip(keys, vectors, strict=True))
        for table in (questions, examples):
            for key, blob in connection.execute(select(table.hash, table.vector)):
                if key:
                    known[key] = np.frombuffer(blob, np.float32)
    return known


def encode_texts(
    texts: list[str],
    what: str,
    progress: Progress | None = None,
    known: dict[bytes, FloatArray] | None = None,
) -> FloatArray:
    """Vectors of many texts, with progress; those of `known` are taken from there, and the new ones put there."""
    known = {} if known is None else known
    keys = [text_hash(text) for text in texts]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    # the shortest first, so that batches need little padding
    order = sorted(missing, key=lambda key: len(missing[key]))
    encoder = guidance_encoder()
    for at in range(0, len(order), BATCH):
        part = order[at : at + BATCH]
        known.update(zip(part, encoder.encode([missing[key] for key in part]), strict=True))
        if progress:
            progress(what, min(at + BATCH, len(order)), len(order))
    vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
    for row, key in enumerate(keys):
        vectors[row] = known[key]
    return vectors


def counts(engine: Engine) -> tuple[int, int, int]:
    """How many documents, passages and bank questions are indexed."""
    with engine.connect() as connection:
        return tuple(  # type: ignore[return-value]
            connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar() or 0
            for table in (schema.documents, schema.passages, schema.questions)
        )
