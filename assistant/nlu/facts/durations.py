"""Lengths of time in words: "9 years", "2 and a half years", "4y 6m", "18 months", "a fortnight"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from assistant.nlu.facts.text import Text

_SMALL = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
NUMBER_WORDS = {word: number for number, word in enumerate(_SMALL, 1)} | _TENS | {"a": 1, "an": 1}

_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_COUNT = rf"(?P<count>\d+(?:\.\d+)?|(?:{'|'.join(_TENS)}) (?:{'|'.join(_SMALL[:9])})\b|(?:{_WORDS})\b)"
_UNIT = r"(?P<unit>years?|yrs?|y|months?|mths?|mnths?|mos?|m|weeks?|wks?|w|days?|d|fortnights?)\b"
_LENGTH = re.compile(rf"(?<![\w.]){_COUNT}(?P<half> and a half|½| ½)? {_UNIT}(?P<half_after> and a half\b)?")
_HALF_YEAR = re.compile(r"\bhalf a year\b")
_SIZES = "ymwd"  # from the largest; a fortnight is two weeks


@dataclass(frozen=True)
class Duration:
    """A length of time as it was put: calendar months, weeks and days are never turned into one another.

    `first` and `past` are the words it was read from; `vague` says that it was "a month" or "a year".
    """

    first: int
    past: int
    months: int = 0
    weeks: int = 0
    days: int = 0
    vague: bool = False

    @property
    def parts(self) -> dict[str, int]:
        """The units that are not nought, as `{"months": 108}`."""
        units = {"months": self.months, "weeks": self.weeks, "days": self.days}
        return {unit: count for unit, count in units.items() if count}


@dataclass(frozen=True)
class _Length:
    start: int
    end: int
    size: int
    amounts: dict[str, Fraction]
    vague: bool


def number_of(words: str) -> float | None:
    """A number in digits or words ("twenty four" is 24), or None."""
    words = words.strip()
    try:
        return float(words)
    except ValueError:
        pass
    tens, _, ones = words.partition(" ")
    if tens in _TENS and (not ones or ones in _SMALL[:9]):
        return _TENS[tens] + NUMBER_WORDS.get(ones, 0)
    return NUMBER_WORDS.get(words)


def _lengths(canonical: str) -> Iterator[_Length]:
    for match in _LENGTH.finditer(canonical):
        unit, count = match["unit"], match["count"]
        if len(unit) == 1 and not count[0].isdigit():
            continue  # "a d" is not one day
        number = Fraction(str(number_of(count) or 0)) + (
            Fraction(1, 2) if match["half"] or match["half_after"] else 0
        )
        letter = "w" if unit[0] == "f" else unit[0]
        amounts = {
            "months": number * (12 if letter == "y" else 1) if letter in "ym" else Fraction(0),
            "weeks": number * (2 if unit[0] == "f" else 1) if letter == "w" else Fraction(0),
            "days": number if letter == "d" else Fraction(0),
        }
        yield _Length(match.start(), match.end(), _SIZES.index(letter), amounts, count in ("a", "an"))


def find_durations(text: Text) -> list[Duration]:
    """The lengths of time in a text, in order.

    "4 years 6 months" is one length, "28 days, 14 days" are two. One that is not a whole number of its units
    ("1.3 years") is left out.
    """
    joined: list[_Length] = []
    for length in _lengths(text.canonical):
        last = joined[-1] if joined else None
        if (
            last
            and length.size > last.size
            and text.canonical[last.end : length.start] in (" ", " and ", " , ")
        ):
            amounts = {unit: last.amounts[unit] + length.amounts[unit] for unit in last.amounts}
            joined[-1] = _Length(last.start, length.end, length.size, amounts, False)
        else:
            joined.append(length)
    found = []
    for length in joined:
        if all(amount.denominator == 1 for amount in length.amounts.values()):
            counts = (int(length.amounts[unit]) for unit in ("months", "weeks", "days"))
            found.append(Duration(*text.indices(length.start, length.end), *counts, vague=length.vague))
    for match in _HALF_YEAR.finditer(text.canonical):
        first, past = text.indices(*match.span())
        found = [duration for duration in found if not first <= duration.first < past]
        found.append(Duration(first, past, months=6))
    return sorted(found, key=lambda duration: duration.first)
