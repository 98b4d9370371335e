"""Conversations as the person who acts may see them."""

from __future__ import annotations

from sqlalchemy import Engine

from assistant.access.ownership import ConversationOwners
from assistant.storage.conversations import ConversationRepository
from assistant.storage.models import Message


class OwnConversations(ConversationRepository):
    """The conversations of the person on whose behalf this is done. Another's is empty, as if never begun."""

    def __init__(self, engine: Engine, owners: ConversationOwners) -> None:
        super().__init__(engine)
        self._owners = owners

    def messages(self, conversation_id: str, after: int = 0) -> list[Message]:
        """The lines of a conversation, oldest first; none when it is another's."""
        return super().messages(conversation_id, after) if self._owners.readable(conversation_id) else []

    def delivered(self, conversation_id: str, message_id: str) -> list[Message]:
        """The exchange that a delivery began; empty when it never arrived, or the conversation is another's."""
        if not self._owners.readable(conversation_id):
            return []
        return super().delivered(conversation_id, message_id)

    def last_number(self, conversation_id: str) -> int:
        """The number of the newest line; 0 when nothing has been said, or the conversation is another's."""
        return super().last_number(conversation_id) if self._owners.readable(conversation_id) else 0
