"""What the tests of the package read: Microsoft's schemas, which npm installs with the packages of the pages."""

import pytest

from assistant import frontend
from assistant.settings import Settings


@pytest.fixture(scope="session", autouse=True)
def npm_packages(settings: Settings) -> None:
    """The npm packages of the committed lock."""
    frontend.build(settings, lambda *_: None)
