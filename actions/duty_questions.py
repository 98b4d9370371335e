"""Whether a duty applies to the case in play: `does he get a post-recall meeting?`, `do I need a LISP1?`"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from actions import resources
from actions.answers.case_reply import CaseQuestion, case_reply
from actions.answers.duties import in_common, telling_words, whether_answer
from actions.case_assessment import assess, tie_to_passage
from actions.case_conversation import Answered, take_facts, with_date_of_birth
from actions.conversation.routing import is_about_anyone, names_topic
from actions.conversation.stated_facts import StatedFacts
from actions.conversation.turn import Turn
from actions.last_answer import remember
from actions.rules import FactErrors
from actions.rules.rule import Rule

_WHETHER = re.compile(
    r"\b(?:does|do|did|will|would|should|must|is|are|has|have)\b(?: \w+){0,3}?"
    r" (?:he|she|they|i|we|it|this \w+|a|an|the|any|there)\b"
    r".*\b(?:get|gets|need|needs|needed|have|has|require[ds]?|necessary|entitled|apply|applies|due|do|complete|hold|done)\b",
    re.IGNORECASE,
)

_NEEDED = re.compile(r"\b(?:needed|required|necessary|applicable|a must)\W*$", re.IGNORECASE)

_ASKS_MORE = re.compile(
    r"\W*(?:and |so |but |ok |then )*(?:who|when|what|how|where|why|which)\w*\b", re.IGNORECASE
)

MOST_NAMED = 3
"""Most duties that are named in the first line."""

RARE = 3
"""In at most so many titles stands a word that tells a duty by itself, such as `MALRAP`."""


def answer_whether_needed(turn: Turn, stated: StatedFacts) -> Answered | None:
    """Yes or no to whether a duty that the message names applies; None if it asks no such thing."""
    if not (turn.state.facts or stated.facts) or not (
        _WHETHER.search(turn.text) or _NEEDED.search(turn.text)
    ):
        return None
    if names_topic(turn.text) or is_about_anyone(turn.text) or _ASKS_MORE.match(turn.text):
        return None
    book = resources.rule_book()
    state, notes = take_facts(turn, stated, book)
    facts = with_date_of_birth(state.facts, turn.as_of)
    try:
        assessment = assess(
            book, resources.guidance(), facts, turn.as_of, edition=turn.edition, ask=["tasks"]
        )
        case = book.case(facts, turn.as_of, assessment["edition"])
    except FactErrors:
        return None
    rules = _named(turn.text, book.edition(assessment["edition"]).tasks)
    if not rules:
        return None
    truths = {rule.id: rule.condition.truth(case) for rule in rules}
    truth = True if True in truths.values() else None if None in truths.values() else False
    decisive = [rule for rule in rules if truths[rule.id] is truth]
    asked = None
    if truth is None:
        missing = {item["fact"]: item["question"] for item in assessment["missing"]}
        open_facts = [name for rule in decisive for name in rule.condition.open_facts(case)]
        wanted = [name for name in open_facts if name in missing or book.field(name).ask is not None]
        asked = (wanted[0], book.field(wanted[0]).question) if wanted else None
    sources = []
    for rule in decisive[:2]:
        citation = rule.citation.as_dict()
        tie_to_passage(citation, resources.guidance())
        sources.append({"rule": rule.id, "because": "", "citation": citation})
    tasks = [task for task in assessment["tasks"] if task["id"] in truths]
    later = truth is False and any(
        rule.condition.truth(case.on(day)) for rule in rules for day in _other_days(facts)
    )
    title = "; ".join(dict.fromkeys(rule.title for rule in decisive[:MOST_NAMED]))
    found = whether_answer(truth, title, tasks, sources, at_other_times=later)
    question = CaseQuestion(
        ("due",),
        state.facts,
        assessment,
        notes=notes,
        given=found,
        open_question=asked,
        declined=state.declined,
    )
    reply, found = case_reply(question, book)
    kept = remember(reply, found, topic="due", edition=assessment["edition"], question=turn.text)
    lasting = "due" if reply.asking_for else state.topic
    return reply, replace(state, topic=lasting, asking_for=reply.asking_for, last_answer=kept)


def _other_days(facts: dict[str, Any]) -> list[date]:
    """The days on which something starts or ends in a case: a duty can belong to another part of the sentence."""
    days = [
        date.fromisoformat(str(value)[:10])
        for name, value in facts.items()
        if name.endswith("_date") and value
    ]
    return [day + timedelta(days=shift) for day in days for shift in (-1, 0, 1)]


def _named(message: str, rules: tuple[Rule, ...]) -> list[Rule]:
    """The duties whose title a message names best: by two telling words, or by one that few titles have."""
    said = telling_words(message)
    titles = {rule.id: telling_words(rule.title) for rule in rules}
    often = Counter(word for words in titles.values() for word in words)
    scores = {rule.id: in_common(said, titles[rule.id]) for rule in rules}
    best = max(scores.values(), default=0)
    named = [rule for rule in rules if scores[rule.id] == best > 0]
    rare = any(often[word] <= RARE for rule in named for word in titles[rule.id] & said)
    return named if best > 1 or rare or "oasys" in said else []
