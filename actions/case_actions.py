"""Actions about a case: its questions, its facts, what if, and other editions."""

from __future__ import annotations

from dataclasses import replace

from actions import resources
from actions.answers.wording import facts_in_words
from actions.base import AssistantAction
from actions.case_conversation import (
    DEFAULT_TOPIC,
    Answered,
    answer_about_case,
    answer_in_general,
    answer_named_duties,
    facts_and_assumptions,
    suppose,
)
from actions.conversation.routing import (
    SURE,
    asked_topic,
    asks_about_a_duty,
    asks_what_is_noted,
    is_about_one_person,
    is_general,
    meets_criterion,
    names_topic,
    particular_topic,
    something_else,
    topic_in_words,
)
from actions.conversation.stated_facts import StatedFacts, read_facts
from actions.conversation.stored_cases import stored_case
from actions.conversation.turn import Turn
from actions.duty_questions import answer_whether_needed
from actions.policy_actions import answer_policy
from actions.reply import Reply, plain_reply, suggestions
from actions.several_questions import answer_several
from actions.texts import text

FAINT = 0.35
"""Below this confidence, a message that states no fact is looked up in the guidance even with a case in play."""

UNSURE = 0.65
"""Below this confidence, a message with a single fact and no case in play may be a question of policy."""


class AnswerCaseQuestion(AssistantAction):
    """A question about a case, answered by the rules; a general one goes to the guidance."""

    action_name = "action_answer_case_question"

    def answer(self, turn: Turn) -> Answered:
        """Answer, or ask for the fact that decides it."""
        book = resources.rule_book()
        stated = read_facts(turn, book)
        several = answer_several(turn)
        if several:
            return several
        if asks_what_is_noted(turn, stated):
            return ShowFacts().answer(turn)
        if turn.state.facts and not stated and not names_topic(turn.text) and asks_about_a_duty(turn.text):
            named = answer_named_duties(turn)
            if named:
                return named
        about = something_else(turn.text)
        if turn.state.has_case and not stated and about and not names_topic(turn.text):
            return answer_policy(replace(turn, text=about))
        needed = answer_whether_needed(turn, stated)
        if needed:
            return needed
        topic = asked_topic(turn, stated) or turn.state.topic or DEFAULT_TOPIC
        if particular_topic(turn.text) and not turn.state.has_case and not stated:
            return answer_policy(turn)
        if (
            not stated
            and not names_topic(turn.text)
            and turn.confidence < (FAINT if turn.state.has_case else SURE)
        ):
            reply, state = answer_policy(turn)
            if reply.kind == "policy_answer":
                return reply, state
        if is_general(turn, stated):
            if topic == "early_allocation" and meets_criterion(stated):
                return answer_in_general(turn, topic)
            reply, state = answer_policy(turn)
            if reply.kind != "refusal":
                return reply, state
            if stated.indefinite:
                return answer_in_general(turn, topic)
        return answer_about_case(turn, topic, stated)


class TakeFacts(AssistantAction):
    """Facts of a case, told or corrected, and bare answers to a question."""

    action_name = "action_take_facts"

    def answer(self, turn: Turn) -> Answered:
        """Note the facts and go on with what was asked, or say who is responsible."""
        stated = read_facts(turn, resources.rule_book())
        several = answer_several(turn) if turn.intent == "give_facts" else None
        if several:
            return several
        if asks_what_is_noted(turn, stated):
            return ShowFacts().answer(turn)
        if self._may_be_a_question(turn, stated):
            reply, state = answer_policy(turn)
            if reply.kind != "refusal":
                return reply, state
        if not stated:
            return self._not_understood(turn)
        topic = asked_topic(turn, stated) or turn.state.topic or DEFAULT_TOPIC
        return answer_about_case(turn, topic, stated)

    @staticmethod
    def _may_be_a_question(turn: Turn, stated: StatedFacts) -> bool:
        """Whether the message may be a question of policy in a few words, such as `hdc eligibility rules`."""
        if turn.intent != "give_facts" or turn.state.asking_for or turn.state.has_case:
            return False
        if is_about_one_person(turn.text):
            return False
        if not stated:
            return not turn.entities
        return len(stated.facts) == 1 and not stated.has_dates and turn.confidence < UNSURE

    @staticmethod
    def _not_understood(turn: Turn) -> Answered:
        asked = turn.state.asking_for
        if asked is None:
            bare = turn.intent in ("affirm", "deny", "dont_know")
            return plain_reply("clarification", "nothing_asked" if bare else "nothing_noted"), turn.state
        field = resources.rule_book().field(asked)
        reply = Reply(
            kind="question",
            text=f"{text('replies.nothing_noted')}\n\n{text('case.ask', question=field.question)}",
            facts=turn.state.facts,
            asking_for=asked,
            suggestions=suggestions("yes_no"),
        )
        return reply, turn.state


