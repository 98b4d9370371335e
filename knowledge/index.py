"""The index of the guidance: what is stored, and how it is searched by words and by meaning.

`GuidanceIndex` is what retrieval needs of a store. `StoredIndex` is what SQLite (index_sqlite.py) and PostgreSQL
(index_postgresql.py) have in common: the passages and the bank in memory, and which words are worth looking up.
"""

import json
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any, Literal, Protocol

import numpy as np
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError

from knowledge import schema
from knowledge.analysis import Token, analyse_terms
from knowledge.catalogue import DocumentInfo
from knowledge.embedding import DIMENSIONS, FloatArray, IntArray
from knowledge.kernel import KernelRanker, lexical_parts
from knowledge.passages import Passage, Unit
from knowledge.search_texts import search_texts, shared_lexicon

# how much a word counts in the headings, in the passage, and in the passage rewritten to the documents' own
# terms
FIELD_WEIGHTS = (1.6, 1.0, 1.0)
BM25_K1, BM25_B = 1.2, 0.75  # as in FTS5
MOST_MATCHES = (
    20_000  # rows that a search scores: from then on only the rarest words of a question are looked up
)

WordKind = Literal["passages", "questions"]


@dataclass(frozen=True)
class SearchText:
    """What a store indexes of a passage or bank question: its row, its words, and the vectors of its units."""

    row: int
    tokens: list[Token]
    vectors: FloatArray | None = None


@dataclass(frozen=True)
class WordQuery:
    """The words of a search that are worth looking up, as the index holds them: how often each is asked, and its
    rarity (idf) times that; and how many words a row has on average."""

    words: dict[str, int]
    rarities: dict[str, float]
    average: float


class IndexMissing(RuntimeError):
    """The database holds no guidance index yet: run `build_index`."""


@dataclass(frozen=True)
class IndexedQuestion:
    """A bank question as indexed: the row of its passage and the verbatim words that answer it."""

    question: str
    passage_row: int
    answer: str


@dataclass(frozen=True)
class IndexedExample:
    """An example of a question to refuse, or of a mistaken premise (`topic` is then its number)."""

    kind: str
    topic: str
    text: str


@dataclass(frozen=True)
class Snapshot:
    """One version of the index, held in memory. Rows of passages are positions in `passages`.

    `units` are (passage row, unit number) for each row of `unit_vectors`.
    """

    version: int
    documents: tuple[DocumentInfo, ...]
    sources: dict[str, str]
    passages: tuple[Passage, ...]
    passage_vectors: FloatArray
    units: tuple[tuple[int, int], ...]
    unit_rows: IntArray  # passage row of each unit
    unit_vectors: FloatArray
    questions: tuple[IndexedQuestion, ...]
    question_rows: IntArray  # passage row of each question
    question_vectors: FloatArray
    examples: tuple[IndexedExample, ...]
    example_vectors: FloatArray
    ranker: KernelRanker | None


class GuidanceIndex(Protocol):
    """What answering needs of the store behind it."""

    def snapshot(self) -> Snapshot:
        """The current version of the index. Raises IndexMissing where there is none."""
        ...

    def match_passages(self, terms: list[str], limit: int) -> dict[int, float]:
        """BM25 score (higher is better) of the passages that hold any word of `terms`, by passage row."""
        ...

    def match_questions(self, terms: list[str], limit: int) -> dict[int, float]:
        """BM25 score of the bank questions that hold any word of `terms`, by question row."""
        ...

    def nearest_passages(self, vector: FloatArray, limit: int) -> dict[int, float]:
        """Cosine of the nearest unit of the passages nearest to a unit vector, by passage row."""
        ...


class SearchTables(Protocol):
    """The tables of a store that are made for searching; written in the transaction that writes the passages."""

    def create(self, engine: Engine) -> None:
        """Create the tables that are missing."""
        ...

    def add(self, connection: Connection, kind: WordKind, texts: Sequence[SearchText]) -> None:
        """Index texts."""
        ...

    def remove(self, connection: Connection, kind: WordKind, first: int) -> None:
        """Take out the texts from row `first` on."""
        ...

    def finish(self, connection: Connection) -> None:
        """Do what is cheaper after many texts than for each of them."""
        ...


