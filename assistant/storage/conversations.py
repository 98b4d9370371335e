"""What has been said in a conversation, and the engine's events behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from assistant.storage.feedback import Feedback
from assistant.storage.models import ConversationEvent, Message


class ConversationRepository:
    """Conversations in the database. Events and messages are only ever appended."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append_events(self, conversation_id: str, events: Sequence[dict[str, Any]]) -> None:
        """Keep further events of the dialogue engine, all or none."""
        if not events:
            return
        with Session(self._engine) as session, session.begin():
            session.add_all(_events(conversation_id, events))

    def events(self, conversation_id: str) -> list[dict[str, Any]]:
        """All events of a conversation, oldest first."""
        with Session(self._engine) as session:
            query = (
                select(ConversationEvent.event)
                .where(ConversationEvent.conversation_id == conversation_id)
                .order_by(ConversationEvent.id)
            )
            return list(session.scalars(query))

    def conversation_ids(self) -> list[str]:
        """The ids of all conversations that have events."""
        with Session(self._engine) as session:
            return list(session.scalars(select(ConversationEvent.conversation_id).distinct()))

    def append_exchange(
        self,
        conversation_id: str,
        said: str,
        replies: Sequence[dict[str, Any]],
        *,
        message_id: str | None = None,
        events: Sequence[dict[str, Any]] = (),
    ) -> int:
        """Keep what a person typed, the replies they got and the engine's events of both, all or none.

        `message_id` names the delivery; a second exchange with it in the same conversation is an
        `IntegrityError`. Returns the number of the last line.
        """
        with Session(self._engine) as session, session.begin():
            number = self._last_number(session, conversation_id) + 1
            question = Message(
                conversation_id=conversation_id,
                number=number,
                sent_by="person",
                text=said,
                message_id=message_id,
            )
            session.add(question)
            session.flush()
            session.add_all(_events(conversation_id, events))
            for reply in replies:
                number += 1
                session.add(
                    Message(
                        conversation_id=conversation_id,
                        number=number,
                        sent_by="assistant",
                        text=reply["text"],
                        reply=reply,
                        answers=question.number,
                    )
                )
            return number

    def last_number(self, conversation_id: str) -> int:
        """The number of the newest line of a conversation; 0 when nothing has been said."""
        with Session(self._engine) as session:
            return self._last_number(session, conversation_id)

    def messages(self, conversation_id: str, after: int = 0) -> list[Message]:
        """The lines of a conversation, oldest first; only those behind the number `after`."""
        with Session(self._engine, expire_on_commit=False) as session:
            query = (
                select(Message)
                .where(Message.conversation_id == conversation_id, Message.number > after)
                .order_by(Message.number)
            )
            return list(session.scalars(query))

    def delivered(self, conversation_id: str, message_id: str) -> list[Message]:
        """The exchange that a delivery began: what was said, then the replies; empty if it never arrived."""
        with Session(self._engine, expire_on_commit=False) as session:
            question = session.scalar(
                select(Message).where(
                    Message.conversation_id == conversation_id,
                    Message.sent_by == "person",
                    Message.message_id == message_id,
                )
            )
            if question is None:
                return []
            replies = (
                select(Message)
                .where(Message.conversation_id == conversation_id, Message.answers == question.number)
                .order_by(Message.number)
            )
            return [question, *session.scalars(replies)]

    def forget(self, conversation_id: str) -> None:
        """Erase a conversation: its lines, its events, and what was thought of its answers."""
        with Session(self._engine) as session, session.begin():
            for model in (Feedback, Message, ConversationEvent):
                session.execute(delete(model).where(model.conversation_id == conversation_id))

    @staticmethod
    def _last_number(session: Session, conversation_id: str) -> int:
        query = select(func.max(Message.number)).where(Message.conversation_id == conversation_id)
        return session.scalar(query) or 0


def _events(conversation_id: str, events: Sequence[dict[str, Any]]) -> list[ConversationEvent]:
    return [ConversationEvent(conversation_id=conversation_id, event=item) for item in events]
