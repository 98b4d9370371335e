"""A message that asks several things: each is answered, from the rules or from the guidance."""

from __future__ import annotations

from dataclasses import replace

from actions import resources
from actions.case_conversation import Answered, answer_about_case
from actions.conversation.clauses import clauses, defined_first
from actions.conversation.routing import is_about_anyone, particular_topic, topic_in_words
from actions.conversation.stated_facts import StatedFacts, read_facts
from actions.conversation.turn import Turn
from actions.last_answer import remember
from actions.policy_answers import answer_question
from actions.reply import Answer, Reply
from actions.texts import text


def answer_several(turn: Turn) -> Answered | None:
    """The answers to a message of several questions; None when it asks one thing only."""
    parts = clauses(turn.text)
    if len(parts) < 2:
        return None
    stated = read_facts(turn, resources.rule_book())
    topics = [topic for part in parts if (topic := particular_topic(part) or topic_in_words(part))]
    others = [part for part in parts if not (particular_topic(part) or topic_in_words(part))]
    if topics and _about_a_case(turn, stated):
        policy = [part for part in others if len(part.split()) > 2 and defined_first([part, part])]
        if len(set(topics)) < 2 and not policy:
            return None
        reply, state = answer_about_case(turn, topics[0], stated, also=topics[1:])
        found = [answer_question(resources.guidance(), part) for part in policy]
        return _joined(reply, found, policy), state
    asked = defined_first(parts) if not topics else None
    if asked is None:
        return None
    first, *rest = (answer_question(resources.guidance(), part) for part in asked)
    if first.kind != "policy_answer":
        return None
    reply = _joined(first, rest, asked[1:])
    return reply, replace(turn.state, last_answer=remember(reply, question=turn.text))


def _about_a_case(turn: Turn, stated: StatedFacts) -> bool:
    return not is_about_anyone(turn.text) or stated.has_dates


def _joined(reply: Reply, found: list[Reply], asked: list[str]) -> Reply:
    """A reply with the guidance's answers to the other questions under it; what it does not cover is said."""
    blocks, short = [reply.text], [reply.answer.short if reply.answer else ""]
    for other, question in zip(found, asked, strict=True):
        if other.kind == "policy_answer" and other.answer:
            blocks.append(other.text)
            short.append(other.answer.short)
            reply.citations += [item for item in other.citations if item not in reply.citations]
        else:
            blocks.append(text("replies.part_not_covered", question=question))
            short.append(blocks[-1])
    reply.text = "\n\n".join(blocks)
    if reply.answer:
        status = reply.answer.status if all(other.kind == "policy_answer" for other in found) else "partly"
        reply.answer = Answer(short="\n".join(short), status=status)
    return reply
