"""The index in SQLite: words in FTS5; vectors in memory or, when they are many, in cells (vector_cells.py)."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, text

from knowledge import vector_cells
from knowledge.embedding import FloatArray
from knowledge.index import FIELD_WEIGHTS, SearchText, StoredIndex, WordKind, WordQuery

# FTS5 is given the words of knowledge.analysis, so its own tokenizer has only to part them at the spaces
_COLUMNS: dict[WordKind, tuple[str, ...]] = {
    "passages": ("heading", "body", "canonical"),
    "questions": ("question",),
}
_WEIGHTS: dict[WordKind, tuple[float, ...]] = {"passages": FIELD_WEIGHTS, "questions": (1.0,)}


def _table(kind: WordKind) -> str:
    return f"guidance_{kind}_words"


class SqliteIndex(StoredIndex):
    """Searches words with FTS5."""

    _centroids: tuple[int, FloatArray] | None = None

    def _scores(
        self, connection: Connection, kind: WordKind, query: WordQuery, limit: int
    ) -> dict[int, float]:
        table = _table(kind)
        weights = ", ".join(str(weight) for weight in _WEIGHTS[kind])
        statement = text(
            f"SELECT rowid, bm25({table}, {weights}) AS score FROM {table} WHERE {table} MATCH :words "
            "ORDER BY score, rowid LIMIT :limit"
        )
        words = " OR ".join(f'"{word}"' for word, asked in query.words.items() for _ in range(asked))
        rows = connection.execute(statement, {"words": words, "limit": limit})
        return {int(row): -float(score) for row, score in rows}

    def nearest_passages(self, vector: FloatArray, limit: int) -> dict[int, float]:
        """See GuidanceIndex. Every vector is compared, or where there are cells those of the nearest cells."""
        with self._engine.connect() as connection:
            version = self._version()
            if self._centroids is None or self._centroids[0] != version:
                self._centroids = version, vector_cells.read_centroids(connection)
            if len(self._centroids[1]):
                return vector_cells.nearest(connection, self._centroids[1], vector, limit)
        return super().nearest_passages(vector, limit)


class SqliteTables:
    """See SearchTables."""

    def create(self, engine: Engine) -> None:
        """Create the tables that are missing."""
        with engine.begin() as connection:
            for statement in vector_cells.TABLES:
                connection.execute(text(statement))
            for kind, columns in _COLUMNS.items():
                connection.execute(
                    text(
                        f"CREATE VIRTUAL TABLE IF NOT EXISTS {_table(kind)} "
                        f"USING fts5({', '.join(columns)}, tokenize='unicode61')"
                    )
                )

    def add(self, connection: Connection, kind: WordKind, texts: Sequence[SearchText]) -> None:
        """Index texts."""
        columns = _COLUMNS[kind]
        marks = ", ".join(f":{column}" for column in columns)
        statement = text(f"INSERT INTO {_table(kind)} (rowid, {', '.join(columns)}) VALUES (:row, {marks})")
        values = []
        for entry in texts:
            fields: list[list[str]] = [[] for _ in columns]
            for token in entry.tokens:
                fields[token.field].append(token.word)
            joined = (" ".join(words) for words in fields)
            values.append({"row": entry.row, **dict(zip(columns, joined, strict=True))})
        if values:
            connection.execute(statement, values)

    def remove(self, connection: Connection, kind: WordKind, first: int) -> None:
        """Take out the texts from row `first` on."""
        connection.execute(text(f"DELETE FROM {_table(kind)} WHERE rowid >= :first"), {"first": first})
        if kind == "passages":
            vector_cells.remove_from(connection, first)

    def finish(self, connection: Connection) -> None:
        """Put the vectors into cells once there are enough of them to need any."""
        vector_cells.add_missing(connection)
