"""Levels: risk of serious harm, custody tier, MAPPA level, RSR score."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.nlu.facts.text import Text

LEVELS = {
    "very high": "very_high", "v high": "very_high", "vh": "very_high", "vhigh": "very_high",
    "veryhigh": "very_high", "high": "high", "medium": "medium", "med": "medium", "moderate": "medium",
    "low": "low", "mid": "medium",
}  # fmt: skip
_SHORT_ROSH = {
    "vhrosh": "very_high", "vhroh": "very_high", "vhrsh": "very_high", "vhr": "very_high",
    "hrosh": "high", "hroh": "high", "mrosh": "medium", "mroh": "medium", "lrosh": "low", "lroh": "low",
}  # fmt: skip
_LEVEL = rf"(?P<level>{'|'.join(LEVELS)})"
_HARM = r"(?:rosh|roh|rsh|risk of serious harm|risk of harm|serious harm|risk level|risk|harm)"
_HARM_LEVEL = re.compile(
    rf"\b{_HARM}(?: (?:level|is|was|now|of|as|at|to|assessed|assessment|he|she|s|be|been|remains|still|currently"
    rf"|rated|rating|gone|went|up|down|comes|came|out|has|him|her|it))* {_LEVEL}\b(?! (?:profile|security))"
)
_LEVEL_HARM = re.compile(rf"\b{_LEVEL} {_HARM}\b")
_SHORT = re.compile(rf"\b(?P<short>{'|'.join(_SHORT_ROSH)})\b")
_BARE_LEVEL = re.compile(rf"\b{_LEVEL}\b")
_TIER = re.compile(
    r"\b(?:tier|tiered|tiering)(?: (?:is|was|now|of|as|at|s|he|she|to|currently|level))* (?P<tier>[abcd])\b"
)
_MAPPA_NUMBERS = {"1": 1, "2": 2, "3": 3, "one": 1, "two": 2, "three": 3, "i": 1, "ii": 2, "iii": 3}
_N = r"(?P<level>1|2|3|one|two|three|ii|iii)"
_MAPPA = re.compile(
    rf"\b(?:(?P<active>active|actively|currently|presently)(?: (?:is|being|managed|at|under|as|a|on))* )?"
    rf"mappa(?: (?:is|was|now|of|as|at|s|level|lvl|l|set|case|currently|managed))* {_N}\b"
    r"(?P<after>(?: ,)? (?:is )?(?:currently |being )?active(?:ly)?(?: managed)?)?"
)
_LEVEL_MAPPA = re.compile(
    rf"\b(?:(?P<active>active|actively|currently)(?: (?:being|managed|at))* )?(?:level|lvl) {_N} mappa\b"
    r"(?P<after> active)?"
)
_ACTIVE_LEVEL = re.compile(rf"\bactive(?:ly)? managed (?:at|on|as)(?: mappa)? (?:level|lvl) {_N}\b")
_NO_MAPPA = re.compile(r"\bmappa(?: (?:is|level|s))* (?:none|nil|0|no level)\b|\b(?:non mappa|mappa n a)\b")
_RSR = re.compile(r"\brsr(?: (?:score|is|was|of|at|s|static|dynamic))* (?P<score>\d+(?:\.\d+)?)%?(?![\w.])")
_AMBIGUOUS_BETWEEN = {"or", "and", "to"}


@dataclass(frozen=True)
class Level:
    """A level read from words `first` up to `past`."""

    field: str
    value: Any
    first: int
    past: int


def _one_of_several(text: Text, first: int, past: int, choices: set[str]) -> bool:
    """Whether another of the same `choices` stands beside it: "low or medium risk", "tier A/B"."""
    before, after = text.norms(first - 2, first), text.norms(past, past + 2)
    return (
        bool(before and before[-1] in choices - {"a"})
        or bool(after and after[0] in choices - {"a"})
        or (len(before) == 2 and before[1] in _AMBIGUOUS_BETWEEN and before[0] in choices)
        or (len(after) == 2 and after[0] in _AMBIGUOUS_BETWEEN and after[1] in choices)
    )


def find_levels(text: Text) -> Iterator[Level]:
    """The levels whose field is plain from the words."""
    canonical = text.canonical
    words = {word for level in LEVELS for word in level.split()}
    for pattern in (_HARM_LEVEL, _LEVEL_HARM):
        for match in pattern.finditer(canonical):
            level = text.indices(*match.span("level"))
            if not _one_of_several(text, *level, words):
                yield Level("rosh", LEVELS[match["level"]], *text.indices(*match.span()))
    for match in _SHORT.finditer(canonical):
        yield Level("rosh", _SHORT_ROSH[match["short"]], *text.indices(*match.span()))
    for match in _TIER.finditer(canonical):
        if not _one_of_several(text, *text.indices(*match.span("tier")), set("abcd")):
            yield Level("tier", match["tier"].upper(), *text.indices(*match.span()))
    for pattern in (_MAPPA, _LEVEL_MAPPA):
        for match in pattern.finditer(canonical):
            first, past = text.indices(*match.span())
            at = text.indices(*match.span("level"))
            if _one_of_several(text, *at, set(_MAPPA_NUMBERS)):
                continue
            active = match["active"] or match["after"]
            yield Level(
                "mappa_active_level" if active else "mappa_level", _MAPPA_NUMBERS[match["level"]], first, past
            )
    for match in _ACTIVE_LEVEL.finditer(canonical):
        level = _MAPPA_NUMBERS[match["level"]]
        yield Level("mappa_active_level", level, *text.indices(*match.span()))
    for match in _NO_MAPPA.finditer(canonical):
        yield Level("mappa_level", "none", *text.indices(*match.span()))
    for match in _RSR.finditer(canonical):
        yield Level("rsr_score", float(match["score"]), *text.indices(*match.span()))


def find_bare_levels(text: Text, taken: set[int]) -> Iterator[Level]:
    """Levels that stand alone as an item of a list or as the whole answer: "nps, high, tier B"; "medium"."""
    for match in _BARE_LEVEL.finditer(text.canonical):
        first, past = text.indices(*match.span())
        if not taken.isdisjoint(range(first, past)):
            continue
        words = {word for level in LEVELS for word in level.split()}
        if _one_of_several(text, first, past, words):
            continue
        before = text.norms(first - 1, first)
        after = text.norms(past, past + 1)
        opens = not before or first - 1 in taken or before[0] in _OPENERS
        closes = not after or past in taken or after[0] in _CLOSERS
        if opens and closes:
            yield Level("level", LEVELS[match["level"]], first, past)


_OPENERS = {
    ",", ";", ".", "(", "and", "is", "s", "now", "meant", "its", "it", "was", "probably", "think", "a",
    "assessed", "as", "be", "to", "say", "mean", "just", "maybe", "actually", "sorry", "no", "still",
    "fairly", "put", "got", "with", "currently", "but", "yes", "yeah",
}  # fmt: skip
_CLOSERS = {
    ",", ";", ".", ")", "and", "?", "!", "now", "i", "then", "please", "not", "today", "but", "with",
    "sorry", "actually", "at", "on", "think", "so", "who", "what", "when", "is", "does", "how", "for",
    "rather",
}  # fmt: skip
