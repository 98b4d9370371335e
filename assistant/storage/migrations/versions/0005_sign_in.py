"""Sign-in: attempts, sessions, API tokens, and whose conversation it is."""

import sqlalchemy as sa
from alembic import op

revision = "0005_sign_in"
down_revision = "0004_deliveries"
branch_labels = None
depends_on = None


def _person() -> sa.Column[str]:
    return sa.Column(
        "person_id", sa.String(64), sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True
    )


def _moment(name: str, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        _moment("started_at"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(64), primary_key=True),
        _person(),
        _moment("started_at"),
        _moment("seen_at"),
        _moment("expires_at"),
        sa.Column("id_token", sa.Text(), nullable=False),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("secret", sa.String(64), nullable=False),
        _person(),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("last_used_at", nullable=True),
        _moment("revoked_at", nullable=True),
    )
    op.create_table(
        "conversation_owners",
        sa.Column("conversation_id", sa.String(255), primary_key=True),
        _person(),
        _moment("since"),
    )


def downgrade() -> None:
    for table in ("conversation_owners", "api_tokens", "sessions", "sign_in_attempts"):
        op.drop_table(table)
