"""Runs the migrations on the engine that the application hands over, all or none of them."""

from alembic import context

from assistant.access import models as access_models  # noqa: F401  the models of every room are one schema
from assistant.records import models as records_models  # noqa: F401
from assistant.storage import case_models, feedback, teams  # noqa: F401
from assistant.storage.models import Base

with context.config.attributes["engine"].connect() as connection:
    if connection.dialect.name == "sqlite":
        # The driver begins no transaction before it makes a table: a process killed half-way would leave
        # tables that the next start cannot make again.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
