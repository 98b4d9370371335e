"""What the tests of the rules module share."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.rules import RuleBook
from actions.rules.book import GUIDANCE
from actions.rules.loader import normalised


@pytest.fixture(scope="session")
def book() -> RuleBook:
    """The rule book that ships."""
    return RuleBook.load()


@pytest.fixture(scope="session")
def documents_text(book: RuleBook) -> dict[str, str]:
    """The documents' texts by slug, with every run of white space as one space."""
    folder: Path = GUIDANCE
    return {
        slug: normalised((folder / item.file).read_text("utf-8"))
        for slug, item in book.catalogue.documents.items()
    }
