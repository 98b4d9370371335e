"""What a length of time is: the sentence, the time left to serve, a tariff or an age."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.nlu.facts.dates import MONTHS, DateExpression
from assistant.nlu.facts.durations import Duration, number_of
from assistant.nlu.facts.text import Text
from assistant.nlu.facts.vocabulary import shared_vocabulary

_SERVED = re.compile(
    r"^ (?:in|into|served|done|so far)\b"
    r"(?! (?:prison|custody|jail|all|total|the|"
    rf"(?:early |late |mid )?(?:{'|'.join(MONTHS)}|[a-z]{{3}} (?:20)?\d\d|(?:19|20)\d\d)\b))"
)
_FILLER = r"(?: (?:a|an|about|around|of|for|at|is|was|s|just|set|roughly|length))*"
_OF_THE_WHOLE = re.compile(
    r"\b(?:served|done|into|half|through)(?: \S+){0,3} (?:of|into|through) (?:his|her|a|an|the|their)$"
)
""" "served 4 of his 8 years" tells the whole."""
_SENTENCED_ON = re.compile(r"\bsentenced (?:on |in )?(?:\S+ ){1,4}to(?: a)?$")
_COMPARISONS = {
    "less than": "under", "fewer than": "under", "under": "under", "below": "under", "<": "under",
    "no more than": "at_most", "more than": "over", "over": "over", "above": "over", ">": "over",
    "no less than": "at_least", "at least": "at_least", "up to": "at_most", "at most": "at_most",
    "exactly": "exactly",
}  # fmt: skip
_COMPARED = "|".join(sorted(_COMPARISONS, key=len, reverse=True))
_COMPARISON = re.compile(rf"(?:^|\s)(?P<word>{_COMPARED})(?: a)?$")
_BARE_TEN = re.compile(
    r"\b(?:nps|crc|case|lad|serving|sentence)(?: (?:is|s|who|with|has|serving))*"
    r" (?P<word>under|over|less than|more than) (?P<number>10|ten|12|48)\b"
    r"(?! (?:months?|mths?|weeks?|wks?|years?|yrs?|days?)\b)"
)
AT_SENTENCE = re.compile(
    r"\b(?:at|from|at the (?:point|date|time) of|point of|when|on|upon)"
    r" (?:the |his |her |he was |she was )?(?:sentence|sentenced|sentencing)\b"
)
_NOW = re.compile(r"\b(?:now|today|currently|at the moment)\b")
_AGED = (
    r"(?<!when he )(?<!when she )(?:aged|age|age is|age of|now|turned|just turned|he is|she is|he s|she s|they are"
    r"|is only)"
)
_AGE_ENDS = r"(?=$| [,.;?!)]| (?:and|now|not|with|but|so|nps|crc|tier)\b)"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_AGES = re.compile(
    rf"\b{_AGED} (?P<said>\d{{2}}){_AGE_ENDS}"
    rf"|\b{_AGED} (?P<words>(?:eighteen|nineteen|(?:twenty|thirty|forty|fifty)(?: (?:{_ONES}))?)){_AGE_ENDS}"
    r"|(?<!when he )(?<!when she )\bturned (?P<turned>\d{2}) (?:in|on|last|this|yesterday|today|at)\b"
    r"|(?<![\w.])(?P<old>\d{2}) (?:years?|yrs?|yr|y) ?(?:old|of age|o)\b"
    r"|(?<![\w.])(?P<yo>\d{2}) (?:yo|yrold|yearold)\b|\baged? (?P<aged>\d{2})(?![\w.])"
)
YOUNGEST, OLDEST = 10, 99
# The bounds that the model draws: a comparison with one of them is about time left to serve.
_BOUNDS = ({"months": 10}, {"weeks": 12}, {"months": 12}, {"months": 24}, {"months": 48})


@dataclass(frozen=True)
class Length:
    """A duration with its role, read from words `first` up to `past`."""

    field: str
    value: Any
    first: int
    past: int


@lru_cache(maxsize=1)
def _cues() -> dict[str, re.Pattern[str]]:
    """The words of the vocabulary's `lengths`, before the length (anchored at its end) or after it."""
    cues = {}
    for name, alternatives in shared_vocabulary().lengths.items():
        before = name.endswith("before")
        cues[name] = re.compile(rf"\b{alternatives}{_FILLER}$" if before else rf"^(?: s)? {alternatives}\b")
    return cues


