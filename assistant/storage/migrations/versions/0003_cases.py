"""Cases: facts with history, allocations, tasks done, early allocation, imports and calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0003_cases"
down_revision = "0002_people"
branch_labels = None
depends_on = None


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int = 255, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _key() -> sa.Column:
    return sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True)


def _of_case(**options: bool) -> sa.Column:
    return sa.Column(
        "case_id", sa.Integer(), sa.ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, **options
    )


def upgrade() -> None:
    op.create_table(
        "cases",
        _key(),
        sa.Column("prison_number", sa.String(16), nullable=False, unique=True),
        _text("name", nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
    )
    op.create_table(
        "case_facts",
        _of_case(primary_key=True),
        sa.Column("fact", sa.String(64), primary_key=True),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_table(
        "case_fact_changes",
        _key(),
        _of_case(),
        _text("fact", 64),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("old_known", sa.Boolean(), nullable=False),
        sa.Column("old_value", sa.JSON(), nullable=True),
        sa.Column("new_known", sa.Boolean(), nullable=False),
        sa.Column("new_value", sa.JSON(), nullable=True),
        _text("changed_by"),
        _text("source"),
        _moment("changed_at"),
        sa.UniqueConstraint("case_id", "fact", "revision", name="uq_case_fact_changes_revision"),
    )
    op.create_table(
        "case_allocations",
        _key(),
        _of_case(index=True),
        _text("person_id"),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        _text("recorded_by"),
        _text("source"),
    )
    op.create_index("ix_case_allocations_person", "case_allocations", ["person_id", "to_date"])
    _unique_while("uq_case_allocations_current", "case_allocations", ["case_id"], "to_date IS NULL")
    op.create_table(
        "case_tasks_done",
        _key(),
        _of_case(index=True),
        _text("task_id", 64),
        _text("occurrence", 10),
        sa.Column("done_on", sa.Date(), nullable=False),
        _text("done_by"),
        _moment("recorded_at"),
        _text("undone_by", nullable=True),
        _moment("undone_at", nullable=True),
    )
    _unique_while(
        "uq_case_tasks_done_standing",
        "case_tasks_done",
        ["case_id", "task_id", "occurrence"],
        "undone_at IS NULL",
    )
    op.create_table(
        "early_allocation_assessments",
        _key(),
        _of_case(index=True),
        _text("state", 32),
        _text("decision", 16, nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("referred_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("in_effect_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    _unique_while(
        "uq_early_allocation_standing", "early_allocation_assessments", ["case_id"], "state <> 'superseded'"
    )
    op.create_table(
        "early_allocation_steps",
        _key(),
        sa.Column(
            "assessment_id",
            sa.Integer(),
            sa.ForeignKey("early_allocation_assessments.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        _text("from_state", 32),
        _text("to_state", 32),
        _text("decision", 16, nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _text("recorded_by"),
        _moment("recorded_at"),
    )
    op.create_table(
        "case_imports",
        _key(),
        _text("source"),
        _text("imported_by"),
        _moment("imported_at"),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
    )
    op.create_table(
        "calendar_feeds",
        _key(),
        sa.Column("person_id", sa.String(255), nullable=False, index=True),
        sa.Column("token_digest", sa.String(64), nullable=False, unique=True),
        _moment("created_at"),
        _moment("revoked_at", nullable=True),
    )


def _unique_while(name: str, table: str, columns: list[str], condition: str) -> None:
    """At most one row of its kind at a time, among those for which the condition holds."""
    op.create_index(
        name,
        table,
        columns,
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )


def downgrade() -> None:
    for table in (
        "calendar_feeds",
        "case_imports",
        "early_allocation_steps",
        "early_allocation_assessments",
        "case_tasks_done",
        "case_allocations",
        "case_fact_changes",
        "case_facts",
        "cases",
    ):
        op.drop_table(table)
