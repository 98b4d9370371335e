"""Where a message belongs: to the guidance, to the case in play, or to a new case."""

from __future__ import annotations

import re

from actions.conversation.stated_facts import StatedFacts
from actions.conversation.turn import Turn

TOPIC_OF_INTENT = {
    "ask_responsibility": "responsibility",
    "ask_handover": "handover",
    "ask_due": "due",
    "ask_pom_type": "pom_type",
    "ask_service_level": "service_level",
    "ask_early_allocation": "early_allocation",
    "ask_parole": "parole",
    "ask_recall": "recall",
    "ask_key_dates": "key_dates",
}

_ONE_PERSON = re.compile(
    r"\b(he|him|his|hes|he's|she|her|hers|she's|shes|they|them|their"
    r"|this (case|lad|man|one|prisoner|guy|bloke|woman|fella|chap|person)"
    r"|my (case|lad|man|guy|prisoner|bloke|lifer|fella|chap)|the case|case i have|i('ve| have) got (a|an|this))\b",
    re.IGNORECASE,
)
_ANYONE = re.compile(
    r"\b(someone|somebody|anyone|people|prisoners|individuals|lifers|cases|recalls|offenders|men|women|lads|those"
    r"|every(one|body)?|usually|generally|in general|normally|always|ever)\b",
    re.IGNORECASE,
)
_CORE = ("sentence_type", "sentence_date", "conditional_release_date", "tariff_expiry_date", "provider")
"""Facts that tell one case from another: two of them changed at once is another person."""


def is_about_one_person(text: str) -> bool:
    """Whether the words point at one person: `him`, `this lad`, `my case`."""
    return bool(_ONE_PERSON.search(text))


def is_about_anyone(text: str) -> bool:
    """Whether the words are about people in general: `someone`, `lifers`, `usually`."""
    return bool(_ANYONE.search(text))


def is_general(turn: Turn, stated: StatedFacts) -> bool:
    """Whether a question that sounds like a case is about the policy in general.

    A date, a fact or two of a person, or a word that points at someone makes it a case. So does a short
    question while a case is in play.
    """
    dates = [name for name, value in stated.facts.items() if name.endswith("_date") and value]
    if dates or stated.part_dates or stated.problems or is_about_one_person(turn.text):
        return False
    if is_about_anyone(turn.text):
        return True
    if turn.state.has_case:
        return len(stated.facts) == 0 and len(turn.text.split()) > 9
    return len(stated.facts) < 2 and len(turn.text.split()) > 4


def starts_another_case(turn: Turn, stated: StatedFacts) -> bool:
    """Whether a message describes somebody else than the case in play."""
    if turn.intent in ("correct_fact", "what_if") or turn.state.asking_for in stated.facts:
        return False
    known = turn.state.facts
    told = [name for name in _CORE if name in stated.facts]
    changed = [name for name in told if name in known and known[name] != stated.facts[name]]
    if len(changed) >= 2:
        return True
    # A whole new description in a question of its own: "who is responsible for an NPS case sentenced ..."
    dates = {"sentence_date", "conditional_release_date", "tariff_expiry_date"} & set(told)
    described_anew = re.search(
        r"\bfor (a|an|another)\b|\b(a|an) (nps|crc|lifer|ipp|determinate|life)\b", turn.text, re.I
    )
    return bool(changed and dates and described_anew)
