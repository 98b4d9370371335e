"""What every action of the assistant has in common."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation.state import ConversationState
from actions.conversation.turn import Turn
from actions.reply import Reply, something_went_wrong

logger = logging.getLogger(__name__)


class AssistantAction(Action, ABC):
    """An action that gives one reply and may change what is remembered.

    If it fails, the person is told so, and nothing of the conversation is changed: the next message works.
    """

    action_name: ClassVar[str]

    def name(self) -> str:
        """The name of the action in domain.yml."""
        return self.action_name

    @abstractmethod
    def answer(self, turn: Turn) -> tuple[Reply, ConversationState]:
        """The reply to a message, and the state after it."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Answer the latest message of a conversation."""
        events: list[EventType] = []
        try:
            turn = Turn.from_tracker(tracker)
            reply, state = self.answer(turn)
            events = state.changes_since(turn.state)
        except Exception as failure:
            # Neither the message nor the error's own text is logged: both can hold personal data.
            logger.error(
                "action %s failed: %s", self.name(), type(failure).__name__, exc_info=_frames(failure)
            )
            reply = something_went_wrong()
        response = reply.as_response()
        dispatcher.utter_message(
            text=response["text"], buttons=response["buttons"], json_message=response["custom"]
        )
        return events


def _frames(failure: Exception) -> tuple[type[BaseException], BaseException, Any]:
    """Where it failed, without the words of the error."""
    kind = type(failure)
    return (RuntimeError, RuntimeError(kind.__name__), failure.__traceback__)
