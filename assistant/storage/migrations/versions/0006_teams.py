"""Microsoft Teams: its conversations, what came in, what is to be sent, and the keys of the channel."""

import sqlalchemy as sa
from alembic import op

revision = "0006_teams"
down_revision = "0005_sign_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams_conversations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("thread", sa.String(512), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("person", sa.String(255), nullable=False),
        sa.Column("service_url", sa.String(512), nullable=False),
        sa.Column("bot", sa.String(255), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_teams_conversations_person", "teams_conversations", ["person"])
    op.create_table(
        "teams_incoming",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("activity_id", sa.String(255), nullable=False),
        sa.Column("work", sa.JSON(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("conversation_id", "activity_id"),
    )
    op.create_index("ix_teams_incoming_conversation_id", "teams_incoming", ["conversation_id"])
    op.create_table(
        "teams_outgoing",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("activity", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_teams_outgoing_conversation_id", "teams_outgoing", ["conversation_id"])
    op.create_table(
        "teams_keys",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    for table in ("teams_keys", "teams_outgoing", "teams_incoming", "teams_conversations"):
        op.drop_table(table)
