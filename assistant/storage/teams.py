"""What the Teams channel keeps: its conversations, what came in, and what is still to be sent."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Engine,
    Integer,
    String,
    UniqueConstraint,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.storage.encryption import EncryptedJson
from assistant.storage.models import Base

KEPT_DAYS = 30
"""Days for which the id of an answered message is kept, so that a repeat of it is known."""

WELCOME = "welcome"
"""Stands for the id of an installation, so that it is greeted once however many activities tell of it."""


def _now() -> datetime:
    return datetime.now(UTC)


class TeamsConversation(Base):
    """One person in one Teams thread, and how to reach them there."""

    __tablename__ = "teams_conversations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The id of the conversation in the engine: nothing about the person can be read from it."""
    thread: Mapped[str] = mapped_column(String(512))
    kind: Mapped[str] = mapped_column(String(16))
    """`personal`, `groupChat` or `channel`."""
    person: Mapped[str] = mapped_column(String(255), index=True)
    """The Entra object id of the person, or their id in Teams when it is not given."""
    service_url: Mapped[str] = mapped_column(String(512))
    bot: Mapped[str] = mapped_column(String(255))
    """The id of the bot in Teams."""
    reminders: Mapped[bool] = mapped_column(Boolean, default=False)
    reminded_on: Mapped[date | None] = mapped_column(Date, nullable=True)
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)


class TeamsIncoming(Base):
    """An activity that Teams delivered. What it says is erased once it is answered; its id stays."""

    __tablename__ = "teams_incoming"
    __table_args__ = (UniqueConstraint("conversation_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(String(64), index=True)
    activity_id: Mapped[str] = mapped_column(String(255))
    work: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson, nullable=True)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    taken_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), nullable=True)
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), nullable=True)


class TeamsOutgoing(Base):
    """An activity that is still to be sent. It is erased once Teams has taken it."""

    __tablename__ = "teams_outgoing"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(String(64), index=True)
    activity: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    taken_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), nullable=True)


class TeamsKey(Base):
    """A random key of this installation, made once and shared by its processes."""

    __tablename__ = "teams_keys"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Waiting:
    """Something that came in or is to go out, taken by this process to be dealt with."""

    id: int
    conversation_id: str
    content: dict[str, Any]
    attempts: int = 0
    created_at: datetime | None = None


