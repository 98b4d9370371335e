"""The tables of cases: facts with their history, allocations, tasks done, early allocation, calendar feeds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Date, DateTime, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from assistant.storage.models import Base


def _now() -> datetime:
    return datetime.now(UTC)


def _case_key(**options: Any) -> Mapped[int]:
    return mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), **options)


class CaseRecord(Base):
    """One person in custody on one sentence, known by the prison number."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    prison_number: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str | None] = mapped_column(String(255), nullable=True)
    synthetic: Mapped[bool] = mapped_column(default=False)
    """Whether the case was made up, for demonstration or for tests."""
    version: Mapped[int] = mapped_column(default=1)
    """Goes up with everything that is written about the case."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)


class CaseFact(Base):
    """A fact as it stands. A fact without a row, or with `known` false, is unknown."""

    __tablename__ = "case_facts"

    case_id: Mapped[int] = _case_key(primary_key=True)
    fact: Mapped[str] = mapped_column(String(64), primary_key=True)
    known: Mapped[bool] = mapped_column(default=True)
    value: Mapped[Any] = mapped_column(JSON, nullable=True)
    """The value in its JSON form; null for a fact that is known to be absent."""
    revision: Mapped[int] = mapped_column(default=1)
    """Goes up with every change of the fact: whoever changes it says which one they saw."""


class FactChange(Base):
    """One change of one fact. Rows are only ever added."""

    __tablename__ = "case_fact_changes"
    __table_args__ = (UniqueConstraint("case_id", "fact", "revision", name="uq_case_fact_changes_revision"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    case_id: Mapped[int] = _case_key()
    fact: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    old_known: Mapped[bool]
    old_value: Mapped[Any] = mapped_column(JSON, nullable=True)
    new_known: Mapped[bool]
    new_value: Mapped[Any] = mapped_column(JSON, nullable=True)
    changed_by: Mapped[str] = mapped_column(String(255))
    source: Mapped[str] = mapped_column(String(255))
    """Where the value comes from: a file, a service, or a page of the assistant."""
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)


class CaseAllocation(Base):
    """Who is the prison offender manager of a case, from when to when."""

    __tablename__ = "case_allocations"
    __table_args__ = (
        Index(
            "uq_case_allocations_current",
            "case_id",
            unique=True,
            sqlite_where=text("to_date IS NULL"),
            postgresql_where=text("to_date IS NULL"),
        ),
        Index("ix_case_allocations_person", "person_id", "to_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    case_id: Mapped[int] = _case_key(index=True)
    person_id: Mapped[str] = mapped_column(String(255))
    """What names the person at sign-in, in small letters: a staff address or identifier."""
    from_date: Mapped[date] = mapped_column(Date)
    to_date: Mapped[date | None] = mapped_column(Date, nullable=True)
    recorded_by: Mapped[str] = mapped_column(String(255))
    source: Mapped[str] = mapped_column(String(255))


class TaskDone(Base):
    """A duty of a case that was done, and whether that was taken back."""

    __tablename__ = "case_tasks_done"
    __table_args__ = (
        Index(
            "uq_case_tasks_done_standing",
            "case_id",
            "task_id",
            "occurrence",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    case_id: Mapped[int] = _case_key(index=True)
    task_id: Mapped[str] = mapped_column(String(64))
    """The rule that asks for it, such as `TASK-15`."""
    occurrence: Mapped[str] = mapped_column(String(10), default="")
    """The due date that was met, as YYYY-MM-DD; empty for a duty without one."""
    done_on: Mapped[date] = mapped_column(Date)
    done_by: Mapped[str] = mapped_column(String(255))
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    undone_by: Mapped[str | None] = mapped_column(String(255), nullable=True)
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), nullable=True)


class EarlyAllocationAssessment(Base):
    """One early allocation assessment of a case and the state it is in."""

    __tablename__ = "early_allocation_assessments"
    __table_args__ = (
        Index(
            "uq_early_allocation_standing",
            "case_id",
            unique=True,
            sqlite_where=text("state <> 'superseded'"),
            postgresql_where=text("state <> 'superseded'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    case_id: Mapped[int] = _case_key(index=True)
    state: Mapped[str] = mapped_column(String(32))
    decision: Mapped[str | None] = mapped_column(String(16), nullable=True)
    """`accepted` or `refused`, once the community has decided."""
    assessed_on: Mapped[date | None] = mapped_column(Date, nullable=True)
    referred_on: Mapped[date | None] = mapped_column(Date, nullable=True)
    decided_on: Mapped[date | None] = mapped_column(Date, nullable=True)
    in_effect_on: Mapped[date | None] = mapped_column(Date, nullable=True)
    revision: Mapped[int] = mapped_column(default=1)


class EarlyAllocationStep(Base):
    """One move of an assessment from a state to the next. Rows are only ever added."""

    __tablename__ = "early_allocation_steps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    assessment_id: Mapped[int] = mapped_column(
        ForeignKey("early_allocation_assessments.id", ondelete="CASCADE"), index=True
    )
    from_state: Mapped[str] = mapped_column(String(32))
    to_state: Mapped[str] = mapped_column(String(32))
    decision: Mapped[str | None] = mapped_column(String(16), nullable=True)
    on_date: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(String(255))
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)


class CaseImport(Base):
    """One run of an import that was taken over."""

    __tablename__ = "case_imports"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(255))
    imported_by: Mapped[str] = mapped_column(String(255))
    imported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)


class CalendarFeed(Base):
    """A private address of a person's calendar. Only a digest of its secret is kept."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(String(255), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), nullable=True)
