"""Long steps: telling how far they are, and knowing whether they have to be done at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from assistant.settings import PROJECT_ROOT

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps are finished, and how many there are."""


@contextmanager
def progress_bar(console: Console) -> Iterator[Progress]:
    """A progress bar that appears when the step first reports, so that a skipped step shows none."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as bars:
        tasks = []

        def report(doing: str, done: int, steps: int) -> None:
            if not tasks:
                tasks.append(bars.add_task(doing, total=steps))
            bars.update(tasks[0], description=doing, completed=done, total=steps)

        yield report


def fingerprint_of(files: Iterable[Path]) -> str:
    """A short digest of the names and contents of some files of the project, whatever their order."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(PROJECT_ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
