"""Makes everything ready that the service needs: database, index of the guidance, model, web pages."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from assistant import frontend, model
from assistant.progress import progress_bar
from assistant.settings import Settings
from assistant.storage.database import connect, migrate


def prepare(settings: Settings, console: Console) -> Path:
    """Create or update the database, the index, the web pages and the model; skip what is up to date.

    Returns the path of the model. Each long step shows a progress bar on the console.
    """
    prepare_guidance(settings, console)
    prepare_cases(settings, console)
    prepare_pages(settings, console)
    return prepare_model(settings, console)


def prepare_guidance(settings: Settings, console: Console) -> None:
    """Create or update the database and the index of the guidance in it."""
    from knowledge.indexing import build_index

    migrate(settings.database())
    with progress_bar(console) as report:
        build_index(connect(settings.database()), progress=report)


def prepare_cases(settings: Settings, console: Console) -> None:
    """Load the made-up cases for a demonstration: only where nobody signs in and no case is stored yet."""
    from actions import clock, resources
    from assistant.cases.demonstration import load_demonstration

    if not settings.sign_in_configured() and settings.cases_file.is_file():
        engine = connect(settings.database())
        if load_demonstration(engine, resources.rule_book(), settings.cases_file, clock.today()):
            console.print("Loaded the made-up cases of the demonstration.")


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
