"""API tokens: a program asks on a person's behalf, and may do no more than its scopes and their roles allow."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from assistant.access.models import ApiToken, PersonRecord
from assistant.access.people import PersonUnknown, as_person
from assistant.access.person import Person
from assistant.access.policy import Action
from assistant.access.secret import as_utc, digest, new_secret
from assistant.access.sessions import SEEN_EVERY, now

PREFIX = "pom"
"""What every token begins with, so that one left in a file is recognised for what it is."""
LONGEST = timedelta(days=366)


class BadToken(ValueError):
    """A token cannot be made as asked; the message names the field."""


class TokenUnknown(LookupError):
    """There is no such token."""


@dataclass(frozen=True)
class TokenInfo:
    """What may be shown of a token: everything but its secret."""

    id: str
    name: str
    person: str
    """Name of the person it speaks for."""
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def usable(self, at: datetime) -> bool:
        """Whether it still lets anybody in."""
        return self.revoked_at is None and self.expires_at > at


class ApiTokens:
    """Tokens in the database: of the secret part only a digest."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = now) -> None:
        self._engine, self._clock = engine, clock

    def create(self, person: Person, name: str, scopes: Collection[str], days: int) -> tuple[str, TokenInfo]:
        """Make a token. The first value is the token itself, which is shown this once.

        Raises `BadToken` for a scope there is none of, no scope, no name, or a time that is too long;
        `PersonUnknown` when the person is not kept.
        """
        unknown = sorted(set(scopes) - set(Action))
        if unknown or not scopes:
            raise BadToken(f"scopes: {', '.join(unknown) or 'none given'}; allowed: {', '.join(Action)}")
        if not name.strip():
            raise BadToken("name: say what the token is for")
        if not 1 <= days <= LONGEST.days:
            raise BadToken(f"days: {days}; allowed: 1 to {LONGEST.days}")
        secret, public = new_secret(), secrets.token_hex(6)
        with Session(self._engine) as session, session.begin():
            if session.get(PersonRecord, person.id) is None:
                raise PersonUnknown(f"person: there is nobody with the id {person.id}")
            record = ApiToken(
                id=public,
                secret=digest(secret),
                person_id=person.id,
                name=name.strip()[:255],
                scopes=sorted(set(scopes)),
                created_at=self._clock(),
                expires_at=self._clock() + timedelta(days=days),
            )
            session.add(record)
            info = _info(record, person.name)
        return f"{PREFIX}_{public}_{secret}", info

    def person(self, token: str) -> Person | None:
        """On whose behalf a token speaks, with its scopes; None when it is wrong, expired or revoked."""
        prefix, _, rest = token.partition("_")
        public, _, secret = rest.partition("_")
        if prefix != PREFIX or not secret:
            return None
        at = self._clock()
        with Session(self._engine) as session, session.begin():
            record = session.get(ApiToken, public)
            if record is None or not hmac.compare_digest(record.secret, digest(secret)):
                return None
            if record.revoked_at is not None or as_utc(record.expires_at) <= at:
                return None
            owner = session.get(PersonRecord, record.person_id)
            if owner is None or owner.ended_at is not None:
                return None
            if record.last_used_at is None or at - as_utc(record.last_used_at) > SEEN_EVERY:
                record.last_used_at = at
            return replace(as_person(owner), scopes=frozenset(record.scopes))

    def list(self, person_id: str | None = None) -> list[TokenInfo]:
        """The tokens of a person, or of everybody; the newest first."""
        query = select(ApiToken, PersonRecord.name).join(PersonRecord, PersonRecord.id == ApiToken.person_id)
        if person_id is not None:
            query = query.where(ApiToken.person_id == person_id)
        with Session(self._engine) as session:
            rows = session.execute(query.order_by(ApiToken.created_at.desc())).all()
            return [_info(record, name) for record, name in rows]

    def revoke(self, token_id: str, person_id: str | None = None) -> None:
        """End a token at once; with `person_id` only if it is that person's. Raises `TokenUnknown`."""
        with Session(self._engine) as session, session.begin():
            record = session.get(ApiToken, token_id)
            if record is None or person_id not in (None, record.person_id):
                raise TokenUnknown(f"token: there is none with the id {token_id}")
            record.revoked_at = record.revoked_at or self._clock()


def _info(record: ApiToken, person: str) -> TokenInfo:
    return TokenInfo(
        record.id,
        record.name,
        person,
        tuple(record.scopes),
        as_utc(record.created_at),
        as_utc(record.expires_at),
        as_utc(record.last_used_at) if record.last_used_at else None,
        as_utc(record.revoked_at) if record.revoked_at else None,
    )
