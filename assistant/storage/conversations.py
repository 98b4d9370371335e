"""What has been said in a conversation, and the engine's events behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

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
            session.add_all(ConversationEvent(conversation_id=conversation_id, event=item) for item in events)

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

    def append_exchange(self, conversation_id: str, said: str, replies: Sequence[dict[str, Any]]) -> None:
        """Keep what a person typed and the replies they got, all or none."""
        with Session(self._engine) as session, session.begin():
            session.add(Message(conversation_id=conversation_id, sent_by="person", text=said))
            session.flush()
            session.add_all(
                Message(conversation_id=conversation_id, sent_by="assistant", text=reply["text"], reply=reply)
                for reply in replies
            )

    def messages(self, conversation_id: str) -> list[Message]:
        """The lines of a conversation, oldest first."""
        with Session(self._engine, expire_on_commit=False) as session:
            query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.id)
            return list(session.scalars(query))

    def forget(self, conversation_id: str) -> None:
        """Erase a conversation: its lines and its events."""
        with Session(self._engine) as session, session.begin():
            for model in (Message, ConversationEvent):
                session.execute(delete(model).where(model.conversation_id == conversation_id))
