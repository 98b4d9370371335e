"""One index of the shipped guidance and question bank for all tests of this folder (it takes most of a minute)."""

from pathlib import Path

import pytest

from assistant.storage.database import connect
from knowledge.guidance import Guidance, build_index


@pytest.fixture(scope="session")
def guidance_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of a database with the guidance indexed. Tests that change it copy it first."""
    path: Path = tmp_path_factory.mktemp("guidance") / "guidance.db"
    build_index(f"sqlite:///{path}")
    connect(f"sqlite:///{path}").dispose()  # so that the file is all there is of it, and can be copied
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def guidance(guidance_database: str) -> Guidance:
    """The shipped guidance."""
    return Guidance.open(guidance_database)
