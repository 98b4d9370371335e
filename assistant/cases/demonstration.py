"""The made-up cases that ship with the assistant, so that there is a caseload to look at."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import Engine, true

from actions.rules import RuleBook
from assistant.cases.columns import Columns
from assistant.cases.importing import import_cases
from assistant.cases.sources import FileSource
from assistant.storage.case_intake import imports_taken
from assistant.storage.cases import CaseRepository

SOURCE, BY = "demonstration", "first start"


def load_demonstration(engine: Engine, book: RuleBook, file: Path, on: date) -> bool:
    """Store the cases of a file, marked as synthetic, unless any case is or was stored here; whether it did."""
    if imports_taken(engine) or CaseRepository(engine).count(true()):
        return False
    source = FileSource(file, Columns.of(book), SOURCE)
    return import_cases(source, engine, book, by=BY, on=on, synthetic=True).taken
