"""The audit: who did what about which case, in a chain of digests that shows any change."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Engine, Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from assistant.access.person import Person
from assistant.access.secret import as_utc
from assistant.records.models import AuditCheckpoint, AuditEntry

START = "0" * 64
"""What the very first entry refers to."""

TRIES = 50
"""How often an entry is tried when other processes add theirs at the same moment."""

CHAINED = (
    "person_id",
    "person_name",
    "channel",
    "request_id",
    "action",
    "outcome",
    "details",
    "subject_digest",
)


@dataclass(frozen=True)
class Filter:
    """Which entries to show. What is None does not matter."""

    person: str | None = None
    """Part of a name, or a whole id."""
    prison_number: str | None = None
    action: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Verification:
    """Whether the chain holds: how many entries were read, and the first that is wrong."""

    entries: int
    broken_at: int | None = None
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing was found wrong."""
        return self.broken_at is None


class Audit:
    """The audit in the database. Entries are added, never changed; see `erase_subject` and `remove_before`."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._clock = engine, clock
        self._lock = Lock()

    def record(
        self,
        person: Person | None,
        action: str,
        *,
        outcome: str = "done",
        channel: str = "service",
        request_id: str = "",
        prison_number: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> int:
        """Add an entry. Returns its id. `details` must hold no prison number and no words of a message."""
        salt = secrets.token_hex(16) if prison_number else None
        entry = {
            "at": self._clock().astimezone(UTC),
            "person_id": person.id if person else "",
            "person_name": person.name if person else "",
            "channel": channel,
            "request_id": request_id[:64],
            "action": action,
            "outcome": outcome,
            "details": json.dumps(details or {}, sort_keys=True, ensure_ascii=False, default=str),
            "subject_digest": _subject_digest(salt, prison_number) if salt else "",
            "prison_number": prison_number or None,
            "salt": salt,
        }
        with self._lock:
            for last_try in (*[False] * (TRIES - 1), True):
                try:
                    return self._append(entry)
                except (IntegrityError, OperationalError):
                    # Another process has just added an entry behind the same one.
                    if last_try:
                        raise
        raise AssertionError

    def entries(
        self, wanted: Filter | None = None, limit: int | None = None, before: int | None = None
    ) -> list[AuditEntry]:
        """The entries that fit, newest first; with `before` only those with a smaller id."""
        query = _fitting(select(AuditEntry), wanted or Filter())
        if before is not None:
            query = query.where(AuditEntry.id < before)
        with Session(self._engine, expire_on_commit=False) as session:
            return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))

    def count(self, wanted: Filter | None = None) -> int:
        """How many entries fit."""
        with Session(self._engine) as session:
            query = _fitting(select(func.count()).select_from(AuditEntry), wanted or Filter())
            return session.scalar(query) or 0

    def verify(self) -> Verification:
        """Read the whole chain and check every digest."""
        with Session(self._engine) as session:
            checkpoint = session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.id.desc()))
            previous = checkpoint.digest if checkpoint else START
            removed = checkpoint.removed_up_to if checkpoint else 0
            count = 0
            for entry in session.scalars(
                select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
            ):
                if entry.id <= removed:
                    continue
                problem = _problem(entry, previous)
                if problem:
                    return Verification(count, entry.id, problem)
                previous, count = entry.digest, count + 1
        return Verification(count)

    def newest_digest(self) -> str:
        """The digest of the newest entry: kept elsewhere, it shows if the end of the audit was cut off."""
        with Session(self._engine) as session:
            return _newest(session)

    def erase_subject(self, prison_number: str, session: Session) -> tuple[int, str | None]:
        """Put a pseudonym for a prison number in every entry, within a transaction that erases other things too.

        Returns how many entries there were, and the pseudonym. With the salt gone, the digest that stays cannot
        be tried against all prison numbers.
        """
        pseudonym = f"erased-{secrets.token_hex(6)}"
        changed = session.execute(
            update(AuditEntry)
            .where(AuditEntry.prison_number == prison_number)
            .values(prison_number=None, salt=None, pseudonym=pseudonym)
        ).rowcount
        return changed, pseudonym if changed else None

    def remove_before(self, moment: datetime) -> int:
        """Remove the entries older than a moment, and put down where the chain now begins. Returns how many."""
        with Session(self._engine) as session, session.begin():
            last = session.scalar(
                select(AuditEntry).where(AuditEntry.at < moment).order_by(AuditEntry.id.desc()).limit(1)
            )
            if last is None:
                return 0
            session.add(AuditCheckpoint(removed_up_to=last.id, digest=last.digest, at=self._clock()))
            session.flush()
            return session.execute(delete(AuditEntry).where(AuditEntry.id <= last.id)).rowcount

    def _append(self, entry: dict[str, Any]) -> int:
        with Session(self._engine) as session, session.begin():
            previous = _newest(session)
            row = AuditEntry(**entry, previous=previous, digest=_digest(entry, previous))
            session.add(row)
            session.flush()
            return row.id


def as_data(entry: AuditEntry) -> dict[str, Any]:
    """An entry for an export."""
    return {
        "id": entry.id,
        "at": as_utc(entry.at).isoformat(timespec="seconds"),
        "person_id": entry.person_id,
        "person_name": entry.person_name,
        "channel": entry.channel,
        "request_id": entry.request_id,
        "action": entry.action,
        "outcome": entry.outcome,
        "case": entry.prison_number or entry.pseudonym or "",
        "details": json.loads(entry.details),
        "digest": entry.digest,
    }


def _newest(session: Session) -> str:
    newest = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    if newest is None:
        newest = session.scalar(select(AuditCheckpoint.digest).order_by(AuditCheckpoint.id.desc()).limit(1))
    return newest or START


def _fitting(query: Select[Any], wanted: Filter) -> Select[Any]:
    return query.where(*_conditions(wanted))


def _conditions(wanted: Filter) -> Iterator[Any]:
    if wanted.person:
        part = wanted.person.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        yield AuditEntry.person_name.ilike(f"%{part}%", escape="\\") | (AuditEntry.person_id == wanted.person)
    if wanted.prison_number:
        number = wanted.prison_number.strip()
        yield (AuditEntry.prison_number == number.upper()) | (AuditEntry.pseudonym == number)
    if wanted.action:
        yield AuditEntry.action == wanted.action
    if wanted.outcome:
        yield AuditEntry.outcome == wanted.outcome
    if wanted.since:
        yield AuditEntry.at >= wanted.since
    if wanted.until:
        yield AuditEntry.at < wanted.until


def _digest(entry: Mapping[str, Any], previous: str) -> str:
    moment = as_utc(entry["at"]).astimezone(UTC).isoformat(timespec="microseconds")
    content = [previous, moment, *(entry[name] for name in CHAINED)]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _subject_digest(salt: str, prison_number: str) -> str:
    return hashlib.sha256(f"{salt}:{prison_number}".encode()).hexdigest()


def _problem(entry: AuditEntry, previous: str) -> str:
    """What is wrong with an entry behind the one with the digest `previous`; empty when nothing is."""
    if entry.previous != previous:
        return "an entry before it was removed or put in"
    if entry.digest != _digest({"at": entry.at} | {name: getattr(entry, name) for name in CHAINED}, previous):
        return "it was changed"
    if entry.prison_number and entry.subject_digest != _subject_digest(entry.salt or "", entry.prison_number):
        return "its prison number was changed"
    return ""
