"""Makes everything ready that the service needs: database, index of the guidance, model, web pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assistant import frontend, model
from assistant.settings import Settings
from assistant.storage.database import connect, migrate


def prepare(settings: Settings, console: Console) -> Path:
    """Create or update the database, the index, the web pages and the model; skip what is up to date.

    Returns the path of the model. Each long step shows a progress bar on the console.
    """
    prepare_guidance(settings, console)
    prepare_pages(settings, console)
    return prepare_model(settings, console)


def prepare_guidance(settings: Settings, console: Console) -> None:
    """Create or update the database and the index of the guidance in it."""
    from knowledge.indexing import build_index

    migrate(settings.database())
    with progress_bar(console) as report:
        build_index(connect(settings.database()), progress=report)


def prepare_pages(settings: Settings, console: Console) -> None:
    """Build the styles and scripts of the web pages unless they are up to date.

    Raises `assistant.frontend.FrontendBuildFailed`.
    """
    with progress_bar(console) as report:
        frontend.build(settings, progress=report)


def prepare_model(settings: Settings, console: Console) -> Path:
    """Train the dialogue model unless there is one for the present data. Returns its path.

    Raises `assistant.model.TrainingFailed`.
    """
    path = model.current_model(settings)
    if not path.exists():
        with progress_bar(console) as report:
            model.train(settings, progress=report)
    return path


@contextmanager
def progress_bar(console: Console) -> Iterator[model.Progress]:
    """A progress bar that appears when the step first reports, so that a skipped step shows none."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks = []

        def report(doing: str, done: int, steps: int) -> None:
            if not tasks:
                tasks.append(bars.add_task(doing, total=steps))
            bars.update(tasks[0], description=doing, completed=done, total=steps)

        yield report
