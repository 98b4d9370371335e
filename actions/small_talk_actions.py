"""Greetings, help, and starting or stopping: replies whose words stand in the catalogue."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace

from actions.base import AssistantAction
from actions.case_conversation import Answered, answer_about_case
from actions.conversation.routing import SURE, topic_in_words
from actions.conversation.turn import Turn
from actions.policy_actions import answer_policy
from actions.reply import plain_reply


class SayWords(AssistantAction):
    """An action that only says something and leaves the conversation as it is."""

    @property
    @abstractmethod
    def words(self) -> str:
        """The key of the text, under `replies` in the catalogue."""

    def answer(self, turn: Turn) -> Answered:
        """Say the words."""
        return plain_reply("small_talk", self.words), turn.state


class Greet(SayWords):
    """Hello, with what the assistant does."""

    action_name = "action_greet"
    words = "greeting"


class AcceptThanks(SayWords):
    """You are welcome."""

    action_name = "action_accept_thanks"
    words = "thanks"


class SayGoodbye(SayWords):
    """Goodbye, with what happens to the case."""

    action_name = "action_say_goodbye"
    words = "goodbye"


class Help(AssistantAction):
    """What to type."""

    action_name = "action_help"

    def answer(self, turn: Turn) -> Answered:
        """Show examples, unless the words ask about the case in play or were hardly understood."""
        topic = topic_in_words(turn.text)
        if topic and turn.state.has_case:
            return answer_about_case(turn, topic)
        if turn.confidence < SURE:
            reply, state = answer_policy(turn)
            if reply.kind == "policy_answer":
                return reply, state
        return plain_reply("small_talk", "help"), turn.state


class AnswerComplaint(SayWords):
    """How to put a wrong fact or answer right."""

    action_name = "action_answer_complaint"
    words = "complaint"


class StartAgain(AssistantAction):
    """Forget everything of the conversation."""

    action_name = "action_start_again"

    def answer(self, turn: Turn) -> Answered:
        """Clear the case."""
        return plain_reply("small_talk", "started_again"), turn.state.without_case()


class Cancel(AssistantAction):
    """Stop asking, keep the facts."""

    action_name = "action_cancel"

    def answer(self, turn: Turn) -> Answered:
        """Stop the questions about the case."""
        if turn.state.asking_for is None:
            return plain_reply("small_talk", "nothing_to_cancel"), turn.state
        reply = plain_reply("small_talk", "cancelled")
        reply.facts = turn.state.facts
        return reply, replace(turn.state, asking_for=None, topic=None)
