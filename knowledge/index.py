"""The index of the guidance: what is stored, and how it is searched by words and by meaning.

`GuidanceIndex` is what retrieval needs of a store; `SqliteIndex` keeps words in FTS5 and vectors in memory.
"""

import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sqlalchemy import Engine, select, text

from knowledge import schema
from knowledge.catalogue import DocumentInfo
from knowledge.embedding import DIMENSIONS, FloatArray, IntArray
from knowledge.kernel import KernelRanker, lexical_parts
from knowledge.passages import Passage, Unit
from knowledge.search_texts import search_texts, shared_lexicon

# how much a word counts in the headings, in the passage, and in the passage rewritten to the documents' own
# terms
FIELD_WEIGHTS = (1.6, 1.0, 1.0)


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
        """BM25 score (higher is better) of the passages that hold any of `terms`, by passage row."""
        ...

    def match_questions(self, terms: list[str], limit: int) -> dict[int, float]:
        """BM25 score of the bank questions that hold any of `terms`, by question row."""
        ...


def _match_expression(terms: list[str]) -> str:
    """An FTS5 expression that matches any of the terms; nothing typed is read as query syntax."""
    words = [re.sub(r"[^\w ]+", " ", term).strip() for term in terms]
    return " OR ".join(f'"{word}"' for word in words if word)


class SqliteIndex:
    """The index in SQLite: FTS5 for words, and vectors read into memory once for each version of the
    index."""

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
                self._current = self._load(version)
            return self._current

    def _version(self) -> int:
        with self._engine.connect() as connection:
            try:
                value = connection.execute(
                    select(schema.index_state.c.value).where(schema.index_state.c.name == "version")
                ).scalar()
            except Exception as error:
                raise IndexMissing("The guidance has not been indexed yet.") from error
        if value is None:
            raise IndexMissing("The guidance has not been indexed yet.")
        return int(value)

    def match_passages(self, terms: list[str], limit: int) -> dict[int, float]:
        """See GuidanceIndex."""
        weights = ", ".join(str(weight) for weight in FIELD_WEIGHTS)
        return self._match("guidance_passages_fts", f", {weights}", terms, limit)

    def match_questions(self, terms: list[str], limit: int) -> dict[int, float]:
        """See GuidanceIndex."""
        return self._match("guidance_questions_fts", "", terms, limit)

    def _match(self, table: str, weights: str, terms: list[str], limit: int) -> dict[int, float]:
        expression = _match_expression(terms)
        if not expression:
            return {}
        statement = text(
            f"SELECT rowid, bm25({table}{weights}) AS score FROM {table} WHERE {table} MATCH :terms "
            "ORDER BY score LIMIT :limit"
        )
        with self._engine.connect() as connection:
            rows = connection.execute(statement, {"terms": expression, "limit": limit})
            return {int(row): -float(score) for row, score in rows}

    def _load(self, version: int) -> Snapshot:
        with self._engine.connect() as connection:
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
            passages.append(_passage(row))
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


def _passage(row: object) -> Passage:
    entry = dict(row)  # type: ignore[call-overload]
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
