"""Why the nearest passage may not answer after all: what was asked for is not in it."""

import re

from knowledge.cues import asks_number, states_number, thing_asked
from knowledge.lexicon import STOP_WORDS, Lexicon, stem, tokens
from knowledge.passages import Passage

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TODAY = re.compile(
    r"\b(?:today|now(?:adays)?|current(?:ly)?|still|latest|at the moment|these days)\b", re.IGNORECASE
)
_STOPS = frozenset(stem(word) for word in STOP_WORDS)


def falls_short(
    question: str, passage: Passage, known: frozenset[str], older: bool, lexicon: Lexicon
) -> bool:
    """Whether a passage lacks what a question asks for. `known` are the stems of the words of the passage and of its
    nearest bank question; `older` whether it is a standard or a report of 2007 or 2008."""
    said = f"{passage.heading} {passage.context} {passage.text}"
    if asks_number(question):
        asked_years = set(_YEAR.findall(question))
        if asked_years - set(_YEAR.findall(f"{said} {passage.document}")) or not states_number(said):
            return True  # "what percentage in 2024", and the passage has the figure of 2022
    if older and _TODAY.search(question):
        return True
    thing = thing_asked(question)
    if thing is None:
        return False
    named = {stem(word) for word in tokens(lexicon.query(thing).canonical)}
    return (
        not named - _STOPS <= known
    )  # "what is enhanced behaviour monitoring", and the passage is on behaviour
