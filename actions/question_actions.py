"""While a question is open: why it is asked, back, skip, no to the rest, and on with it."""

from __future__ import annotations

import re
from dataclasses import replace

from actions import resources
from actions.answers.topic_answer import PARTS
from actions.answers.wording import fact_in_words, facts_in_words
from actions.base import AssistantAction
from actions.case_conversation import (
    DEFAULT_TOPIC,
    Answered,
    answer_about_case,
    answer_as_it_is,
    facts_and_assumptions,
)
from actions.conversation.stated_facts import StatedFacts, read_facts
from actions.conversation.turn import Turn
from actions.open_question import explain_question
from actions.reply import Answer, plain_reply
from actions.texts import entry, text

MOST_LEFT = 6
"""Most questions that are listed at once."""

_NEGATED = re.compile(r"\b(?:not|\w+n'?t)\b", re.IGNORECASE)


class GiveReasonForQuestion(AssistantAction):
    """Why a fact is asked for, with the rule that needs it."""

    action_name = "action_give_reason_for_question"

    def answer(self, turn: Turn) -> Answered:
        """The reason, then the question again."""
        if turn.state.asking_for not in resources.rule_book().fields:
            return plain_reply("clarification", "no_earlier_answer"), turn.state
        return explain_question(turn), turn.state


class StepBack(AssistantAction):
    """Take back the last change to the facts, and ask again if it was the answer to a question."""

    action_name = "action_step_back"

    def answer(self, turn: Turn) -> Answered:
        """The case as it was before."""
        if (turn.state.last_answer or {}).get("supposed"):
            return answer_as_it_is(turn, turn.state, [text("questions.say.only_supposed")])
        before = turn.state.step_back()
        said = "went_back" if before.asking_for else "went_back_fact"
        return answer_as_it_is(turn, before, [text(f"questions.say.{said}")])


class CorrectLastFact(AssistantAction):
    """`Scrap that, he isn't`: take back the last fact, and note the opposite of a yes or a no."""

    action_name = "action_correct_last_fact"

    def answer(self, turn: Turn) -> Answered:
        """The case with the last fact put right."""
        before = turn.state.step_back()
        changed = {
            name: value
            for name, value in turn.state.facts.items()
            if isinstance(value, bool) and before.facts.get(name) != value
        }
        if len(changed) != 1 or not _NEGATED.search(turn.text):
            return answer_as_it_is(turn, before, [text("questions.say.went_back_fact")])
        opposite = StatedFacts(facts={name: not value for name, value in changed.items()})
        topic = turn.state.topic or DEFAULT_TOPIC
        return answer_about_case(turn, topic, opposite)


class ForgetFact(AssistantAction):
    """`Forget the care bit`: one fact of the case is not known after all."""

    action_name = "action_forget_fact"

    def answer(self, turn: Turn) -> Answered:
        """The case without the fact; if no fact of the case is named, the questions stop."""
        book, state = resources.rule_book(), turn.state
        said = set(re.findall(r"[a-z]{3,}", turn.text.lower())) - {
            "the",
            "his",
            "her",
            "that",
            "date",
            "forget",
            "about",
        }
        named = [
            name
            for name, value in state.facts.items()
            if said
            & set(
                re.findall(
                    r"[a-z]{3,}", f"{name} {fact_in_words(book, name, value)}".lower().replace("_", " ")
                )
            )
        ]
        if not named:
            if state.asking_for is None:
                return plain_reply("clarification", "no_such_fact"), state
            return plain_reply("small_talk", "cancelled"), replace(state, asking_for=None, topic=None)
        kept = {name: value for name, value in state.facts.items() if name not in named}
        gone = facts_in_words(book, {name: state.facts[name] for name in named})
        note = text("questions.say.forgot", facts=gone)
        return answer_as_it_is(turn, replace(state, facts=kept, asking_for=None), [note])


_EVERYDAY = frozenset(["the", "his", "her", "that", "date", "forget", "about", "what", "said"])


def _words(words: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", words.lower()))


class SkipQuestion(AssistantAction):
    """Leave out the question that is open."""

    action_name = "action_skip_question"

    def answer(self, turn: Turn) -> Answered:
        """Go on without the fact."""
        asked = turn.state.asking_for
        if asked is None:
            return plain_reply("clarification", "nothing_to_cancel"), turn.state
        return answer_about_case(turn, turn.state.topic or DEFAULT_TOPIC, StatedFacts(declined=[asked]))


class SayNoToTheRest(AssistantAction):
    """No to every criterion of early allocation that is still open."""

    action_name = "action_say_no_to_the_rest"

    def answer(self, turn: Turn) -> Answered:
        """Note the answers, and show which they are."""
        book = resources.rule_book()
        known = {*turn.state.facts, *turn.state.declined}
        rest = {name: False for name in entry("questions.criteria") if name != "rosh" and name not in known}
        reply, state = answer_about_case(turn, "early_allocation", StatedFacts(facts=rest))
        note = text("questions.say.no_to_rest", facts=facts_in_words(book, rest))
        reply.text = f"{note}\n\n{reply.text}" if rest else reply.text
        return reply, state


class SayWhatIsMissing(AssistantAction):
    """What is still needed to answer, all of it at once."""

    action_name = "action_say_what_is_missing"

    def answer(self, turn: Turn) -> Answered:
        """The questions that are left, the most useful first."""
        reply, state = answer_as_it_is(turn, turn.state, [])
        left = [
            item["question"]
            for item in (reply.assessment or {}).get("missing", [])
            if item["fact"] not in turn.state.declined
            and set(PARTS[state.topic or DEFAULT_TOPIC]) & set(item["matters_to"])
        ]
        if not left:
            known = facts_and_assumptions(turn, state)
            reply.text = "\n\n".join([text("questions.say.nothing_needed"), known])
            reply.answer = Answer(short=text("questions.say.nothing_needed"), status="answered")
            return reply, state
        lines = [text("case.rule_line", because=question) for question in left[:MOST_LEFT]]
        reply.text = "\n".join([text("questions.say.still_needed"), *lines])
        reply.kind, reply.citations = "question", []
        reply.answer = Answer(short=reply.text, status="partly")
        return reply, state


class GoOn(AssistantAction):
    """Back to the case and the question that was open."""

    action_name = "action_go_on"

    def answer(self, turn: Turn) -> Answered:
        """What was asked about the case, and the question again."""
        return answer_as_it_is(turn, turn.state, [])


class TakeSameFacts(AssistantAction):
    """`Same again but tier A`: the facts of the last case with what is said changed, and said so."""

    action_name = "action_take_same_facts"

    def answer(self, turn: Turn) -> Answered:
        """The answer to the last question with the changed facts."""
        stated = read_facts(turn, resources.rule_book())
        same = replace(turn, state=replace(turn.state, prison_number=None), intent="correct_fact")
        reply, state = answer_about_case(same, turn.state.topic or DEFAULT_TOPIC, stated)
        reply.text = f"{text('questions.say.same_facts')}\n\n{reply.text}"
        return reply, state


class KeepSameCase(AssistantAction):
    """`No, same case`: what was put aside as another case is put back."""

    action_name = "action_keep_same_case"

    def answer(self, turn: Turn) -> Answered:
        """The case before, with what was said since."""
        before = turn.state.step_back()
        whole = replace(
            before, facts=before.facts | turn.state.facts, topic=turn.state.topic, asking_for=None
        )
        return answer_as_it_is(turn, whole, [text("questions.say.same_case")])