def _around(text: Text, duration: Duration) -> tuple[str, str]:
    before = " ".join(text.norms(duration.first - 7, duration.first))
    return before, "".join(f" {word}" for word in text.norms(duration.past, duration.past + 7))


def compared(text: Text, duration: Duration) -> re.Match[str] | None:
    """The comparison before a length: "under 10 months"."""
    return _COMPARISON.search(_around(text, duration)[0])


def comparison_of(match: re.Match[str]) -> str:
    """`under`, `over`, `at_least`, `at_most` or `exactly`."""
    return _COMPARISONS[match["word"]]


def place_duration(text: Text, duration: Duration, dates: Iterable[DateExpression]) -> Length | None:
    """The role of a duration from the words around it, or None where they give none."""
    cues = _cues()
    before, after = _around(text, duration)
    span = duration.first, duration.past
    if duration.months and (cues["tariff_after"].match(after) or cues["tariff_before"].search(before)):
        return Length("tariff_length_months", duration.months, *span)
    if cues["plainly_left_before"].search(before):
        return Length("time_left", {**duration.parts, **_moment(before, after)}, *span)
    comparison = compared(text, duration)
    left = cues["left_after"].match(after)
    if comparison:
        lead = before[: comparison.start()].rstrip(" ,")
        if left or cues["left_before"].search(lead) or duration.parts in _BOUNDS:
            value = {**duration.parts, "comparison": comparison_of(comparison), **_moment(before, after)}
            words = len(comparison["word"].split())
            return Length("time_left", value, duration.first - words, duration.past + _words(left))
        return None
    if left:
        value = {**duration.parts, **_moment(before, after)}
        return Length("time_left", value, duration.first, duration.past + _words(left))
    if not duration.months or duration.vague:
        return None
    if _SERVED.match(after):
        return Length("time_served", duration.parts, *span)
    of_sentence = cues["sentence_after"].match(after) or cues["sentence_before"].search(before)
    if of_sentence or _SENTENCED_ON.search(before) or _OF_THE_WHOLE.search(before):
        return Length("sentence_length_months", duration.months, *span)
    dated = dated_from(text, duration, dates)
    said = dated and {"imposed", "dated", "given", "commencing", "starting"} & set(
        text.norms(duration.past, dated.first)
    )
    in_years = text.norms(duration.past - 1, duration.past)[0].startswith("y")
    if dated and (in_years or said or dated.first == duration.past):
        return Length("sentence_length_months", duration.months, *span)
    return None


def _words(match: re.Match[str] | None) -> int:
    return len(match.group().split()) if match else 0


def dated_from(text: Text, duration: Duration, dates: Iterable[DateExpression]) -> DateExpression | None:
    """The date that a duration runs from: "9 years from 2/11/23"."""
    for expression in dates:
        gap = text.norms(duration.past, expression.first)
        if expression.first >= duration.past and len(gap) <= 4 and set(gap) <= _FROM:
            return expression
    return None


_FROM = {
    "from", "on", "starting", "since", "imposed", "dated", "beginning", "given", "back", "in", "commencing",
    "the", "sentence", "prison", "custody", "determinate", "eds", "inside", "tariff", "minimum", "min", "term",
}  # fmt: skip


def _moment(before: str, after: str) -> dict[str, str]:
    """Whether time left is counted at sentence or now, where the words say so."""
    nearby = f"{before} {after}"
    if AT_SENTENCE.search(nearby):
        return {"at": "sentence"}
    return {"at": "now"} if _NOW.search(nearby) else {}


def find_ages(text: Text) -> Iterator[Length]:
    """Ages said as such: "24 yo", "aged 24", "he's 24"."""
    for match in _AGES.finditer(text.canonical):
        age = int(number_of(next(group for group in match.groups() if group)) or 0)
        if YOUNGEST <= age <= OLDEST:
            yield Length("age_years", age, *text.indices(*match.span()))


def find_bare_tens(text: Text) -> Iterator[Length]:
    """ "NPS under 10": the model's short name for cases with under ten months to serve."""
    for match in _BARE_TEN.finditer(text.canonical):
        number = 10 if match["number"] == "ten" else int(match["number"])
        unit = "weeks" if number == 12 else "months"
        first, past = text.indices(match.start("word"), match.end())
        value = {unit: number, "comparison": _COMPARISONS[match["word"]], "at": "sentence"}
        yield Length("time_left", value, first, past)
