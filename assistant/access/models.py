"""The tables of people and of what lets them in."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from assistant.storage.encryption import EncryptedText
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


class SignInAttempt(Base):
    """A sign-in that was begun: what must come back from the provider. Used once, and kept ten minutes at most."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The SHA-256 of the secret in the browser's cookie."""
    expected: Mapped[str] = mapped_column(Text)
    """State, nonce and code verifier, as JSON."""
    next: Mapped[str] = mapped_column(Text)
    """The page that was asked for."""
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)


class SessionRecord(Base):
    """A browser that is signed in."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The SHA-256 of the secret in the browser's cookie."""
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    id_token: Mapped[str] = mapped_column(EncryptedText)
    """What the provider said of the person, which it wants back at sign-out."""


class ApiToken(Base):
    """A token with which a program asks on a person's behalf."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Its public part: shown in lists and in the audit."""
    secret: Mapped[str] = mapped_column(String(64))
    """The SHA-256 of its secret part."""
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ConversationOwner(Base):
    """Whose conversation it is. A conversation without an owner was held where nobody signs in."""

    __tablename__ = "conversation_owners"

    conversation_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
