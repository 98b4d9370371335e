"""The audit: entries that can be added and nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0008_audit"
down_revision = "0007_feedback"
branch_labels = None
depends_on = None

FIXED = ("id", "at", "person_id", "person_name", "channel", "request_id", "action", "outcome", "details")
FIXED += ("subject_digest", "previous", "digest")

UNCHANGED = " AND ".join(f"NEW.{column} = OLD.{column}" for column in FIXED)
"""None of these may be null, so that `=` says whether they are the same."""

ERASED = (
    "NEW.prison_number IS NULL AND NEW.salt IS NULL AND NEW.pseudonym IS NOT NULL "
    "AND OLD.prison_number IS NOT NULL AND OLD.pseudonym IS NULL"
)
"""The one change that is allowed: the prison number gives way to a pseudonym."""

PAST_ITS_TIME = "EXISTS (SELECT 1 FROM audit_checkpoints WHERE removed_up_to >= OLD.id)"
"""The one removal that is allowed: of entries that a checkpoint has put down as past their time."""

SQLITE = (
    ("audit_entries", "UPDATE", f"NOT ({UNCHANGED} AND {ERASED})"),
    ("audit_entries", "DELETE", f"NOT {PAST_ITS_TIME}"),
    ("audit_checkpoints", "UPDATE", "1"),
    ("audit_checkpoints", "DELETE", "1"),
)


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("person_name", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("subject_digest", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False, unique=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("prison_number", sa.String(16), nullable=True),
        sa.Column("salt", sa.String(32), nullable=True),
        sa.Column("pseudonym", sa.String(32), nullable=True),
        # An id that was removed must not come back: the checkpoint allows its removal.
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entries_prison_number", "audit_entries", ["prison_number", "id"])
    op.create_index("ix_audit_entries_person", "audit_entries", ["person_id", "id"])
    op.create_table(
        "audit_checkpoints",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("removed_up_to", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
    else:
        for table, change, forbidden in SQLITE:
            op.execute(
                f"CREATE TRIGGER {table}_{change.lower()} BEFORE {change} ON {table} WHEN {forbidden} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _postgresql() -> None:
    op.execute(
        f"""
        CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_TABLE_NAME = 'audit_entries' AND TG_OP = 'UPDATE' THEN
                IF {UNCHANGED} AND {ERASED} THEN RETURN NEW; END IF;
            ELSIF TG_TABLE_NAME = 'audit_entries' AND TG_OP = 'DELETE' THEN
                IF {PAST_ITS_TIME} THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
        END $$
        """
    )
    for table in ("audit_entries", "audit_checkpoints"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
        )


def downgrade() -> None:
    for table in ("audit_checkpoints", "audit_entries"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_append_only")