class StoredIndex:
    """An index in a SQL database. The passages and the bank are read into memory once for each version."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._current: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """The current version; read again when another process has changed the index."""
        version = self._version()
        current = self._current
        if current is not None and current.version == version:
            return current
        with self._lock:
            if self._current is None or self._current.version != version:
                self._current = self._load()
            return self._current

    def _version(self) -> int:
        with self._engine.connect() as connection:
            return _version_of(connection)

    def match_passages(self, terms: list[str], limit: int) -> dict[int, float]:
        """See GuidanceIndex."""
        return self._match("passages", terms, limit)

    def match_questions(self, terms: list[str], limit: int) -> dict[int, float]:
        """See GuidanceIndex."""
        return self._match("questions", terms, limit)

    def _match(self, kind: WordKind, terms: list[str], limit: int) -> dict[int, float]:
        wanted = analyse_terms(terms)
        if not wanted:
            return {}
        with self._engine.connect() as connection:
            query = self._word_query(connection, kind, wanted)
            return self._scores(connection, kind, query, limit) if query.rarities else {}

    def _scores(
        self, connection: Connection, kind: WordKind, query: WordQuery, limit: int
    ) -> dict[int, float]:
        """The best `limit` rows by BM25. Each store has its own way."""
        raise NotImplementedError

    def _word_query(self, connection: Connection, kind: WordKind, wanted: Counter[str]) -> WordQuery:
        """The words that are in the index, the rarest first, as long as not too many rows would be scored."""
        totals, counts = schema.word_totals, schema.word_counts
        total = connection.execute(select(totals.c.rows, totals.c.words).where(totals.c.kind == kind)).first()
        if total is None or not total.rows:
            return WordQuery({}, {}, 0.0)
        found = connection.execute(
            select(counts.c.word, counts.c.rows).where(
                counts.c.kind == kind, counts.c.word.in_(list(wanted)), counts.c.rows > 0
            )
        )
        rarities: dict[str, float] = {}
        scored = 0
        for rows, word in sorted((rows, word) for word, rows in found):
            scored = min(scored + rows, total.rows)
            if rarities and scored > MOST_MATCHES:
                break
            idf = log((total.rows - rows + 0.5) / (rows + 0.5))
            rarities[word] = wanted[word] * (idf if idf > 0 else 1e-6)  # as FTS5 does
        return WordQuery({word: wanted[word] for word in rarities}, rarities, total.words / total.rows)

    def nearest_passages(self, vector: FloatArray, limit: int) -> dict[int, float]:
        """See GuidanceIndex. Exact, over the vectors in memory."""
        snapshot = self.snapshot()
        scores = snapshot.unit_vectors @ vector
        best = np.full(len(snapshot.passages), -1.0, np.float32)
        np.maximum.at(best, snapshot.unit_rows, scores)
        order = np.argsort(-best, kind="stable")[:limit]
        return {int(row): float(best[row]) for row in order}

    def _load(self) -> Snapshot:
        with self._engine.connect() as connection:
            # one state of all tables, whatever is written meanwhile
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            version = _version_of(connection)
            found = connection.execute(
                select(schema.documents).order_by(schema.documents.c.position)
            ).mappings()
            documents, sources = [], {}
            for entry in found:
                names = DocumentInfo.__dataclass_fields__
                documents.append(DocumentInfo(**{name: entry[name] for name in names}))
                sources[entry["slug"]] = entry["source"]
            rows = (
                connection.execute(select(schema.passages).order_by(schema.passages.c.row)).mappings().all()
            )
            asked = (
                connection.execute(select(schema.questions).order_by(schema.questions.c.row)).mappings().all()
            )
            shown = (
                connection.execute(select(schema.examples).order_by(schema.examples.c.row)).mappings().all()
            )
            weights = connection.execute(select(schema.ranker.c.data)).scalar()
        # rows of removed documents leave gaps: positions are dense, `row` is what the FTS tables know
        passages: list[Passage] = []
        units: list[tuple[int, int]] = []
        blocks: list[FloatArray] = [np.zeros((0, DIMENSIONS), np.float32)]
        for row in rows:
            assert row["row"] == len(passages), "passage rows are dense"
            passages.append(passage_of(row))
            vectors = np.frombuffer(row["unit_vectors"], np.float32).reshape(-1, DIMENSIONS)
            units.extend((row["row"], number) for number in range(len(vectors)))
            blocks.append(vectors)
        whole = b"".join(row["vector"] for row in rows)
        question_blob = b"".join(row["vector"] for row in asked)
        question_vectors = np.frombuffer(question_blob, np.float32).reshape(-1, DIMENSIONS)
        unit_vectors = np.concatenate(blocks)
        return Snapshot(
            version=version,
            documents=tuple(documents),
            sources=sources,
            passages=tuple(passages),
            passage_vectors=np.frombuffer(whole, np.float32).reshape(-1, DIMENSIONS),
            units=tuple(units),
            unit_rows=np.array([row for row, _ in units], dtype=np.int64),
            unit_vectors=unit_vectors,
            questions=tuple(IndexedQuestion(r["question"], r["passage"], r["answer"]) for r in asked),
            question_rows=np.array([r["passage"] for r in asked], dtype=np.int64),
            question_vectors=question_vectors,
            examples=tuple(IndexedExample(r["kind"], r["topic"], r["text"]) for r in shown),
            ranker=_ranker(weights, passages, units, unit_vectors, asked, question_vectors),
            example_vectors=np.frombuffer(b"".join(r["vector"] for r in shown), np.float32).reshape(
                -1, DIMENSIONS
            ),
        )


def _version_of(connection: Connection) -> int:
    """Raises IndexMissing where nothing is indexed."""
    try:
        value = connection.execute(
            select(schema.index_state.c.value).where(schema.index_state.c.name == "version")
        ).scalar()
    except DBAPIError as error:
        if "guidance_index" not in str(error):
            raise
        raise IndexMissing("The guidance has not been indexed yet.") from error
    if value is None:
        raise IndexMissing("The guidance has not been indexed yet.")
    return int(value)


def _ranker(
    weights: bytes | None,
    passages: list[Passage],
    units: list[tuple[int, int]],
    unit_vectors: FloatArray,
    asked: Sequence[Any],
    question_vectors: FloatArray,
) -> KernelRanker | None:
    """The learned ranker, its examples put together again from what else is indexed. Passages that came after it
    was trained (documents that users added) stand behind the shipped ones and are not among its examples."""
    if not weights or not asked:
        return None
    lexicon = shared_lexicon()
    texts = [lexicon.canonical(entry["question"]) for entry in asked]
    by_passage = [search_texts(passage) for passage in passages]
    texts += [by_passage[row][number] for row, number in units]
    flat = np.frombuffer(weights, np.float16)
    for trained in range(len(passages), 0, -1):
        count = len(asked) + sum(1 for row, _ in units if row < trained)
        if count * trained == len(flat):
            break
    else:
        return None
    words, letters, word_idf, letter_idf = lexical_parts(texts[:count])
    vectors = np.concatenate([question_vectors, unit_vectors])[:count]
    matrix = flat.reshape(count, trained).astype(np.float32)
    return KernelRanker(vectors, words, letters, word_idf, letter_idf, matrix)


def passage_of(row: object) -> Passage:
    """The passage that a row of the passages table holds."""
    entry: dict[str, Any] = dict(row)  # type: ignore[call-overload]
    return Passage(
        id=entry["id"],
        document=entry["document"],
        section=tuple(json.loads(entry["section"])),
        text=entry["text"],
        quote=entry["quote"],
        start=entry["start"],
        end=entry["end"],
        units=tuple(Unit(unit, bool(item)) for unit, item in json.loads(entry["units"])),
        context=entry["context"],
        code=entry["code"],
        page=entry["page"],
        kind=entry["kind"],
        before_model=bool(entry["before_model"]),
        order=entry["position"],
    )