class SupposeFacts(AssistantAction):
    """What if a fact were different. The case is not changed."""

    action_name = "action_suppose_facts"

    def answer(self, turn: Turn) -> Answered:
        """The answer to the last question with the facts changed."""
        stated = read_facts(turn, resources.rule_book())
        topic = asked_topic(turn, stated) or turn.state.topic or DEFAULT_TOPIC
        if topic == "early_allocation" and "early_allocation_agreed" in stated.facts:
            topic = "handover"
        if not turn.state.has_case:
            return answer_about_case(turn, topic, stated) if stated else answer_policy(turn)
        if stated.facts and all(turn.state.facts.get(name) == value for name, value in stated.facts.items()):
            return answer_about_case(turn, topic, stated)  # it is so already
        if stated:
            return suppose(turn, topic, stated)
        if names_topic(turn.text):
            return answer_about_case(turn, topic, stated)
        # The answer as it stands would read as the answer to a case that was not understood.
        reply = plain_reply("clarification", "nothing_supposed", suggest="what_if")
        reply.facts, reply.asking_for = turn.state.facts, turn.state.asking_for
        return reply, turn.state


class ShowFacts(AssistantAction):
    """The facts of the case in play."""

    action_name = "action_show_facts"

    def answer(self, turn: Turn) -> Answered:
        """List them."""
        state = turn.state
        if not state.has_case:
            return plain_reply("clarification", "no_case_yet"), state
        return (
            Reply(
                kind="assessment",
                text=facts_and_assumptions(turn, state),
                facts=state.facts,
                asking_for=state.asking_for,
                suggestions=suggestions("facts"),
            ),
            state,
        )


class StartAnotherCase(AssistantAction):
    """Another case: nothing of the last one is carried over."""

    action_name = "action_start_another_case"

    def answer(self, turn: Turn) -> Answered:
        """Forget the facts, and take those of the message if there are any."""
        fresh = replace(turn, state=replace(turn.state.without_case(), history=turn.state.history))
        stated = read_facts(fresh, resources.rule_book())
        if stated.facts or stated.part_dates:
            topic = topic_in_words(turn.text) or DEFAULT_TOPIC
            reply, state = answer_about_case(fresh, topic, stated)
            if turn.state.has_case:
                reply.text = f"{text('case.another_case')}\n\n{reply.text}"
            return reply, state
        key = "new_case" if turn.state.has_case else "first_case"
        return plain_reply("clarification", key, suggest=None), fresh.state


class OpenCase(AssistantAction):
    """A stored case, opened by its prison number."""

    action_name = "action_open_case"

    def answer(self, turn: Turn) -> Answered:
        """Take the facts of the stored case in place of the last one's."""
        number = turn.entity("prison_number")
        if not number:
            return plain_reply("clarification", "prison_number_needed"), turn.state
        facts = stored_case(str(number))
        if facts is None:
            return plain_reply("clarification", "no_stored_case", prison_number=number), turn.state
        book = resources.rule_book()
        # What was asked is kept for "same question"; nothing of the last case is.
        state = replace(
            turn.state.without_case(), facts=facts, prison_number=str(number).upper(), topic=turn.state.topic
        )
        asked = topic_in_words(turn.text)
        if asked:
            answered, state = answer_about_case(replace(turn, state=state), asked)
            answered.text = (
                f"{text('replies.case_opened_short', prison_number=state.prison_number)}\n\n{answered.text}"
            )
            return answered, state
        reply = plain_reply(
            "assessment",
            "case_opened",
            suggest="facts",
            prison_number=state.prison_number,
            facts=facts_in_words(book, facts),
        )
        reply.facts = facts
        return reply, state
