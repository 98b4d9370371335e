"""Dates in words, day first and strict. What is not a day of the calendar is said to be so, never guessed at.

A value is an ISO date, or one of

- `{"partial": "2027-03"}` without a day, `{"partial": "2027"}` without a month;
- `{"partial": "--03-14"}` without a year, `{"partial": "--03"}` a month alone;
- `{"relative": {...}}`, against today or an `anchor` (actions/conversation/relative_dates.py works it out);
- `{"invalid": "31/02/2027", "reason": "..."}`.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.nlu.facts.durations import Duration
from assistant.nlu.facts.text import Text, Word

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_MONTH_NUMBERS = {name: n for n, name in enumerate(MONTHS, 1)} | {
    name[:3]: n for n, name in enumerate(MONTHS, 1)
}
_MONTH_NUMBERS |= {"sept": 9}
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEKDAY_NAMES = {name: name for name in WEEKDAYS} | {
    "mon": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday", "weds": "wednesday",
    "thu": "thursday", "thur": "thursday", "thurs": "thursday", "fri": "friday",
}  # fmt: skip
EARLIEST_YEAR, LATEST_YEAR = 1900, 2099
_TWO_DIGIT_PIVOT = 79  # 00 to 79 is this century, 80 to 99 the last

_UNITS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_ORDINALS = {
    name: number
    for number, name in enumerate(
        (
            *_UNITS, "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
            "seventeenth", "eighteenth", "nineteenth", "twentieth", *(f"twenty {unit}" for unit in _UNITS),
            "thirtieth", "thirty first",
        ),
        1,
    )
}  # fmt: skip
_NAMED_DAYS = {
    "new year s day": "01-01", "new years day": "01-01", "christmas eve": "12-24", "xmas eve": "12-24",
    "christmas day": "12-25", "xmas day": "12-25", "boxing day": "12-26", "new year s eve": "12-31",
    "new years eve": "12-31",
}  # fmt: skip

_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTH_NUMBERS, key=len, reverse=True))})\b"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DAY_IN_WORDS = re.compile(
    rf"\b(?:the )?(?P<day>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))}) (?:day )?of {_MONTH}"
    r"(?:(?: ,| of| in)? (?P<year>(?:19|20)\d\d|'\d\d|\d\d)(?![\w.]))?"
)
_NAMED_DAY = re.compile(
    rf"\b(?P<name>{'|'.join(_NAMED_DAYS)})(?:(?: ,| in)? (?P<year>(?:19|20)\d\d|'\d\d))?(?!\w)"
)
_DAY_ALONE = re.compile(
    r"\b(?:on |from |since |for |by )?(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)"
    r"(?: of (?P<which>this|next|last) month| (?P<after>this|next|last) month"
    r"|(?= (?:and|so|but|he|she|with|then|at|by|to|is|was|who|what|nps|crc|tier)\b| [,.;?!()]|$))"
)
_YEAR = r"(?P<year>(?:19|20)\d\d|'\d\d|\d\d)"
_NOT_A_COUNT = r"(?! (?:years?|yrs?|yr|y|months?|mths?|weeks?|wks?|days?)\b)"
_WEEKDAY = rf"(?P<weekday>{'|'.join(sorted(_WEEKDAY_NAMES, key=len, reverse=True))})"

_DAY_MONTH_YEAR = re.compile(
    rf"(?<![\w.])(?:{_WEEKDAY} )?(?:the )?{_DAY}(?: day)?(?: of)? {_MONTH}(?: ,| of| in)? {_YEAR}"
    rf"(?![\w.]){_NOT_A_COUNT}"
)
_MONTH_DAY_YEAR = re.compile(rf"\b{_MONTH} (?:the )?{_DAY}(?: ,)? (?P<year>(?:19|20)\d\d)\b")
_MONTH_YEAR = re.compile(
    rf"\b(?:(?:early|mid|late|(?:the )?(?:end|beginning|start|middle) of) )?{_MONTH}(?: of| ,)?"
    rf" (?P<year>(?:19|20)\d\d|'\d\d|[2-9]\d){_NOT_A_COUNT}(?![\w.])"
)
_SAID_YEAR = re.compile(r" (?P<which>last|this|next) year\b")
_DAY_MONTH = re.compile(rf"(?<![\w.])(?:{_WEEKDAY} )?(?:the )?{_DAY}(?: of)? {_MONTH}")
_MONTH_DAY = re.compile(rf"\b{_MONTH} (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_NOT_A_COUNT}(?![\w.])")
_MONTH_ALONE = re.compile(
    rf"\b(?:in|by|for|during|since|around|until|till|from|end of|early|mid|late|this|next|last|coming) {_MONTH}"
)
_YEAR_ALONE = re.compile(r"(?<![\w.])(?P<year>(?:19|20)\d\d)(?![\w.])")

_DAYS_AWAY = {
    "day before yesterday": -2, "day after tomorrow": 2, "yesterday": -1, "last night": -1, "tomorrow": 1,
    "today": 0, "this morning": 0, "this afternoon": 0, "tonight": 0, "just now": 0,
}  # fmt: skip
_DAY_WORD = re.compile(rf"\b(?:the )?(?P<word>{'|'.join(_DAYS_AWAY)})\b")
_ON_WEEKDAY = re.compile(
    rf"\b(?:(?P<which>last|past|previous|this|this coming|coming|next|on|since) )?(?:the )?{_WEEKDAY}\b"
    r"(?P<after> just gone| gone| last| just passed| coming| next)?"
)
_WEEKS_ON = re.compile(
    rf"\b(?:\w+ weeks?|a fortnight|fortnight) (?:on|from|this|next) {_WEEKDAY}\b|\b{_WEEKDAY} week\b".replace(
        "(?P<weekday>", "(?:"
    )
)
_NAMED_SPAN = re.compile(r"\b(?P<which>last|next|this) (?P<unit>week|month|year)\b")
_TO_COME = re.compile(
    r"(?: s)?(?: time| from now| from today| today| away"
    r"| off(?= (?:and|but|so|yet|still|now|hes|he|she)\b| [,.;?!()]|$))"
    r"(?!\w)"
)
_GONE = re.compile(r" (?:ago|back(?! in\b)|since)\b(?P<on> (?:yesterday|today|tomorrow)\b)?")


@dataclass(frozen=True)
class DateExpression:
    """A date read from words `first` up to `past`: `value` as at the head of this module.

    `vague` marks a reading that counts only beside the name of a date: a lone year, a lone month, "today".
    """

    first: int
    past: int
    value: Any
    vague: bool = False


def full_year(digits: str) -> int:
    """The year that two or four digits mean: 27 is 2027, 79 is 2079, 80 is 1980."""
    number = int(digits.strip("'"))
    if len(digits.strip("'")) > 2:
        return number
    return number + (2000 if number <= _TWO_DIGIT_PIVOT else 1900)


def day_of(year: int, month: int, day: int, said: str) -> Any:
    """The ISO date, or why it is no date."""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return {"invalid": said, "reason": f"the year must be from {EARLIEST_YEAR} to {LATEST_YEAR}"}
    if not 1 <= month <= 12:
        return {"invalid": said, "reason": f"there is no month {month}: write the day first, as in 3/4/2027"}
    length = monthrange(year, month)[1]
    if not 1 <= day <= length:
        name = MONTHS[month - 1].capitalize()
        return {"invalid": said, "reason": f"{name} {year} has {length} days"}
    return date(year, month, day).isoformat()


def _numeric(word: Word, said: str) -> Any:
    if word.kind == "iso":
        year, month, day = (int(part) for part in word.norm.split("-"))
        return day_of(year, month, day, said)
    day_text, month_text, year_text = re.split(r"[/.\-\\]", word.norm)
    if len(year_text) not in (2, 4):
        return {"invalid": said, "reason": "the year must have two or four digits"}
    return day_of(full_year(year_text), int(month_text), int(day_text), said)


class _Finder:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.found: list[DateExpression] = []
        self._taken: set[int] = set()

    def take(self, first: int, past: int, value: Any, vague: bool = False) -> None:
        if self._taken.isdisjoint(range(first, past)):
            self._taken.update(range(first, past))
            self.found.append(DateExpression(first, past, value, vague))

    def match(self, match: re.Match[str], value: Any, vague: bool = False) -> None:
        self.take(*self.text.indices(*match.span()), value, vague)

    def said(self, match: re.Match[str]) -> str:
        start, end = self.text.characters(*self.text.indices(*match.span()))
        return self.text.message[start:end]


def find_dates(text: Text, durations: list[Duration]) -> list[DateExpression]:
    """The dates of a text, in order. `durations` are its lengths of time: "in 10 weeks" is made of one."""
    finder = _Finder(text)
    canonical = text.canonical
    for index, word in enumerate(text.words):
        if word.kind in ("iso", "numeric"):
            finder.take(index, index + 1, _numeric(word, text.message[word.start : word.end]))
        elif word.kind == "month_year":
            month, year = word.norm.split("/")
            good = 1 <= int(month) <= 12
            said = text.message[word.start : word.end]
            reason = f"there is no month {int(month)}"
            value = {"partial": f"{year}-{int(month):02}"} if good else {"invalid": said, "reason": reason}
            finder.take(index, index + 1, value)
    for pattern in (_DAY_MONTH_YEAR, _MONTH_DAY_YEAR):
        for match in pattern.finditer(canonical):
            year, month = full_year(match["year"]), _MONTH_NUMBERS[match["month"]]
            finder.match(match, day_of(year, month, int(match["day"]), finder.said(match)))
    for match in _DAY_MONTH.finditer(canonical):
        year = _SAID_YEAR.match(canonical, match.end())
        day_month = f"{_MONTH_NUMBERS[match['month']]:02}-{int(match['day']):02}"
        if year and isinstance(day_of(2024, int(day_month[:2]), int(day_month[3:]), ""), str):
            words = text.indices(match.start(), year.end())
            finder.take(*words, {"relative": {"day_month": day_month, "year": year["which"]}})
    for match in _DAY_IN_WORDS.finditer(canonical):
        month, day = _MONTH_NUMBERS[match["month"]], _ORDINALS[match["day"]]
        finder.match(match, _with_year(match["year"], month, day, finder.said(match)))
    for match in _NAMED_DAY.finditer(canonical):
        month, day = (int(part) for part in _NAMED_DAYS[match["name"]].split("-"))
        finder.match(match, _with_year(match["year"], month, day, finder.said(match)))
    for match in _DAY_ALONE.finditer(canonical):
        if (which := match["which"] or match["after"]) and 1 <= int(match["day"]) <= 31:
            finder.match(match, {"relative": {"day": int(match["day"]), "which": which}})
    _find_relative(finder, durations)
    for match in _MONTH_YEAR.finditer(canonical):
        before = canonical[: match.start()].split()[-1:]
        verb = match["month"] == "may" and (not before or before[0] in _SUBJECTS)
        if verb and not match["year"].startswith(("19", "20", "'")):
            continue
        finder.match(match, {"partial": f"{full_year(match['year'])}-{_MONTH_NUMBERS[match['month']]:02}"})
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(canonical):
            month, day = _MONTH_NUMBERS[match["month"]], int(match["day"])
            leap = day_of(2024, month, day, finder.said(match))  # a leap year: 29 February may be right
            if isinstance(leap, str):
                finder.match(match, {"partial": f"--{month:02}-{day:02}"})
            elif pattern is _DAY_MONTH or day <= 39:
                length = monthrange(2024, month)[1]
                finder.match(match, leap | {"reason": f"{MONTHS[month - 1].capitalize()} has {length} days"})
    for match in _MONTH_ALONE.finditer(canonical):
        words = text.indices(*match.span("month"))
        finder.take(*words, {"partial": f"--{_MONTH_NUMBERS[match['month']]:02}"}, vague=True)
    for match in _DAY_ALONE.finditer(canonical):
        if 1 <= int(match["day"]) <= 31:
            value = {"relative": {"day": int(match["day"]), "which": "unsaid"}}
            finder.match(match, value, vague=True)
    for match in _YEAR_ALONE.finditer(canonical):
        finder.match(match, {"partial": match["year"]}, vague=True)
    for index, word in enumerate(text.words):
        if word.kind == "pair" and not {"mappa", "level", "tier", "s", "section"} & set(
            text.norms(index - 2, index)
        ):
            day, month = (int(part) for part in word.norm.split("/"))
            if month > 12 >= day:
                finder.take(index, index + 1, {"partial": f"20{month}-{day:02}"}, vague=True)
                continue
            if isinstance(day_of(2024, month, day, word.norm), str):
                finder.take(index, index + 1, {"partial": f"--{month:02}-{day:02}"}, vague=True)
    return sorted(finder.found, key=lambda expression: expression.first)


def _with_year(year: str | None, month: int, day: int, said: str) -> Any:
    return day_of(full_year(year), month, day, said) if year else {"partial": f"--{month:02}-{day:02}"}


def _find_relative(finder: _Finder, durations: list[Duration]) -> None:
    canonical = finder.text.canonical
    for duration in durations:
        before = finder.text.norms(duration.first - 2, duration.first)
        end = finder.text.characters(0, duration.past) and len(" ".join(finder.text.norms(0, duration.past)))
        after = canonical[end:]
        lead = 1 if before[-1:] == ["in"] else 2 if before[:1] == ["in"] and before[-1] in _ABOUT else 0
        if _NOT_EXACTLY & set(finder.text.norms(duration.first - 2, duration.first)):
            continue  # "more than 3 years ago" is no date
        if gone := _GONE.match(after):
            past = duration.past + len(gone.group().split())
            value = {unit: -count for unit, count in duration.parts.items()}
            if gone["on"]:
                reason = "type the date in full, as in 3/4/2027"
                finder.take(duration.first, past, {"invalid": gone.group().strip(), "reason": reason})
            elif gone.group().strip() != "since":
                finder.take(duration.first, past, {"relative": value})
        elif coming := _TO_COME.match(after):
            past = duration.past + len(coming.group().split())
            finder.take(duration.first - lead, past, {"relative": duration.parts})
        elif lead:
            finder.take(duration.first - lead, duration.past, {"relative": duration.parts})
    for match in _DAY_WORD.finditer(canonical):
        days = _DAYS_AWAY[match["word"]]
        finder.match(match, {"relative": {"days": days}}, vague=days == 0)
    for match in _WEEKS_ON.finditer(canonical):
        said = finder.said(match)
        finder.match(match, {"invalid": said, "reason": "type the date in full, as in 3/4/2027"})
    for match in _ON_WEEKDAY.finditer(canonical):
        which = (match["which"] or match["after"] or "").split()[-1:] or [""]
        if (match["after"] and "gone" in match["after"]) or match["after"] == " just passed":
            which = ["last"]
        named = {
            "last": "last",
            "past": "last",
            "previous": "last",
            "next": "next",
            "coming": "this",
            "this": "this",
        }
        weekday = _WEEKDAY_NAMES[match["weekday"]]
        finder.match(match, {"relative": {"weekday": weekday, "which": named.get(which[0], "unsaid")}})
    for match in _NAMED_SPAN.finditer(canonical):
        value = {"relative": {"span": match["unit"], "which": match["which"]}}
        finder.match(match, value, vague=True)


_SUBJECTS = {"he", "she", "it", "they", "we", "i", "you", "who", "which", "that", "com", "pom", "case"}
_ABOUT = {"about", "around", "roughly", "approximately", "approx", "just"}
_NOT_EXACTLY = {"than", "over", "under", "least", "nearly", "almost"}
