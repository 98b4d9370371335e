"""What a length of time is: the sentence, the time left to serve, a tariff or an age."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.nlu.facts.dates import DateExpression
from assistant.nlu.facts.durations import Duration
from assistant.nlu.facts.text import Text

_BEFORE_SENTENCE = re.compile(
    r"\b(?:got|given|gave him|gave her|doing|serving|does|sentence|sentence of|sentence is|sentence was|sentence length"
    r"|length|sentenced to|sentenced|stretch of|handed|pulled|imposed|prison for|down for|term of|years of|jailed for"
    r"|imprisonment for|copped|eds of|eds|extended|determinate of|determinate|custodial period of|weighed off with"
    r"|started a|inside for|hit with|landed|is on a|on a)(?: (?:a|an|about|around|of|for|roughly|just))*$"
)
_AFTER_SENTENCE = re.compile(
    r"^(?: s)?(?: (?:prison|custodial|straight|fixed|standard|extended|long))?"
    r" (?:sentence|determinate|eds|extended|custody|custodial|stretch|inside|term|imprisonment|in prison|sds|sopc|epp"
    r"|prison|jail|for|straight|total|overall|in all|sentenced|behind)\b"
)
_TARIFF_BEFORE = re.compile(
    r"\b(?:tariff|minimum term|min term|minimum|min)(?: (?:of|is|was|set|at|a|an|length))*$"
)
_TARIFF_AFTER = re.compile(r"^(?: s)? (?:tariff|minimum|min|to tariff length)\b(?! (?:expir|ends|up|is up))")
_LEFT_AFTER = re.compile(
    r"^ (?:left|to go|to serve|remaining|still to (?:do|serve|go)|to do|more to (?:do|serve)|or (?:so|less|more) left"
    r"|custody left|outstanding|until release|to release|till release|before release|from release|off release"
    r"|to run|still left|left to)\b"
)
_LEFT_BEFORE = re.compile(
    r"\b(?:left|time left|to serve|left to serve|remaining|time to serve|serving|to go|nps|crc|with)"
    r"(?: (?:is|was|of|about|at|sentence))*$"
)
_COMPARISON = re.compile(
    r"\b(?P<word>under|less than|fewer than|below|<|over|more than|above|>|at least|up to|at most|exactly|no more than"
    r"|no less than)$"
)
_COMPARISONS = {
    "under": "under", "less than": "under", "fewer than": "under", "below": "under", "<": "under",
    "over": "over", "more than": "over", "above": "over", ">": "over", "at least": "at_least",
    "no less than": "at_least", "up to": "at_most", "at most": "at_most", "no more than": "at_most",
    "exactly": "exactly",
}  # fmt: skip
_BARE_TEN = re.compile(
    r"\b(?:nps|crc|case|lad|serving|sentence)(?: (?:is|s|who|with|has|serving))* (?P<word>under|over|less than|more than)"
    r" (?P<number>10|ten|12|48)\b(?! (?:months?|mths?|weeks?|wks?|years?|yrs?|days?)\b)"
)
_AT_SENTENCE = re.compile(
    r"\b(?:at|from|at the? ?(?:point|date|time) of|when|on|upon) (?:the |his |her )?(?:sentence|sentenced|sentencing)\b"
)
_NOW = re.compile(r"\b(?:now|today|currently|from today|as of today|at the moment)\b")
_AGE = re.compile(
    r"\b(?:aged?|age (?:is|of)|turned|turns|just turned|he is|she is|he s|she s|they are|i think he is) (?P<a>\d{2})(?= ?(?:$|[,.;?!)]| and\b| now\b))"
    r"|(?<![\w.])(?P<b>\d{2}) (?:years?|yrs?|yr|y) ?(?:old|of age|o)\b|(?<![\w.])(?P<c>\d{2}) (?:yo|yrold|yearold)\b"
    r"|\bage (?P<d>\d{2})(?![\w.])|\baged (?P<e>\d{2})(?![\w.])"
)
YOUNGEST, OLDEST = 10, 99


@dataclass(frozen=True)
class Length:
    """A duration with its role, read from words `first` up to `past`."""

    field: str
    value: Any
    first: int
    past: int
    derived: bool = False


def _around(text: Text, first: int, past: int) -> tuple[str, str]:
    return " ".join(text.norms(first - 6, first)), "".join(" " + word for word in text.norms(past, past + 6))


def place_duration(text: Text, duration: Duration, dates: list[DateExpression]) -> Length | None:
    """The role of a duration from the words around it, or None where they give none."""
    before, after = _around(text, duration.first, duration.past)
    span = duration.first, duration.past
    if _TARIFF_AFTER.match(after) or _TARIFF_BEFORE.search(before):
        return Length("tariff_length_months", duration.months, *span) if duration.months else None
    compared = _COMPARISON.search(before)
    before_comparison = before[: compared.start()].rstrip() if compared else before
    left = _LEFT_AFTER.match(after)
    if left or (compared and _LEFT_BEFORE.search(before_comparison)):
        value: dict[str, Any] = dict(duration.parts)
        first = duration.first
        if compared:
            value["comparison"] = _COMPARISONS[compared["word"]]
            first -= len(compared["word"].split())
        value |= moment(text, duration)
        return Length("time_left", value, first, duration.past + (len(left.group().split()) if left else 0))
    if duration.months and not compared:
        if _AFTER_SENTENCE.match(after) or _BEFORE_SENTENCE.search(before):
            return Length("sentence_length_months", duration.months, *span)
        if follows := dated_from(text, duration, dates):
            years = text.norms(duration.past - 1, duration.past)[0].startswith("y")
            if years or follows.first - duration.past == 0:
                return Length("sentence_length_months", duration.months, *span)
    return None


def dated_from(text: Text, duration: Duration, dates: list[DateExpression]) -> DateExpression | None:
    """The date that a duration runs from: "9 years from 2/11/23"."""
    for expression in dates:
        gap = text.norms(duration.past, expression.first)
        if expression.first >= duration.past and len(gap) <= 3 and set(gap) <= _FROM:
            return expression
    return None


_FROM = {
    "from",
    "on",
    "starting",
    "since",
    "imposed",
    "dated",
    "beginning",
    "given",
    "back",
    "in",
    "commencing",
    "the",
}


def moment(text: Text, duration: Duration) -> dict[str, str]:
    """Whether time left is counted at sentence or now, where the words say so."""
    before, after = _around(text, duration.first, duration.past)
    nearby = f"{before} {after}"
    if _AT_SENTENCE.search(nearby):
        return {"at": "sentence"}
    return {"at": "now"} if _NOW.search(nearby) else {}


def find_ages(text: Text) -> Iterator[Length]:
    """Ages said as such: "24 yo", "aged 24", "he's 24"."""
    for match in _AGE.finditer(text.canonical):
        age = int(next(group for group in match.groups() if group))
        if YOUNGEST <= age <= OLDEST:
            yield Length("age_years", age, *text.indices(*match.span()))


def find_bare_tens(text: Text) -> Iterator[Length]:
    """ "NPS under 10": the model's short name for cases with under ten months to serve."""
    for match in _BARE_TEN.finditer(text.canonical):
        number = 10 if match["number"] == "ten" else int(match["number"])
        unit = "weeks" if number == 12 else "months"
        first, past = text.indices(match.start("word"), match.end())
        comparison = _COMPARISONS[match["word"]]
        yield Length("time_left", {unit: number, "comparison": comparison, "at": "sentence"}, first, past)
