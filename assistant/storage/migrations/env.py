"""Runs the migrations on the engine that the application hands over."""

from alembic import context

from assistant.access import models as access_models  # noqa: F401  the models of every room are one schema
from assistant.records import models as records_models  # noqa: F401
from assistant.storage import case_models, feedback, teams  # noqa: F401
from assistant.storage.models import Base

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
