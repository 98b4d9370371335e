"""The tables of the application, as SQLAlchemy models."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Index, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from assistant.storage.encryption import EncryptedJson, EncryptedText


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
    event: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)


class Message(Base):
    """One line of a conversation as a person sees it: what they typed, or the reply they got."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_conversation", "conversation_id", "id"),
        UniqueConstraint("conversation_id", "number", name="uq_messages_number"),
        UniqueConstraint("conversation_id", "sent_by", "message_id", name="uq_messages_delivery"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(String(255))
    number: Mapped[int]
    """Its place in the conversation, from 1: what a page that lost its connection catches up by."""
    sent_by: Mapped[str] = mapped_column(String(16))
    """`person` or `assistant`."""
    text: Mapped[str] = mapped_column(EncryptedText)
    reply: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson, nullable=True)
    """The whole reply when the assistant sent it."""
    message_id: Mapped[str | None] = mapped_column(String(200), nullable=True)
    """The id that the sender gave the message, by which a repeat of it is known; None if none was given."""
    answers: Mapped[int | None] = mapped_column(nullable=True)
    """The number of the line that this one answers; None for what a person said."""
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
