"""Time the guidance: building the index, and answering questions one after the other and in threads.

    uv run python scripts/bench_guidance.py [--database sqlite:///var/bench.db] [--threads 4]

Prints build time, size, and the median, 95th percentile and worst time of a question over the development set.
"""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from knowledge.evaluation import load_development
from knowledge.guidance import Guidance, build_index


def timed(guidance: Guidance, question: str) -> float:
    """Milliseconds that one answer takes."""
    started = time.perf_counter()
    guidance.ask(question)
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", help="URL of a database to build in (default: a temporary one)")
    parser.add_argument(
        "--threads", type=int, default=4, help="questions asked at a time in the second round"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = arguments.database or f"sqlite:///{folder}/guidance.db"
        started = time.perf_counter()
        report = build_index(database)
        built = time.perf_counter() - started
        print(f"build: {built:.1f} s, {report.documents} documents, {report.passages} passages, ", end="")
        print(f"{report.questions} bank questions")
        if database.startswith("sqlite:///"):
            print(f"size: {Path(database.removeprefix('sqlite:///')).stat().st_size / 1e6:.1f} MB")
        started = time.perf_counter()
        guidance = Guidance.open(database)
        guidance.warm()
        print(f"open and warm: {time.perf_counter() - started:.1f} s")
        questions = [entry.question for entry in load_development(guidance)]
        times = [timed(guidance, question) for question in questions]
        print(
            f"one at a time: median {np.median(times):.0f} ms, 95 % under {np.percentile(times, 95):.0f} ms, "
            f"worst {max(times):.0f} ms, over {len(times)} questions"
        )
        fresh = [f"{question} please" for question in questions]  # not in the encoder's cache
        started = time.perf_counter()
        with ThreadPoolExecutor(arguments.threads) as pool:
            list(pool.map(lambda question: timed(guidance, question), fresh))
        rate = len(fresh) / (time.perf_counter() - started)
        print(f"{arguments.threads} at a time: {rate:.0f} questions a second")


if __name__ == "__main__":
    main()
