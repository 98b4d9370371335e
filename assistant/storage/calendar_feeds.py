"""Private addresses of calendars: made once, shown once, taken back at any time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from assistant.storage.case_models import CalendarFeed
from assistant.storage.visibility import person_key


class CalendarFeedRepository:
    """Calendar addresses in the database. The secret of an address is never kept, only its digest."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(self, person: str) -> str:
        """A new secret for a person's calendar. Whoever has it can read the calendar; earlier ones end."""
        secret = secrets.token_urlsafe(32)
        with Session(self._engine) as session, session.begin():
            _revoke(session, person)
            session.add(CalendarFeed(person_id=person_key(person), token_digest=_digest(secret)))
        return secret

    def revoke(self, person: str) -> int:
        """End every address of a person's calendar; how many there were."""
        with Session(self._engine) as session, session.begin():
            return _revoke(session, person)

    def standing(self, person: str) -> datetime | None:
        """When the address that works now was made; None when there is none."""
        with Session(self._engine) as session:
            query = select(func.max(CalendarFeed.created_at)).where(
                CalendarFeed.person_id == person_key(person), CalendarFeed.revoked_at.is_(None)
            )
            return session.scalar(query)

    def owner(self, secret: str) -> str | None:
        """Whose calendar a secret opens; None when it never was or no longer is one."""
        with Session(self._engine) as session:
            query = select(CalendarFeed.person_id).where(
                CalendarFeed.token_digest == _digest(secret), CalendarFeed.revoked_at.is_(None)
            )
            return session.scalar(query)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _revoke(session: Session, person: str) -> int:
    done = session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.person_id == person_key(person), CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC))
        .returning(CalendarFeed.id)
    )
    return len(done.all())
