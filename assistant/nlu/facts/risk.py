"""Levels: risk of serious harm, custody tier, MAPPA level, RSR score."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.nlu.facts.text import Text

LEVELS = {
    "very high": "very_high", "v . high": "very_high", "v high": "very_high", "vh": "very_high", "vhigh": "very_high",
    "veryhigh": "very_high", "high": "high", "medium": "medium", "med": "medium", "moderate": "medium",
    "low": "low", "mid": "medium",
}  # fmt: skip
_SHORT_ROSH = {
    "vhrosh": "very_high", "vhroh": "very_high", "vhrsh": "very_high", "vhr": "very_high",
    "hrosh": "high", "hroh": "high", "mrosh": "medium", "mroh": "medium", "lrosh": "low", "lroh": "low",
}  # fmt: skip
_LEVELS = "|".join(re.escape(level).replace("\\ ", " ") for level in LEVELS)
_LEVEL = rf"(?P<level>{_LEVELS})"
_HARM = r"(?:rosh|roh|rsh|risk of serious harm|risk of harm|serious harm|risk level|risk|harm)"
_HARM_LEVEL = re.compile(
    rf"\b{_HARM}(?: (?:level|is|was|now|of|as|at|to|assessed|assessment|he|she|s|be|been|remains|still|currently"
    rf"|rated|rating|gone|went|up|down|comes|came|out|has|him|her|it))* {_LEVEL}\b(?! (?:profile|security))"
)
_LEVEL_HARM = re.compile(rf"\b{_LEVEL} {_HARM}\b")
_LETTER_LEVELS = {"vh": "very_high", "h": "high", "m": "medium", "l": "low"}
_LETTER_HARM = re.compile(
    r"\b(?:rosh|roh)(?: (?:is|was|now|level|at|s))* (?P<after>vh|h|m|l)(?= [,.;)]|$| (?:and|tier|nps|crc|mappa))"
    r"|\b(?P<before>vh|h|m|l) (?:rosh|roh)\b"
)
_SHORT = re.compile(rf"\b(?P<short>{'|'.join(_SHORT_ROSH)})\b")
_BARE_LEVEL = re.compile(rf"\b{_LEVEL}\b")
_FROM_TO = re.compile(
    rf"\bfrom (?:an? )?(?:{_LEVELS})(?: {_HARM})? (?:up |down )?to (?:an? )?{_LEVEL}(?: {_HARM})?\b"
)
"""A change: what it was changed to counts."""
_MOVED_TO = re.compile(
    rf"\b(?:bumped|gone|went|moved|put|raised|lowered|dropped|increased|reduced|escalated|upgraded|downgraded|assessed)"
    rf"(?: (?:up|down|him|her|it|back))* (?:(?:to|as|from (?:{_LEVELS}) to) |(?<=assessed )){_LEVEL}\b"
)
_TOWARDS = re.compile(
    rf"\b{_LEVEL}(?: {_HARM})?(?: (?:posed|assessed))? (?:to|towards|for|on) (?:the |a |his |her |any |all |other )?"
    r"(?:general public|public|children|child|kids|staff|known adults?|adults?|prisoners?|partners?"
    r"|ex partners?|exes|ex|women|females?|family|others|victims?|professionals)\b"
)
_ORDER = ("low", "medium", "high", "very_high")
_TIER_FROM_TO = re.compile(
    r"\b(?:tier )?(?:from )?(?:tier )?[abcd] to (?:an? )?tier (?P<tier>[abcd])\b"
    r"|\btier(?:ing)? (?:\w+ ){0,3}?(?:from )?[abcd] to (?P<other>[abcd])\b"
)
_LETTER_TIER = re.compile(r"\b(?P<tier>[abcd]) tier\b(?! of\b)")
_OTHER_SCORES = {
    "ogrs", "ogp", "ovp", "osp", "sara", "rsr", "obp", "rosp", "reoffending", "reconviction", "complexity",
    "motivation", "security", "priority", "needs", "need", "score", "likelihood", "engagement", "iq",
}  # fmt: skip
_TIER = re.compile(
    r"\b(?:tier|tiered|tiering)(?: (?:is|was|now|of|as|at|s|he|she|to|currently|level))* (?P<tier>[abcd])\b"
    r"|\btier(?P<joined>[abcd])\b"
)
_MAPPA_NUMBERS = {"1": 1, "2": 2, "3": 3, "one": 1, "two": 2, "three": 3, "i": 1, "ii": 2, "iii": 3}
_N = r"(?P<level>1|2|3|one|two|three|ii|iii)"
_MAPPA = re.compile(
    rf"\b(?:(?P<active>active|actively|currently|presently)(?: (?:is|being|managed|at|under|as|a|on))* )?"
    rf"mappa(?: (?:cat|category) [1234] ?,?)?"
    rf"(?: (?:is|was|now|of|as|at|s|level|lvl|l|set|case|currently|managed|has|been))* {_N}\b"
    r"(?! (?:meetings?|panels?|referrals?|screenings?|coordinator))"
    r"(?P<after>(?: ,)? (?:is )?(?:currently |being )?active(?:ly)?(?: managed)?)?"
)
_LEVEL_MAPPA = re.compile(
    rf"\b(?:(?P<active>active|actively|currently)(?: (?:being|managed|at))* )?(?:level|lvl) {_N} mappa\b"
    r"(?P<after> active)?"
)
_MAPPA_FROM_TO = re.compile(rf"\bmappa(?: \w+){{0,4}}? from(?: level)? [123] to(?: level)? {_N}\b")
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
    words = {word for level in LEVELS for word in level.split() if word.isalpha()}
    yield from _harm_towards(text)
    for pattern in (_FROM_TO, _MOVED_TO):
        for match in pattern.finditer(canonical):
            if not _of_another_score(text, text.indices(*match.span())[0]):
                yield Level("rosh", LEVELS[match["level"]], *text.indices(*match.span()))
    for pattern in (_HARM_LEVEL, _LEVEL_HARM):
        for match in pattern.finditer(canonical):
            level = text.indices(*match.span("level"))
            if not _one_of_several(text, *level, words):
                yield Level("rosh", LEVELS[match["level"]], *text.indices(*match.span()))
    for match in _TIER_FROM_TO.finditer(canonical):
        yield Level("tier", (match["tier"] or match["other"]).upper(), *text.indices(*match.span()))
    for match in _LETTER_TIER.finditer(canonical):
        first, past = text.indices(*match.span())
        start, _ = text.characters(first, past)
        if match["tier"] != "a" or (text.message[start] == "A" and text.norms(first - 1, first) != ["tier"]):
            yield Level("tier", match["tier"].upper(), first, past)
    for match in _LETTER_HARM.finditer(canonical):
        letter = match["after"] or match["before"]
        yield Level("rosh", _LETTER_LEVELS[letter], *text.indices(*match.span()))
    for match in _SHORT.finditer(canonical):
        yield Level("rosh", _SHORT_ROSH[match["short"]], *text.indices(*match.span()))
    for match in _TIER.finditer(canonical):
        letter = "tier" if match["tier"] else "joined"
        if not _one_of_several(text, *text.indices(*match.span(letter)), set("abcd")):
            yield Level("tier", match[letter].upper(), *text.indices(*match.span()))
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
    for match in _MAPPA_FROM_TO.finditer(canonical):
        yield Level("mappa_level", _MAPPA_NUMBERS[match["level"]], *text.indices(*match.span()))
    for match in _ACTIVE_LEVEL.finditer(canonical):
        level = _MAPPA_NUMBERS[match["level"]]
        yield Level("mappa_active_level", level, *text.indices(*match.span()))
    for match in _NO_MAPPA.finditer(canonical):
        yield Level("mappa_level", "none", *text.indices(*match.span()))
    for match in _RSR.finditer(canonical):
        yield Level("rsr_score", float(match["score"]), *text.indices(*match.span()))


def _harm_towards(text: Text) -> Iterator[Level]:
    """The risk to each group ("medium to staff, high to public"): the highest is the level of the case."""
    found = list(_TOWARDS.finditer(text.canonical))
    if not found or (len(found) == 1 and not re.search(rf"\b{_HARM}\b", text.canonical)):
        return
    said = [match for pattern in (_HARM_LEVEL, _LEVEL_HARM) for match in pattern.finditer(text.canonical)]
    highest = max((LEVELS[match["level"]] for match in [*found, *said]), key=_ORDER.index)
    first = min(match.start() for match in [*found, *said])
    last = max(match.end() for match in [*found, *said])
    yield Level("rosh", highest, *text.indices(first, last))


def _of_another_score(text: Text, first: int) -> bool:
    """Whether a level is that of something else: "OGRS is low", "motivation high"."""
    for index in range(first - 1, max(first - 4, -1), -1):
        if text.words[index].kind == "mark":
            return False
        if text.words[index].norm in _OTHER_SCORES:
            return True
    return False


def find_bare_levels(text: Text, taken: set[int]) -> Iterator[Level]:
    """Levels that stand alone as an item of a list or as the whole answer: "nps, high, tier B"; "medium"."""
    for match in _BARE_LEVEL.finditer(text.canonical):
        first, past = text.indices(*match.span())
        if not taken.isdisjoint(range(first, past)):
            continue
        words = {word for level in LEVELS for word in level.split() if word.isalpha()}
        if match["level"] == "mid" and set(text.norms(past, past + 1)) - {*_CLOSERS, "risk"}:
            continue  # "mid 2027"
        if _one_of_several(text, first, past, words) or _of_another_score(text, first):
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
