"""Where a message belongs: to the guidance, to the case in play, or to a new case."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.conversation.stated_facts import StatedFacts
from actions.conversation.turn import Turn

SURE = 0.6
"""From this confidence on, a message understood as a question about a case is one."""


FEW_WORDS = 4
"""At most as many words as a bare answer has."""


@lru_cache(maxsize=1)
def _topics() -> dict[str, dict[str, Any]]:
    topics: dict[str, dict[str, Any]] = yaml.safe_load(
        (Path(__file__).parent / "topics.yaml").read_text(encoding="utf-8")
    )["topics"]
    return topics


def topic_in_words(message: str) -> str | None:
    """The question about a case that stands in a message beside its facts: `..., early allocation?`."""
    for name, topic in _topics().items():
        if any(re.search(rf"\b(?:{words})\b", message, re.IGNORECASE) for words in topic["words"]):
            return name
    return None


def asked_topic(turn: Turn, stated: StatedFacts) -> str | None:
    """The question about a case that a message asks: by its intent, or by words among the facts.

    A few words that answer the question asked before are no question of their own.
    """
    if turn.state.asking_for in stated.facts and len(turn.text.split()) <= FEW_WORDS:
        return topic_in_words(turn.text)
    asked = next((name for name, topic in _topics().items() if turn.intent == topic["intent"]), None)
    if asked == "early_allocation" and (turn.state.facts | stated.facts).get("early_allocation_agreed"):
        return "handover"  # nothing is left to assess: what is asked is when the case goes across
    return asked or topic_in_words(turn.text)


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
_A_KIND = re.compile(
    r"\b(a|an) (\w+ ){0,2}(offence|sentence|case|prisoner|lifer|ipp|recall|man|woman)\b", re.IGNORECASE
)
"""A kind of case rather than one: `a TACT offence`."""

_FOR_A_KIND = re.compile(
    r"\b(?:to|for|of|with) (?:a|an) (?:\w+ ){0,2}(?:offence|case|prisoner|man|woman)\b", re.IGNORECASE
)
"""A kind of case asked about even while another is in play: `does it apply to a TACT offence?`"""

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

    A date, a word that points at one person, or a case in play makes it a case; words for people in general
    make it policy. What is left follows how sure the message was understood.
    """
    if stated.has_dates or stated.problems or is_about_one_person(turn.text):
        return False
    if is_about_anyone(turn.text):
        return True
    if _FOR_A_KIND.search(turn.text) and meets_criterion(stated):
        return True
    told = {*stated.facts, *stated.open_choices}
    of_nobody = bool(told) and told <= stated.indefinite
    if (
        of_nobody
        and (turn.state.has_case or len(told) == 1)
        and turn.intent not in ("correct_fact", "what_if")
    ):
        return True
    kind = bool(_A_KIND.search(turn.text))
    if kind and any(turn.state.facts.get(name, value) != value for name, value in stated.facts.items()):
        return turn.intent not in ("correct_fact", "what_if")
    if turn.state.has_case or len(stated.facts) > 1:
        return False
    return turn.confidence < SURE or (bool(stated.facts) and kind)


def is_about_a_case(turn: Turn, stated: StatedFacts) -> bool:
    """Whether a message understood as policy is about a case after all: it gives dates or several facts of
    one, or points at the person in play."""
    if is_about_anyone(turn.text):
        return False
    told = len(stated.facts) + len(stated.open_choices)
    return stated.has_dates or told > 1 or (turn.state.has_case and is_about_one_person(turn.text))


def asks_about_a_duty(message: str) -> bool:
    """Whether a question wants the date or the owner of a duty of somebody, not of people in general."""
    wants = re.search(
        r"\b(when|who|what date|which date|by when|how long|deadline|due)\b", message, re.IGNORECASE
    )
    return bool(wants) and not is_about_anyone(message) and not _A_KIND.search(message)


def meets_criterion(stated: StatedFacts) -> bool:
    """Whether a message names a criterion of early allocation as met."""
    return any(name.startswith("ea_") and value for name, value in stated.facts.items())


_ANOTHER = re.compile(
    r"^\W*(?:(?:ok|right|now|next|and)\W+)*(?:a |the )?(?:new|another|different|next|other)"
    r" (?:case|one|lad|man|prisoner|fella|guy|bloke|woman|person)\b",
    re.IGNORECASE,
)


def starts_another_case(turn: Turn, stated: StatedFacts) -> bool:
    """Whether a message describes somebody else than the case in play."""
    if _ANOTHER.search(turn.text):
        return True
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
