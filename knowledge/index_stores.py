"""Which index a database has: chosen by its URL, with no other setting."""

from sqlalchemy import Engine

from knowledge.index import GuidanceIndex, SearchTables
from knowledge.index_sqlite import SqliteIndex, SqliteTables


def index_of(engine: Engine) -> GuidanceIndex:
    """The index in the database of `engine`. Raises ValueError for a kind of database that has none."""
    if _dialect(engine) == "sqlite":
        return SqliteIndex(engine)
    from knowledge.index_postgresql import PostgresqlIndex

    return PostgresqlIndex(engine)


def search_tables(engine: Engine) -> SearchTables:
    """The tables made for searching in the database of `engine`. Raises ValueError as `index_of` does."""
    if _dialect(engine) == "sqlite":
        return SqliteTables()
    from knowledge.index_postgresql import PostgresqlTables

    return PostgresqlTables()


def _dialect(engine: Engine) -> str:
    name = engine.dialect.name
    if name not in ("sqlite", "postgresql"):
        raise ValueError(f"database_url: {name} has no index of the guidance. Allowed: sqlite, postgresql.")
    return name
