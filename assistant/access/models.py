"""The tables of people and of what lets them in."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from assistant.storage.models import Base


def _now() -> datetime:
    return datetime.now(UTC)


class PersonRecord(Base):
    """A person known to the service, from sign-in or added by an administrator."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    """Who they are to the provider of sign-in: its `sub`, or the Entra object id. None before they sign in."""
    name: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(320), index=True)
    roles: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    last_seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When their access was ended; None while they have it."""
