"""What may be said where others read along: policy, but nothing about a case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from actions import clock, resources
from actions.conversation.routing import is_about_a_case, is_about_one_person, is_general, meets_criterion
from actions.conversation.state import ConversationState
from actions.conversation.stated_facts import read_facts
from actions.conversation.turn import Turn

IDENTITY = ("prison_number", "personal_name", "date_of_birth")
"""What names a person: never taken where others read along, whatever is asked."""

_CASE_QUESTIONS = {
    "ask_responsibility",
    "ask_handover",
    "ask_due",
    "ask_pom_type",
    "ask_service_level",
    "ask_early_allocation",
    "ask_parole",
    "ask_recall",
    "ask_key_dates",
}
_CASE_FACTS = {"give_facts", "correct_fact", "what_if"}
_CASE_ONLY = {"open_case", "show_facts", "new_case"}
_PLURAL = re.compile(r"\b(they|them|their)\b", re.IGNORECASE)
"""Words for one person or for people in general: by themselves they make no case."""


class About(StrEnum):
    """What a message is about, where others read along."""

    SOMEBODY = "somebody"
    """One person's case: not to be taken here."""
    GUIDANCE = "guidance"
    """A question that would be about a case if there were one, so here about the guidance alone."""
    KIND_OF_CASE = "kind of case"
    """A kind of case and nobody in particular, such as a terrorism offence: worked out as anywhere."""
    ANYTHING = "anything"
    """Policy, a greeting, help and the like: to be answered as anywhere."""


def about(message: str, understood: Mapping[str, Any]) -> About:
    """What a message is about. `understood` is the engine's reading of it: intent and entities."""
    entities = list(understood.get("entities") or ())
    if any(entity.get("entity") in IDENTITY for entity in entities):
        return About.SOMEBODY
    intent = understood.get("intent") or {}
    turn = Turn(
        text=_PLURAL.sub("people", message),
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0),
        entities=entities,
        state=ConversationState(),
        as_of=clock.today(),
        edition=None,
    )
    stated = read_facts(turn, resources.rule_book())
    if turn.intent in _CASE_ONLY or is_about_one_person(turn.text):
        return About.SOMEBODY
    if turn.intent in _CASE_QUESTIONS and not is_general(turn, stated):
        return About.SOMEBODY if stated.facts or stated.part_dates or stated.problems else About.GUIDANCE
    if turn.intent in _CASE_FACTS and stated:
        return About.SOMEBODY
    if is_about_a_case(turn, stated):
        return About.SOMEBODY
    return About.KIND_OF_CASE if meets_criterion(stated) else About.ANYTHING


def shows_a_case(reply: Mapping[str, Any], what: About) -> bool:
    """Whether a reply is about a case after all: it must not be shown where others read along."""
    if what is About.KIND_OF_CASE:
        return bool(reply.get("asking_for")) or any(
            not name.startswith("ea_") for name in reply.get("facts") or ()
        )
    told = reply.get("facts") or reply.get("assessment") or reply.get("asking_for")
    return bool(told) or reply.get("kind") in ("assessment", "question")
