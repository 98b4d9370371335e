"""What a question lets slip: which document it is about, and whether it asks for a time or a number."""

import re
from functools import lru_cache
from pathlib import Path

from knowledge.catalogue import load_yaml
from knowledge.lexicon import STOP_WORDS, tokens

_TIMING = re.compile(
    r"\b(?:when|how (?:long|soon|often|quick(?:ly)?|frequent(?:ly)?|early|late|far|many (?:days|weeks|months|years))|"
    r"deadlines?|time ?scales?|time ?limit|due|by what date|max time|within|how much time|at what point|cut ?off|"
    r"what stage|frequency|cycle|every)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\b(?:how many|how much|what (?:percent\w*|share|proportion|number)|percent\w*|figure)\b|%", re.I
)
_NUMERAL = r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|forty five|fifteen)"
_TIME = re.compile(
    rf"\b{_NUMERAL}(?:\s?[-–]\s?\d+)?[\s-](?:working )?(?:minutes?|hours?|days?|weeks?|months?|years?)\b|"
    r"\b(?:weekly|monthly|daily|annually|fortnightly|bimonthly|immediately|promptly|first two weeks)\b|"
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{4}\b|\bin \d{4}\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d|per cent|\b(?:third|quarter|half|majority|two|three|four|five|six)\b", re.IGNORECASE
)


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    data = load_yaml(Path(__file__).with_name("editions.yaml"))
    return {slug: tuple(re.compile(p, re.IGNORECASE) for p in patterns) for slug, patterns in data.items()}


def cued_documents(question: str) -> frozenset[str]:
    """The documents that a question's words point to, and "before_model" for the position before the model."""
    return frozenset(
        slug
        for slug, patterns in _patterns().items()
        if any(pattern.search(question) for pattern in patterns)
    )


def asks_time(question: str) -> bool:
    """Whether a question asks when, how long or how often."""
    return bool(_TIMING.search(question))


def asks_number(question: str) -> bool:
    """Whether a question asks how many or what share."""
    return bool(_NUMBER.search(question))


def states_time(text: str) -> bool:
    """Whether a text states a time: "within 48 hours", "every two years"."""
    return bool(_TIME.search(text))


def states_number(text: str) -> bool:
    """Whether a text states a figure."""
    return bool(_FIGURE.search(text))


_ASKING = r"(?:who|whos|when|whens|what|whats|how|where|which|why)"
_AND = re.compile(rf"\s*(?:,|;|\?|\band\b|\bor\b)+\s*(?:and\s+)?(?={_ASKING}\b)", re.IGNORECASE)
_FIRST_WORD = re.compile(rf"^{_ASKING}(?: (?:long|soon|often|many))?\b\s*", re.IGNORECASE)


def parts_of(question: str) -> list[str]:
    """The parts of a question that asks several things, each able to stand alone; empty when it asks one.

    >>> parts_of("who writes the sentence plan and when is it due")
    ['who writes the sentence plan', 'when is it due writes the sentence plan']
    """
    parts = [part.strip(" ,;?") for part in _AND.split(question)]
    parts = [part for part in parts if part]
    if len(parts) < 2 or not _FIRST_WORD.match(parts[0]):
        return []
    about = _FIRST_WORD.sub("", parts[0])
    return [parts[0], *(part if _stands_alone(part) else f"{part} {about}" for part in parts[1:])]


def _stands_alone(part: str) -> bool:
    """Whether a part says what it is about ("when is it due" does not)."""
    named = [word for word in tokens(part) if word not in STOP_WORDS]
    points_back = re.search(r"\b(?:it|that|this|they|them|those|one|he|she|him|her)\b", part, re.IGNORECASE)
    return len(named) > 2 or (len(named) == 2 and not points_back)


_NAMES = re.compile(
    r"^(?:(?:hi|hello|please|pls|so|ok|and)[, ]+)*(?:what(?:['’]?s| is| are| does)|wots?|define|explain|meaning of)\s+"
    r"(?:an? |the |meant by )*(?P<thing>(?:[\w'’/-]+ ?){1,5}?)(?: mean| means| about)?\s*\?*$",
    re.IGNORECASE,
)


def thing_asked(question: str) -> str | None:
    """What a question asks the nature of, where it names nothing else ("what is enhanced behaviour monitoring").

    >>> thing_asked("whats a PIPE?")
    'PIPE'
    >>> thing_asked("what happens at a handover meeting with the com and the pom") is None
    True
    """
    found = _NAMES.match(question.strip())
    return found.group("thing").strip() if found else None
