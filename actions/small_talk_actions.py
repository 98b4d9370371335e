"""Greetings, help, and starting or stopping: replies whose words stand in the catalogue."""

from __future__ import annotations

from dataclasses import replace

from actions.base import AssistantAction
from actions.case_conversation import Answered
from actions.conversation.turn import Turn
from actions.reply import plain_reply


class Greet(AssistantAction):
    """Hello, with what the assistant does."""

    action_name = "action_greet"

    def answer(self, turn: Turn) -> Answered:
        """Say hello."""
        return plain_reply("small_talk", "greeting"), turn.state


class AcceptThanks(AssistantAction):
    """You are welcome."""

    action_name = "action_accept_thanks"

    def answer(self, turn: Turn) -> Answered:
        """Answer thanks."""
        return plain_reply("small_talk", "thanks"), turn.state


class SayGoodbye(AssistantAction):
    """Goodbye, with what happens to the case."""

    action_name = "action_say_goodbye"

    def answer(self, turn: Turn) -> Answered:
        """Say goodbye."""
        return plain_reply("small_talk", "goodbye"), turn.state


class Help(AssistantAction):
    """What to type."""

    action_name = "action_help"

    def answer(self, turn: Turn) -> Answered:
        """Show examples."""
        return plain_reply("small_talk", "help"), turn.state


class AnswerComplaint(AssistantAction):
    """How to put a wrong fact or answer right."""

    action_name = "action_answer_complaint"

    def answer(self, turn: Turn) -> Answered:
        """Say how to correct a fact or check an answer."""
        return plain_reply("small_talk", "complaint"), turn.state


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
