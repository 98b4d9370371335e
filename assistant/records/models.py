"""The tables of the audit. Triggers in the database keep rows from being changed or removed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from assistant.storage.models import Base


class AuditEntry(Base):
    """One thing that somebody did. Rows are only ever added; an erasure empties `prison_number` and `salt`."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_prison_number", "prison_number", "id"),
        Index("ix_audit_entries_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    person_id: Mapped[str] = mapped_column(String(64))
    """Empty when nobody was signed in."""
    person_name: Mapped[str] = mapped_column(String(255))
    channel: Mapped[str] = mapped_column(String(32))
    """`web`, `api`, `teams`, `command line` or `service`."""
    request_id: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    """What was done: an action of `policy.yaml`, or what the service did by itself."""
    outcome: Mapped[str] = mapped_column(String(32))
    """`done`, `refused`, `not_found` or `failed`."""
    details: Mapped[str] = mapped_column(Text)
    """What was answered, from which rules and passages, in which versions, as JSON. Never a prison number."""
    subject_digest: Mapped[str] = mapped_column(String(64))
    """The SHA-256 of salt and prison number; empty when it was about no case. Stays after an erasure."""
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    """The digest of the entry before. Unique, so that no two entries can follow the same one."""
    digest: Mapped[str] = mapped_column(String(64))
    """The SHA-256 of everything above."""
    prison_number: Mapped[str | None] = mapped_column(String(16))
    salt: Mapped[str | None] = mapped_column(String(32))
    pseudonym: Mapped[str | None] = mapped_column(String(32))
    """Stands for the prison number after an erasure: the same for all entries about that case."""


class AuditCheckpoint(Base):
    """Where the audit begins after its oldest entries were past their time and were removed."""

    __tablename__ = "audit_checkpoints"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    removed_up_to: Mapped[int]
    """The id of the last entry that was removed."""
    digest: Mapped[str] = mapped_column(String(64))
    """Its digest, which the first entry that stays refers to."""
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