class TeamsRepository:
    """The Teams channel in the database. Rows are taken for a while, so that several processes can share them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def key(self, name: str) -> bytes:
        """The random key of that name, made the first time it is asked for."""
        for _ in range(2):
            with Session(self._engine) as session:
                found = session.get(TeamsKey, name)
                if found:
                    return bytes.fromhex(found.value)
            try:
                with Session(self._engine) as session, session.begin():
                    session.add(TeamsKey(name=name, value=secrets.token_hex(32)))
            except IntegrityError:  # another process was first
                continue
        return self.key(name)

    def keep_conversation(self, conversation: TeamsConversation) -> None:
        """Remember how to reach a person in a thread. What they chose about reminders stays."""
        with suppress(IntegrityError):  # another delivery of the same chat was first, and says the same
            self._keep_conversation(conversation)

    def _keep_conversation(self, conversation: TeamsConversation) -> None:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            known = session.get(TeamsConversation, conversation.id)
            if known is None:
                session.add(conversation)
                return
            for name in ("thread", "kind", "person", "service_url", "bot"):
                setattr(known, name, getattr(conversation, name))
            known.seen_at = _now()

    def conversation(self, conversation_id: str) -> TeamsConversation | None:
        """One person in one thread, or None."""
        with Session(self._engine, expire_on_commit=False) as session:
            return session.get(TeamsConversation, conversation_id)

    def forget_person(self, conversation_id: str) -> None:
        """The person took the app away: no reminders, nothing more to be sent there."""
        with Session(self._engine) as session, session.begin():
            known = session.get(TeamsConversation, conversation_id)
            if known is not None:
                known.reminders = False
            session.execute(delete(TeamsOutgoing).where(TeamsOutgoing.conversation_id == conversation_id))
            session.execute(
                delete(TeamsIncoming).where(
                    TeamsIncoming.conversation_id == conversation_id, TeamsIncoming.activity_id == WELCOME
                )
            )

    def set_reminders(self, conversation_id: str, wanted: bool) -> None:
        """Turn the reminders of a person on or off."""
        with Session(self._engine) as session, session.begin():
            known = session.get(TeamsConversation, conversation_id)
            if known is not None:
                known.reminders = wanted

    def to_remind(self, day: date) -> list[TeamsConversation]:
        """The personal chats that want reminders and have not had one on this day."""
        with Session(self._engine, expire_on_commit=False) as session:
            query = select(TeamsConversation).where(
                TeamsConversation.reminders.is_(True),
                TeamsConversation.kind == "personal",
                or_(TeamsConversation.reminded_on.is_(None), TeamsConversation.reminded_on < day),
            )
            return list(session.scalars(query.order_by(TeamsConversation.id)))

    def receive(self, conversation_id: str, activity_id: str, work: dict[str, Any]) -> bool:
        """Keep what came in until it is answered. False when this delivery is a repeat of one that is known."""
        try:
            with Session(self._engine) as session, session.begin():
                session.add(
                    TeamsIncoming(conversation_id=conversation_id, activity_id=activity_id, work=work)
                )
        except IntegrityError:
            return False
        return True

    def take_incoming(self, conversation_id: str, seconds: float) -> Waiting | None:
        """The oldest unanswered activity of a conversation, taken for some seconds; None if there is none free."""
        with Session(self._engine) as session, session.begin():
            row = session.scalars(
                select(TeamsIncoming)
                .where(TeamsIncoming.conversation_id == conversation_id, TeamsIncoming.answered_at.is_(None))
                .order_by(TeamsIncoming.id)
                .limit(1)
            ).first()
            if row is None or not self._take(session, TeamsIncoming, row.id, seconds):
                return None
            return Waiting(row.id, row.conversation_id, row.work or {})

    def answered(self, incoming_id: int, conversation_id: str, activities: Sequence[dict[str, Any]]) -> None:
        """What came in is dealt with: erase it, and keep the answers to be sent. All or none."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(TeamsIncoming)
                .where(TeamsIncoming.id == incoming_id)
                .values(work=None, taken_until=None, answered_at=_now())
            )
            session.add_all(
                TeamsOutgoing(conversation_id=conversation_id, activity=item) for item in activities
            )

    def queue_reminder(self, conversation_id: str, day: date, activities: Sequence[dict[str, Any]]) -> bool:
        """Keep a reminder to be sent, once a day for each person. False when it was queued on this day before."""
        with Session(self._engine) as session, session.begin():
            changed = session.execute(
                update(TeamsConversation)
                .where(
                    TeamsConversation.id == conversation_id,
                    TeamsConversation.reminders.is_(True),
                    or_(TeamsConversation.reminded_on.is_(None), TeamsConversation.reminded_on < day),
                )
                .values(reminded_on=day)
            )
            if not changed.rowcount:  # type: ignore[attr-defined]
                return False
            session.add_all(
                TeamsOutgoing(conversation_id=conversation_id, activity=item) for item in activities
            )
            return True

    def take_outgoing(self, conversation_id: str, seconds: float) -> Waiting | None:
        """The oldest activity to be sent in a conversation, taken for some seconds; None if there is none free."""
        with Session(self._engine) as session, session.begin():
            row = session.scalars(
                select(TeamsOutgoing)
                .where(TeamsOutgoing.conversation_id == conversation_id)
                .order_by(TeamsOutgoing.id)
                .limit(1)
            ).first()
            if row is None or not self._take(session, TeamsOutgoing, row.id, seconds):
                return None
            created = row.created_at if row.created_at.tzinfo else row.created_at.replace(tzinfo=UTC)
            return Waiting(row.id, row.conversation_id, row.activity, row.attempts, created)

    def keep_trying(self, outgoing_id: int, seconds: float) -> None:
        """An attempt to send failed: count it, and keep the row for the next attempt."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(TeamsOutgoing)
                .where(TeamsOutgoing.id == outgoing_id)
                .values(attempts=TeamsOutgoing.attempts + 1, taken_until=_now() + timedelta(seconds=seconds))
            )

    def release_outgoing(self, outgoing_id: int) -> None:
        """Give a row back, so that any process may send it."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(TeamsOutgoing).where(TeamsOutgoing.id == outgoing_id).values(taken_until=None)
            )

    def release_incoming(self, incoming_id: int) -> None:
        """Give a row back, so that any process may answer it."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                update(TeamsIncoming).where(TeamsIncoming.id == incoming_id).values(taken_until=None)
            )

    def sent(self, outgoing_id: int) -> None:
        """Teams has taken it, or never will: erase it."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(TeamsOutgoing).where(TeamsOutgoing.id == outgoing_id))

    def unfinished(self) -> list[str]:
        """The conversations with something to answer or to send."""
        with Session(self._engine) as session:
            waiting = select(TeamsIncoming.conversation_id).where(TeamsIncoming.answered_at.is_(None))
            return sorted(session.scalars(waiting.union(select(TeamsOutgoing.conversation_id))).all())

    def purge(self) -> None:
        """Erase the ids of what was answered long ago."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                delete(TeamsIncoming).where(TeamsIncoming.answered_at < _now() - timedelta(days=KEPT_DAYS))
            )

    @staticmethod
    def _take(
        session: Session, model: type[TeamsIncoming] | type[TeamsOutgoing], row_id: int, seconds: float
    ) -> bool:
        free = or_(model.taken_until.is_(None), model.taken_until < _now())
        taken = session.execute(
            update(model)
            .where(model.id == row_id, free)
            .values(taken_until=_now() + timedelta(seconds=seconds))
            .execution_options(synchronize_session=False)  # the database compares the times, not Python
        )
        return bool(taken.rowcount)  # type: ignore[attr-defined]
