"""Greetings, help, and starting or stopping: replies whose words stand in the catalogue."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import replace

from actions.base import AssistantAction
from actions.case_conversation import Answered, answer_about_case
from actions.conversation.routing import SURE, topic_in_words
from actions.conversation.turn import Turn
from actions.policy_actions import answer_policy
from actions.reply import plain_reply

_HELLO = re.compile(
    r"\b(?:h[ae]l+o+|hi+(?:ya)?|hey+|hiy+a|good (?:morning|afternoon|evening|day)|mornin'?g?|afternoon|evening"
    r"|alright|greetings|yo|howdy|wh?at'?s up|wotcha|how are (?:you|things)|you ok)\b",
    re.IGNORECASE,
)
_HOW_TO = re.compile(r"\bhow (?:do|should|can|would) (?:i|we)\b", re.IGNORECASE)
_ABOUT_ITSELF = re.compile(
    r"\b(?:this|it|you|type|ask|chat|bot|tool|use|start|question|get help|case in)\b", re.IGNORECASE
)


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

    def answer(self, turn: Turn) -> Answered:
        """Say hello back. A few words that are no greeting were not understood: they are looked up."""
        if _HELLO.search(turn.text):
            return super().answer(turn)
        return answer_policy(turn)


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
        if turn.confidence < SURE or (_HOW_TO.search(turn.text) and not _ABOUT_ITSELF.search(turn.text)):
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
