"""A database of each kind that the assistant runs on, with its tables."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.storage.database import connect, migrate


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An empty database with the tables of the application."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'test.db'}"
    else:
        url = str(request.getfixturevalue("postgresql_url"))
    migrate(url)
    return connect(url)
