"""Lines of a conversation: their number in it, the id of the delivery, and the line that a reply answers."""

import sqlalchemy as sa
from alembic import op

revision = "0004_deliveries"
down_revision = "0003_cases"
branch_labels = None
depends_on = None

NUMBERED = """
    UPDATE messages SET number = (
        SELECT count(*) FROM messages AS earlier
        WHERE earlier.conversation_id = messages.conversation_id AND earlier.id <= messages.id
    )
"""
ANSWERED = """
    UPDATE messages SET answers = (
        SELECT max(earlier.number) FROM messages AS earlier
        WHERE earlier.conversation_id = messages.conversation_id
          AND earlier.sent_by = 'person' AND earlier.id < messages.id
    )
    WHERE sent_by = 'assistant'
"""


def upgrade() -> None:
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=True))
        table.add_column(sa.Column("message_id", sa.String(200), nullable=True))
        table.add_column(sa.Column("answers", sa.Integer(), nullable=True))
    op.execute(NUMBERED)
    op.execute(ANSWERED)
    with op.batch_alter_table("messages") as table:
        table.alter_column("number", existing_type=sa.Integer(), nullable=False)
        table.create_unique_constraint("uq_messages_number", ["conversation_id", "number"])
        table.create_unique_constraint("uq_messages_delivery", ["conversation_id", "sent_by", "message_id"])


def downgrade() -> None:
    with op.batch_alter_table("messages") as table:
        table.drop_constraint("uq_messages_delivery", type_="unique")
        table.drop_constraint("uq_messages_number", type_="unique")
        table.drop_column("answers")
        table.drop_column("message_id")
        table.drop_column("number")
