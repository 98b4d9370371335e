"""Where a message belongs: to the guidance, to the case in play, or to a new case."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.conversation.moves import bare_words
from actions.conversation.stated_facts import StatedFacts
from actions.conversation.turn import Turn

SURE = 0.6
"""From this confidence on, a message understood as a question about a case is one."""


MOST_WORDS = 14
"""At most as many words has a question that is about the case in play by its words alone."""

MOST_WORDS_DUE = 7
"""At most as many words has a question of what is due that is about the case in play."""

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
    return next((name for name, topic in _topics().items() if _asks(topic["words"], message)), None)


def particular_topic(message: str) -> str | None:
    """A particular question about the case in play, told by its words alone: `where will he be held?`."""
    topics = ((name, topic) for name, topic in _topics().items() if topic.get("particular"))
    return next((name for name, topic in topics if _asks(topic["words"], message)), None)


def _sure_topic(message: str) -> str | None:
    """A question whose words can mean nothing else: they weigh more than what the classifier made of them."""
    return next((name for name, topic in _topics().items() if _asks(topic.get("sure", []), message)), None)


def _asks(patterns: list[str], message: str) -> bool:
    return any(re.search(rf"\b(?:{words})\b", message, re.IGNORECASE) for words in patterns)


_GOES_BACK = re.compile(
    r"^(?:and|what about|how about|what of|and what about|hows|how's)\s+(?:the |his |her |their )?(.{2,40}?)[ ?]*$"
)


def named_again(message: str) -> str | None:
    """The question that a few words name against the case in play: `what about handover?`, `and parole?`"""
    found = _GOES_BACK.match(bare_words(message)) or _GOES_BACK.match(message.lower().strip())
    if found is None:
        return None
    topics = ((name, topic["named"]) for name, topic in _topics().items())
    return next((name for name, named in topics if re.fullmatch(named, found[1])), None)


def asked_topic(turn: Turn, stated: StatedFacts) -> str | None:
    """The question about a case that a message asks: by its intent, or by words among the facts.

    A few words that answer the question asked before are no question of their own.
    """
    if turn.state.asking_for in stated.facts and len(turn.text.split()) <= FEW_WORDS:
        return topic_in_words(turn.text)
    named = particular_topic(turn.text) or named_again(turn.text) or _sure_topic(turn.text)
    if named:
        return named
    asked = next((name for name, topic in _topics().items() if turn.intent == topic.get("intent")), None)
    if turn.state.topic == "early_allocation" and turn.state.asking_for and meets_criterion(stated):
        return topic_in_words(turn.text) or "early_allocation"
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


_OF_THE_POLICY = re.compile(
    r"^\W*(?:how (?:early|long|often|many|does|do|is|are|much|soon|should)"
    r"|what (?:is|are|does|counts|happens|makes|triggers)|which (?:cases|people|criteria)|what's)\b"
    r"(?!.{0,12}\b(?:due|next|overdue|outstanding)\b)(?!.*\b(?:i|me|my|we|us)\b)",
    re.IGNORECASE,
)
"""A question of how things are, with nobody in it: `how early can early allocation start`."""


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
    if not stated and _OF_THE_POLICY.match(turn.text):
        return True
    return turn.confidence < SURE or (bool(stated.facts) and kind)


def is_about_a_case(turn: Turn, stated: StatedFacts) -> bool:
    """Whether a message understood as policy is about a case after all: it gives dates or several facts of
    one, or points at the person in play."""
    if is_about_anyone(turn.text):
        return False
    if turn.state.has_case and (named_again(turn.text) or particular_topic(turn.text)):
        return True
    told = len(stated.facts) + len(stated.open_choices)
    return stated.has_dates or told > 1 or (turn.state.has_case and is_about_one_person(turn.text))


_AND_ABOUT = re.compile(
    r"^\W*(?:and |so |ok )*(?:what|how) about (?!(?:him|her|it|that|this|them|now|then|me)\b)"
    r"(?P<about>[\w' -]{2,30}?)\W*$"
    r"|^\W*and (?!(?:him|her|it|that|this|them|now|then|me|why|when|who|what|how|where|if|yes|no)\b)"
    r"(?P<and>[\w'-]{2,20})\W*$",
    re.IGNORECASE,
)


def something_else(message: str) -> str | None:
    """What a few words turn to: `rotl` in `and rotl?`, `hdc` in `what about hdc?`; None if they turn to nothing."""
    found = _AND_ABOUT.match(message)
    return (found["about"] or found["and"]) if found else None


def names_topic(message: str) -> bool:
    """Whether a question about a case stands in the words of a message."""
    return bool(particular_topic(message) or named_again(message) or topic_in_words(message))


_IS_IT = re.compile(
    r"^\W*(?:so |and |but |wait |hang on )*(?:is|was|are|isn'?t|have you got|have you|did i (?:say|tell you)"
    r"|do you have)\b",
    re.IGNORECASE,
)


def asks_what_is_noted(turn: Turn, stated: StatedFacts) -> bool:
    """Whether a message only asks after facts that are known already: `is he NPS?`, `have you got him as tier B?`

    Such a question must not change a fact.
    """
    known = stated.facts and set(stated.facts) <= set(turn.state.facts)
    return bool(known and _IS_IT.match(turn.text) and not names_topic(turn.text))


_BACK = re.compile(r"\b(?:it|that|this|these|those|one of them|any of them)\b", re.IGNORECASE)
_AND_A_KIND = re.compile(r"^\W*(?:and|what about|how about|but)\b", re.IGNORECASE)


def goes_back_to_guidance(turn: Turn) -> bool:
    """Whether a few words go back to a passage just shown, and not to a case: `who writes it`, `and for an EDS`."""
    last = turn.state.last_answer or {}
    if last.get("kind") != "policy_answer" or len(turn.text.split()) > MOST_WORDS_BACK:
        return False
    if names_topic(turn.text) or is_about_one_person(turn.text):
        return False
    if not turn.state.has_case and something_else(turn.text):
        return True
    if _AND_A_KIND.match(turn.text) and _A_KIND_SHORT.search(turn.text):
        return not turn.state.has_case
    return bool(_BACK.search(turn.text) and _ASKS_SOMETHING.match(turn.text))


_A_KIND_SHORT = re.compile(r"\b(?:an?|for|in|with) \w+", re.IGNORECASE)
_ASKS_SOMETHING = re.compile(
    r"^\W*(?:and |so |but |ok |then )*(?:who|when|what|how|where|which|does|do|is|are|can|should|must)\w*\b",
    re.IGNORECASE,
)
MOST_WORDS_BACK = 9
"""At most as many words has a question that goes back to the passage before."""

_STRONG = ("responsibility", "handover")
"""Questions whose words hardly stand in anything else, so that they are about the case in play."""


def asks_about_case_in_play(turn: Turn) -> bool:
    """Whether the words of a message ask about the case in play, whatever they were taken for."""
    if not turn.state.has_case or is_about_anyone(turn.text) or _A_KIND.search(turn.text):
        return False
    if particular_topic(turn.text) or named_again(turn.text):
        return True
    topic, length = topic_in_words(turn.text), len(turn.text.split())
    return (topic in _STRONG and length <= MOST_WORDS) or (topic == "due" and length <= MOST_WORDS_DUE)


def asks_about_a_duty(message: str) -> bool:
    """Whether a question wants the date or the owner of a duty of somebody, not of people in general."""
    wants = re.search(
        r"\b(when|who|what date|which date|by when|how long|deadline|due)\b", message, re.IGNORECASE
    )
    return bool(wants) and not is_about_anyone(message) and not _A_KIND.search(message)


def meets_criterion(stated: StatedFacts) -> bool:
    """Whether a message names a criterion of early allocation as met."""
    criterion = any(name.startswith("ea_") and value for name, value in stated.facts.items())
    return criterion or stated.facts.get("rosh") == "very_high"


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
