"""The tables of the application, as SQLAlchemy models."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of every model."""


def _now() -> datetime:
    return datetime.now(UTC)


class ConversationEvent(Base):
    """One event of the dialogue engine (a message, a fact remembered, an action), in order."""

    __tablename__ = "conversation_events"
    __table_args__ = (Index("ix_conversation_events_conversation", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(String(255))
    event: Mapped[dict[str, Any]] = mapped_column(JSON)


class Message(Base):
    """One line of a conversation as a person sees it: what they typed, or the reply they got."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_conversation", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(String(255))
    sent_by: Mapped[str] = mapped_column(String(16))
    """`person` or `assistant`."""
    text: Mapped[str] = mapped_column(Text)
    reply: Mapped[dict[str, Any] | None] = mapped_column(JSON, nullable=True)
    """The whole reply when the assistant sent it."""
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
