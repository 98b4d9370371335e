"""What every action of the assistant has in common."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation.moves import move_of
from actions.conversation.processes import (
    asks_for_steps,
    asks_how_to,
    named_process,
    process_without_steps,
)
from actions.conversation.routing import (
    asks_about_case_in_play,
    goes_back_to_guidance,
    is_about_anyone,
    particular_topic,
)
from actions.conversation.state import ConversationState
from actions.conversation.turn import Turn
from actions.privacy import with_privacy_notes
from actions.reply import Reply, something_went_wrong
from assistant.records.notes import note_case

logger = logging.getLogger(__name__)

MISREADS_SHORT = frozenset(
    {
        *("action_refuse_out_of_scope", "action_refuse_not_permitted", "action_help", "action_greet"),
        *("action_answer_case_question", "action_take_facts", "action_cancel", "action_answer_complaint"),
        "action_suppose_facts",
    }
)
"""Actions called for a few words that go back to the guidance just shown, such as `who writes it`."""

LOOKS_ELSEWHERE = frozenset(
    {
        "action_answer_policy_question",
        "action_refuse_out_of_scope",
        "action_help",
        "action_greet",
        "action_say_who_does_it",
    }
)
"""Actions that look past the case in play, and are called when its questions are misunderstood."""


class AssistantAction(Action, ABC):
    """An action that gives one reply and may change what is remembered.

    If it fails, the person is told so, and nothing of the conversation is changed: the next message works.
    """

    action_name: ClassVar[str]
    _by_name: ClassVar[dict[str, type[AssistantAction]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "action_name" in cls.__dict__:
            AssistantAction._by_name[cls.action_name] = cls

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
            reply, state = self._meant(turn).answer(turn)
            opened = state.prison_number != turn.state.prison_number and not turn.state.has_case
            if state.has_case and state.history == turn.state.history and not opened:
                state = state.remembering(turn.state)
            reply = with_privacy_notes(reply, turn)
            events = state.changes_since(turn.state)
            if state.prison_number:
                note_case(state.prison_number)
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

    def _meant(self, turn: Turn) -> AssistantAction:
        """This action, or the one that a short message such as `when?` or `back` calls for in this conversation."""
        meant = move_of(turn.text, turn.state) or self._for_the_case(turn)
        return self if meant is None or meant == self.action_name else self._by_name[meant]()

    def _for_the_case(self, turn: Turn) -> str | None:
        """The action for a question about the case in play that was taken for something else."""
        if self.action_name in MISREADS_SHORT and goes_back_to_guidance(turn):
            return "action_answer_policy_question"
        if asks_for_steps(turn.text) and named_process(turn.text):
            return "action_walk_through"
        if turn.state.has_case and particular_topic(turn.text) and not is_about_anyone(turn.text):
            return "action_answer_case_question"
        if self.action_name not in LOOKS_ELSEWHERE:
            return None
        if asks_how_to(turn.text) and process_without_steps(turn.text):
            return "action_walk_through"
        return "action_answer_case_question" if asks_about_case_in_play(turn) else None


def _frames(failure: Exception) -> tuple[type[BaseException], BaseException, Any]:
    """Where it failed, without the words of the error."""
    kind = type(failure)
    return (RuntimeError, RuntimeError(kind.__name__), failure.__traceback__)
