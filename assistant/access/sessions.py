"""Browsers that are signed in, kept in the database: the cookie holds only a random secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from assistant.access.models import PersonRecord, SessionRecord, SignInAttempt
from assistant.access.people import as_person
from assistant.access.person import Person
from assistant.access.secret import as_utc, digest, new_secret

ATTEMPT_LIFETIME = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a session was last used, so that not every request writes."""


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Attempt:
    """A sign-in that was begun."""

    expected: dict[str, Any]
    next: str


class Sessions:
    """Sessions end when they are not used for `idle`, at the latest after `lifetime`, and at sign-out."""

    def __init__(
        self,
        engine: Engine,
        idle: timedelta,
        lifetime: timedelta,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._engine, self._idle, self._lifetime, self._clock = engine, idle, lifetime, clock

    def begin_attempt(self, expected: dict[str, Any], next_page: str) -> str:
        """Keep what must come back from the provider. Returns the secret for the cookie."""
        secret = new_secret()
        with Session(self._engine) as session, session.begin():
            session.execute(
                delete(SignInAttempt).where(SignInAttempt.started_at < self._clock() - ATTEMPT_LIFETIME)
            )
            session.add(
                SignInAttempt(
                    id=digest(secret), expected=json.dumps(expected), next=next_page, started_at=self._clock()
                )
            )
        return secret

    def finish_attempt(self, secret: str) -> Attempt | None:
        """Take an attempt out, so that it cannot be used twice. None when there is none, or it is too old."""
        with Session(self._engine) as session, session.begin():
            found = session.get(SignInAttempt, digest(secret), with_for_update=True)
            if found is None:
                return None
            attempt = Attempt(json.loads(found.expected), found.next)
            started = as_utc(found.started_at)
            session.delete(found)
        return attempt if self._clock() - started <= ATTEMPT_LIFETIME else None

    def begin(self, person: Person, id_token: str) -> str:
        """Sign a browser in. Returns the secret for the cookie, which is always a new one."""
        secret, at = new_secret(), self._clock()
        with Session(self._engine) as session, session.begin():
            session.execute(delete(SessionRecord).where(SessionRecord.expires_at < at))
            session.add(
                SessionRecord(
                    id=digest(secret),
                    person_id=person.id,
                    started_at=at,
                    seen_at=at,
                    expires_at=at + self._lifetime,
                    id_token=id_token,
                )
            )
            record = session.get(PersonRecord, person.id)
            if record is not None:
                record.last_seen_at = at
        return secret

    def person(self, secret: str) -> Person | None:
        """Who is signed in with this cookie, or None when it has ended or never was.

        Roles are those of this moment, and a person whose access was ended is out at once.
        """
        at = self._clock()
        with Session(self._engine) as session, session.begin():
            found = session.get(SessionRecord, digest(secret))
            if found is None:
                return None
            seen = as_utc(found.seen_at)
            if as_utc(found.expires_at) <= at or at - seen > self._idle:
                session.delete(found)
                return None
            if at - seen > SEEN_EVERY:
                found.seen_at = at
            record = session.get(PersonRecord, found.person_id)
            return as_person(record) if record is not None and record.ended_at is None else None

    def end(self, secret: str) -> str | None:
        """Sign a browser out. Returns the token that the provider wants back, None when there was no session."""
        with Session(self._engine) as session, session.begin():
            found = session.get(SessionRecord, digest(secret))
            if found is None:
                return None
            id_token = found.id_token
            session.delete(found)
            return id_token

    def end_all(self, person_id: str) -> None:
        """Sign a person out everywhere."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(SessionRecord).where(SessionRecord.person_id == person_id))
