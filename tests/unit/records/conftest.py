"""A migrated database of each kind, as for access."""

from tests.unit.access.conftest import database, database_url, make_application, people  # noqa: F401
