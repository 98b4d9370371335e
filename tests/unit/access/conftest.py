"""What tests of access share: databases, and the service as it is where people sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from assistant.access import Person, Role
from assistant.access.people import PeopleRepository
from assistant.application import create_application
from assistant.settings import Settings
from assistant.storage.database import connect, migrate


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated database, on each of the two kinds."""
    url = (
        f"sqlite:///{tmp_path / 'test.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql_url")
    )
    migrate(url)
    return str(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """A migrated database of the test's own."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def people(database: Engine) -> PeopleRepository:
    """The people in that database."""
    return PeopleRepository(database)


MakeApplication = Callable[..., FastAPI]


@pytest.fixture
def make_application(tmp_path: Path) -> MakeApplication:
    """Makes the application on a SQLite database of the test's own, with settings as given."""

    def make(**given: Any) -> FastAPI:
        settings = Settings(data_directory=tmp_path, **given)
        migrate(settings.database())
        return create_application(settings, tmp_path / "no-model")

    return make


SIGN_IN = {"oidc_discovery_url": "https://login.example.org/discovery", "oidc_client_id": "assistant"}


@pytest.fixture
def signed_in_service(make_application: MakeApplication) -> FastAPI:
    """The service as it is where people sign in. Its provider is not reached."""
    return make_application(**SIGN_IN)


def sign_in(application: FastAPI, *roles: Role, name: str = "Pat Example") -> tuple[TestClient, Person]:
    """A browser in which a new person with these roles is signed in."""
    address = f"{name.replace(' ', '.').lower()}@example.org"
    person = application.state.people.add(name, address, roles)
    client = TestClient(application, follow_redirects=False, raise_server_exceptions=False)
    client.cookies.set("session", application.state.authentication.sessions.begin(person, "token"))
    return client, person
