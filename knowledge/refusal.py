"""What must not be answered: other subjects, forbidden requests, and neighbouring subjects the guidance
leaves out."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from knowledge.catalogue import load_yaml

RefusalKind = Literal["not_permitted", "out_of_scope", "not_in_guidance"]
KINDS: tuple[RefusalKind, ...] = ("not_permitted", "out_of_scope", "not_in_guidance")


@dataclass(frozen=True)
class RefusalTopic:
    """A class of questions that is refused, with examples of how they are put."""

    kind: RefusalKind
    topic: str
    reply: str | None
    examples: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True)
class Premise:
    """Something taken for granted that the guidance contradicts: its correction and the verbatim words."""

    correction: str
    document: str
    quote: str
    assumes: tuple[str, ...]


@lru_cache(maxsize=1)
def refusal_topics() -> tuple[RefusalTopic, ...]:
    """The topics of refusals.yaml."""
    data = load_yaml(Path(__file__).with_name("refusals.yaml"))
    return tuple(
        RefusalTopic(
            kind,
            entry["topic"],
            entry.get("reply"),
            tuple(str(example) for example in entry["examples"]),
            tuple(re.compile(pattern, re.IGNORECASE) for pattern in entry.get("patterns", ())),
        )
        for kind in KINDS
        for entry in data[kind]
    )


@lru_cache(maxsize=1)
def premises() -> tuple[Premise, ...]:
    """The mistaken premises of premises.yaml."""
    return tuple(
        Premise(
            entry["correction"], entry["document"], entry["quote"], tuple(str(a) for a in entry["assumes"])
        )
        for entry in load_yaml(Path(__file__).with_name("premises.yaml"))
    )


def forbidden_by_pattern(question: str) -> RefusalTopic | None:
    """The topic whose pattern a question matches ("ignore your instructions ..."), or None."""
    for topic in refusal_topics():
        if any(pattern.search(question) for pattern in topic.patterns):
            return topic
    return None


_PRESUMES = re.compile(
    r"^(?:so )?(?:since|as|because|seeing as|given that|now(?: that)?|if|when)\b|"
    r"\b(?:right\?|right,|isn'?t it|aren'?t they|don'?t they|doesn'?t it|dont they|isnt it|yeah\?)|"
    r"\b(?:correct\?|innit)|"
    r"\b(?:since|because|seeing as|now that|so)\b",
    re.IGNORECASE,
)


def presumes(question: str) -> bool:
    """Whether a question is put so that it takes something for granted ("since ...", "... right?")."""
    return bool(_PRESUMES.search(question))


_ASSERTS = re.compile(
    r"^(?:(?:so|ok|and),? )*(?:since|as (?!an? )|because|seeing (?:as|that)|given|now)\b|"
    r"\b(?:right|correct|yeah|innit|isn'?t it|aren'?t they|(?:don|doesn)'?t (?:they|it|he|she|you))\s*\?*$",
    re.IGNORECASE,
)


def asserts(question: str) -> bool:
    """Whether a question states something as settled ("since crcs hold him, ...", "it is 8 weeks, right?")."""
    return bool(_ASSERTS.search(question))


_ASKS_FACT = re.compile(r"^(?:so )?(?:who|when|which|where|what|whats|does|do|is|are)\b", re.IGNORECASE)
_VAGUE_TERMS = 1  # content words up to which a question names a subject and asks for nothing
_SAME = 0.8  # cosine from which a question is the example itself in other words


def only_resembles(question: str, topic: RefusalTopic, terms: int, nearness: float) -> bool:
    """Whether a question is merely near a forbidden request: "what about victims?" asks for nobody's name, and
    "who writes the OASys on remand?" does not ask for one to be written."""
    if topic.kind != "not_permitted" or nearness >= _SAME:
        return False
    return terms <= _VAGUE_TERMS or (
        topic.topic == "deciding or falsifying" and bool(_ASKS_FACT.match(question))
    )
