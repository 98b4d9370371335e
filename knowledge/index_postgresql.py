"""The index in PostgreSQL: words as `tsvector` with weights, vectors with pgvector.

The words are those of knowledge.analysis and the score is FTS5's BM25, so that a question finds the same passages
as in SQLite. `ts_rank` is not used: it does not know how rare a word is.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import psycopg
from pgvector import HalfVector
from pgvector.psycopg import register_vector
from sqlalchemy import Connection, Engine, text

from knowledge.analysis import FIELDS, Token
from knowledge.embedding import DIMENSIONS, FloatArray
from knowledge.index import (
    BM25_B,
    BM25_K1,
    FIELD_WEIGHTS,
    MOST_MATCHES,
    SearchText,
    StoredIndex,
    WordKind,
    WordQuery,
)

LABELS = "ABC"  # weights of a tsvector that stand for the fields: heading, body, canonical
MOST_POSITIONS = 16_383  # in a tsvector
NEIGHBOURS, CONSTRUCTION = 16, 64  # of the HNSW graph: links of a vector, and candidates when one is put in
SEARCHED, MOST_CANDIDATES = 120, 1000  # candidates that a search of the graph keeps (hnsw.ef_search)
EXACT_VECTORS = 20_000  # up to so many vectors all are compared; the graph, which may miss some, is for more

_CREATE = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    "CREATE TABLE IF NOT EXISTS guidance_passages_words "
    '("row" integer PRIMARY KEY, words tsvector NOT NULL, length integer NOT NULL)',
    "CREATE INDEX IF NOT EXISTS ix_guidance_passages_words ON guidance_passages_words USING gin (words)",
    "CREATE TABLE IF NOT EXISTS guidance_questions_words "
    '("row" integer PRIMARY KEY, words tsvector NOT NULL, length integer NOT NULL)',
    "CREATE INDEX IF NOT EXISTS ix_guidance_questions_words ON guidance_questions_words USING gin (words)",
    f'CREATE TABLE IF NOT EXISTS guidance_units ("row" integer NOT NULL, vector halfvec({DIMENSIONS}) NOT NULL)',
    'CREATE INDEX IF NOT EXISTS ix_guidance_units_row ON guidance_units ("row")',
)
_GRAPH = (
    "CREATE INDEX IF NOT EXISTS ix_guidance_units_vector ON guidance_units "
    f"USING hnsw (vector halfvec_ip_ops) WITH (m = {NEIGHBOURS}, ef_construction = {CONSTRUCTION})"
)


class PostgresqlIndex(StoredIndex):
    """Searches words in a tsvector and meaning with pgvector."""

    def _scores(
        self, connection: Connection, kind: WordKind, query: WordQuery, limit: int
    ) -> dict[int, float]:
        weights = FIELD_WEIGHTS if kind == "passages" else (1.0,)
        hits = " + ".join(
            f"{weight} * cardinality(array_positions(u.weights, '{label}'))"
            for label, weight in zip(LABELS, weights, strict=False)
        )
        statement = text(
            f'WITH found AS MATERIALIZED (SELECT "row", words, length FROM guidance_{kind}_words '
            "WHERE words @@ CAST(:words AS tsquery) LIMIT :most), "
            "wanted AS (SELECT * FROM unnest(CAST(:asked AS text[]), CAST(:rarities AS float8[])) "
            "AS wanted (word, rarity)), "
            f'hits AS (SELECT f."row", f.length, w.rarity, {hits} AS hits '
            "FROM found f, unnest(f.words) u JOIN wanted w ON w.word = u.lexeme) "
            f'SELECT "row", sum(rarity * hits * {BM25_K1 + 1} '
            f"/ (hits + {BM25_K1} * ({1 - BM25_B} + {BM25_B} * length / :average))) AS score "
            'FROM hits GROUP BY "row" ORDER BY score DESC, "row" LIMIT :limit'
        )
        values = {
            "words": " | ".join(f"'{word}'" for word in query.rarities),
            "asked": list(query.rarities),
            "rarities": list(query.rarities.values()),
            "average": query.average,
            "most": MOST_MATCHES * 2,
            "limit": limit,
        }
        return {int(row): float(score) for row, score in connection.execute(statement, values)}

    def nearest_passages(self, vector: FloatArray, limit: int) -> dict[int, float]:
        """See GuidanceIndex. By pgvector: among many vectors with its graph, which may miss a few."""
        statement = text(
            'SELECT "row", -(vector <#> CAST(:vector AS halfvec)) FROM guidance_units '
            "ORDER BY vector <#> CAST(:vector AS halfvec) LIMIT :units"
        )
        literal = HalfVector(vector).to_text()
        units, best = 4 * limit, dict[int, float]()
        with self._engine.connect() as connection:
            while True:  # a passage has several units: more are looked at until there are enough passages
                candidates = min(MOST_CANDIDATES, max(SEARCHED, units))
                connection.execute(text(f"SET LOCAL hnsw.ef_search = {candidates}"))
                found = connection.execute(statement, {"vector": literal, "units": units}).all()
                for row, score in found:
                    best.setdefault(int(row), float(score))
                if len(best) >= limit or len(found) < units:
                    return dict(list(best.items())[:limit])
                units *= 4


class PostgresqlTables:
    """See SearchTables."""

    def create(self, engine: Engine) -> None:
        """Create the extension and the tables that are missing."""
        with engine.begin() as connection:
            for statement in _CREATE:
                connection.execute(text(statement))

    def add(self, connection: Connection, kind: WordKind, texts: Sequence[SearchText]) -> None:
        """Index texts, by COPY."""
        driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        register_vector(driver)
        cursor = driver.cursor()
        with cursor.copy(f'COPY guidance_{kind}_words ("row", words, length) FROM STDIN') as copy:
            for entry in texts:
                copy.write_row((entry.row, _tsvector(entry.tokens), len(entry.tokens)))
        with cursor.copy('COPY guidance_units ("row", vector) FROM STDIN WITH (FORMAT BINARY)') as copy:
            copy.set_types(["int4", "halfvec"])
            for entry in texts:
                for vector in entry.vectors if entry.vectors is not None else ():
                    copy.write_row((entry.row, HalfVector(vector)))

    def remove(self, connection: Connection, kind: WordKind, first: int) -> None:
        """Take out the texts from row `first` on."""
        tables = [f"guidance_{kind}_words", *(["guidance_units"] if kind == "passages" else [])]
        for table in tables:
            connection.execute(text(f'DELETE FROM {table} WHERE "row" >= :first'), {"first": first})

    def finish(self, connection: Connection) -> None:
        """Make the graph of vectors once there are enough of them to need one."""
        count = connection.execute(text("SELECT count(*) FROM guidance_units")).scalar() or 0
        if count > EXACT_VECTORS:
            connection.execute(text(_GRAPH))


def _tsvector(tokens: Iterable[Token]) -> str:
    """The literal of a tsvector: every word with its places, each labelled with its field."""
    lengths = Counter(token.field for token in tokens)
    starts = list(accumulate((lengths[field] for field in range(FIELDS)), initial=1))
    places: dict[str, list[str]] = {}
    for token in tokens:
        place = min(starts[token.field] + token.offset, MOST_POSITIONS)
        places.setdefault(token.word, []).append(f"{place}{LABELS[token.field]}")
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())
