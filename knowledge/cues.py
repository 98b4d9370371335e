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
