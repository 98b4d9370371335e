"""The connection to the application's database: SQLite on one machine, PostgreSQL for several processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS = Path(__file__).parent / "migrations"


POOL_SIZE, POOL_OVERFLOW = 5, 10  # connections a process keeps, and may open beside them, to PostgreSQL
POOL_RECYCLE = 1800  # seconds after which a connection is replaced: firewalls drop those that idle for long
MIGRATION_LOCK = 7_105_001  # of PostgreSQL's advisory locks: one process migrates, the others wait for it


@lru_cache(maxsize=4)
def connect(url: str) -> Engine:
    """An engine for the database at `url`, one for each process.

    SQLite gets write-ahead logging, foreign keys and a busy timeout, so that readers and a writer do not
    block each other and a second writer waits instead of failing. PostgreSQL gets a pool of connections that
    are tried before use, so that a restart of the server costs nobody an error; `postgresql://` and `postgres://`
    mean the driver that is installed (psycopg).
    """
    address = _with_driver(make_url(url))
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    return create_engine(
        address,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_recycle=POOL_RECYCLE,
        pool_pre_ping=True,
        connect_args={"application_name": "pom-assistant"},
    )


def _with_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


@contextmanager
def exclusively(engine: Engine, lock: int) -> Iterator[None]:
    """Holds one of PostgreSQL's advisory locks, so that of several processes one at a time does what is inside.

    Elsewhere it does nothing: SQLite lets one writer in at a time by itself.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect() as connection:
        _lock(connection, "pg_advisory_lock", lock)
        try:
            yield
        finally:
            _lock(connection, "pg_advisory_unlock", lock)


def _lock(connection: Connection, function: str, lock: int) -> None:
    connection.execute(text(f"SELECT {function}(:lock)"), {"lock": lock})
    connection.commit()


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def migrate(url: str, revision: str = "head") -> None:
    """Bring the tables of the database at `url` to a version, the newest by default; create them if there
    are none.

    Several processes may start at once on one PostgreSQL: the first migrates and the others wait for it.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = connect(url)
    config.attributes["engine"] = engine
    with exclusively(engine, MIGRATION_LOCK):
        command.upgrade(config, revision)
