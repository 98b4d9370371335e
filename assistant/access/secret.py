"""Secrets that are handed out once and kept only as a digest."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime


def new_secret() -> str:
    """A random secret of 256 bits, safe in an address and in a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The SHA-256 of a secret. A secret of 256 random bits needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def as_utc(moment: datetime) -> datetime:
    """A moment from the database, which in SQLite comes back without its zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
