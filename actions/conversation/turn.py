"""One message of a conversation, as an action sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions import clock
from actions.conversation.state import ConversationState


@dataclass(frozen=True)
class Turn:
    """What was typed, how it was understood, and what was known before."""

    text: str
    intent: str
    confidence: float
    entities: list[dict[str, Any]]
    state: ConversationState
    as_of: date
    """The date to work from: given with the message, or today."""
    edition: str | None
    """The edition that came with the message, not one that was typed."""

    @classmethod
    def from_tracker(cls, tracker: Tracker) -> Turn:
        """The latest message of a conversation.

        Raises `ValueError` when the date that came with the message is not a date.
        """
        message = tracker.latest_message
        metadata = message.get("metadata") or {}
        as_of = metadata.get("as_of")
        intent = message.get("intent") or {}
        return cls(
            text=message.get("text") or "",
            intent=intent.get("name") or "",
            confidence=float(intent.get("confidence") or 0.0),
            entities=list(message.get("entities") or []),
            state=ConversationState.from_tracker(tracker),
            as_of=date.fromisoformat(as_of) if as_of else clock.today(),
            edition=metadata.get("edition"),
        )

    def entity(self, name: str) -> Any:
        """The value of the first entity of a name, or None."""
        return next((item.get("value") for item in self.entities if item.get("entity") == name), None)
