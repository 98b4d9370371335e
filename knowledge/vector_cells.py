"""Vectors by neighbourhood (an inverted file), for libraries in SQLite with too many vectors to compare one by one.

Each vector is kept, as float16, in the cell of the centroid nearest to it; a search reads only the cells nearest to the
question. Nothing is held in memory, and what is found is nearly always what comparing every vector would find
(docs/performance.md gives the share).
"""

from collections.abc import Iterator

import numpy as np
from sqlalchemy import Connection, text

from knowledge.embedding import DIMENSIONS, FloatArray, IntArray

EXACT_PASSAGES = 20_000  # up to so many passages every vector is compared, and there are no cells
SAMPLE_A_CELL, ROUNDS = 30, 6  # of k-means: vectors looked at for each cell, and rounds
PROBED = 0.05  # of the cells are read by a search, but no fewer than the following
LEAST_PROBED = 12
READ = 20_000  # passages read at a time

TABLES = (
    "CREATE TABLE IF NOT EXISTS guidance_cells (cell INTEGER PRIMARY KEY, centroid BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS guidance_cell_parts (cell INTEGER NOT NULL, last INTEGER NOT NULL, "
    "rows BLOB NOT NULL, vectors BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_guidance_cell_parts ON guidance_cell_parts (cell)",
    "CREATE INDEX IF NOT EXISTS ix_guidance_cell_parts_last ON guidance_cell_parts (last)",
)


def add_missing(connection: Connection) -> None:
    """Put the vectors of passages that are in no cell yet into cells; cells are made once passages are many."""
    count = connection.execute(text("SELECT count(*) FROM guidance_passages")).scalar() or 0
    if count <= EXACT_PASSAGES:
        return
    centroids = _centroids(connection)
    if not len(centroids):
        centroids = _make_centroids(connection, count)
    done = connection.execute(text("SELECT max(last) FROM guidance_cell_parts")).scalar()
    for rows, vectors in _stored(connection, -1 if done is None else int(done)):
        cells = np.concatenate(
            [np.argmax(vectors[at : at + READ] @ centroids.T, axis=1) for at in range(0, len(vectors), READ)]
        )
        order = np.argsort(cells, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(cells[order])) + 1)
        connection.execute(
            text("INSERT INTO guidance_cell_parts VALUES (:cell, :last, :rows, :vectors)"),
            [
                {
                    "cell": int(cells[part[0]]),
                    "last": int(rows[part].max()),
                    "rows": rows[part].astype(np.int32).tobytes(),
                    "vectors": vectors[part].astype(np.float16).tobytes(),
                }
                for part in parts
            ],
        )


def remove_from(connection: Connection, first: int) -> None:
    """Take the passages from a row on out of their cells."""
    if first == 0:
        connection.execute(text("DELETE FROM guidance_cell_parts"))
        connection.execute(text("DELETE FROM guidance_cells"))
        return
    found = connection.execute(
        text("SELECT rowid, rows, vectors FROM guidance_cell_parts WHERE last >= :first"), {"first": first}
    ).all()
    for number, blob, vectors in found:
        rows = np.frombuffer(blob, np.int32)
        kept = rows < first
        if kept.any():
            left = np.frombuffer(vectors, np.float16).reshape(-1, DIMENSIONS)[kept]
            connection.execute(
                text(
                    "UPDATE guidance_cell_parts SET last = :last, rows = :rows, vectors = :vectors "
                    "WHERE rowid = :number"
                ),
                {
                    "last": int(rows[kept].max()),
                    "rows": rows[kept].tobytes(),
                    "vectors": left.tobytes(),
                    "number": number,
                },
            )
        else:
            connection.execute(
                text("DELETE FROM guidance_cell_parts WHERE rowid = :number"), {"number": number}
            )


def nearest(
    connection: Connection, centroids: FloatArray, vector: FloatArray, limit: int
) -> dict[int, float]:
    """Cosine of the nearest unit of the passages nearest to a unit vector, by row, best first."""
    probed = min(len(centroids), max(LEAST_PROBED, round(PROBED * len(centroids))))
    cells = np.argpartition(-(centroids @ vector), probed - 1)[:probed]
    marks = ", ".join(str(int(cell)) for cell in cells)
    found = connection.execute(
        text(f"SELECT rows, vectors FROM guidance_cell_parts WHERE cell IN ({marks})")
    ).all()
    rows = np.frombuffer(b"".join(blob for blob, _ in found), np.int32)
    vectors = np.frombuffer(b"".join(blob for _, blob in found), np.float16).reshape(-1, DIMENSIONS)
    scores = vectors.astype(np.float32) @ vector
    best: dict[int, float] = {}
    for place in np.argsort(-scores, kind="stable"):
        best.setdefault(int(rows[place]), float(scores[place]))
        if len(best) == limit:
            break
    return best


def read_centroids(connection: Connection) -> FloatArray:
    """The centroids, one a row: none where every vector is compared."""
    return _centroids(connection)


def _centroids(connection: Connection) -> FloatArray:
    found = connection.execute(text("SELECT centroid FROM guidance_cells ORDER BY cell")).scalars().all()
    return np.frombuffer(b"".join(found), np.float32).reshape(-1, DIMENSIONS)


def _make_centroids(connection: Connection, count: int) -> FloatArray:
    """Centroids of a regular sample of the passages, by spherical k-means, and written down."""
    cells = int(count**0.5)
    step = max(1, count // (cells * SAMPLE_A_CELL))
    found = connection.execute(
        text('SELECT unit_vectors FROM guidance_passages WHERE "row" % :step = 0'), {"step": step}
    ).scalars()
    sample = np.concatenate([np.frombuffer(blob, np.float32).reshape(-1, DIMENSIONS)[:1] for blob in found])
    centroids = sample[np.linspace(0, len(sample) - 1, cells).astype(np.int64)].copy()
    for _ in range(ROUNDS):
        nearest_cell = np.argmax(sample @ centroids.T, axis=1)
        sums = np.zeros_like(centroids)
        np.add.at(sums, nearest_cell, sample)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centroids = np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), centroids)
    connection.execute(
        text("INSERT INTO guidance_cells VALUES (:cell, :centroid)"),
        [
            {"cell": number, "centroid": centroid.astype(np.float32).tobytes()}
            for number, centroid in enumerate(centroids)
        ],
    )
    made: FloatArray = centroids
    return made


def _stored(connection: Connection, after: int) -> Iterator[tuple[IntArray, FloatArray]]:
    """The units of the passages behind row `after`, some at a time: the row of each and its vector."""
    while True:
        found = connection.execute(
            text(
                'SELECT "row", unit_vectors FROM guidance_passages WHERE "row" > :after ORDER BY "row" LIMIT :most'
            ),
            {"after": after, "most": 5 * READ},
        ).all()
        if not found:
            return
        rows = [row for row, blob in found for _ in range(len(blob) // (4 * DIMENSIONS))]
        vectors = np.frombuffer(b"".join(blob for _, blob in found), np.float32).reshape(-1, DIMENSIONS)
        yield np.array(rows, np.int64), vectors
        after = int(found[-1][0])
