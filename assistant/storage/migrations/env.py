"""Runs the migrations on the engine that the application hands over."""

from alembic import context

import assistant.access.models  # noqa: F401  their tables belong to the same base
from assistant.storage.models import Base

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
