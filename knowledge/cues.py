"""What a question lets slip: which document it is about, and whether it asks for a time or a number."""

import re
from functools import lru_cache
from pathlib import Path

from knowledge.catalogue import load_yaml

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

    >>> parts_of("who writes the sentence plan and when")
    ['who writes the sentence plan', 'when writes the sentence plan']
    """
    parts = [part.strip(" ,;?") for part in _AND.split(question)]
    parts = [part for part in parts if part]
    if len(parts) < 2 or not _FIRST_WORD.match(parts[0]):
        return []
    about = _FIRST_WORD.sub("", parts[0])
    return [part if len(part.split()) > 3 else f"{part} {about}" for part in parts]
