"""Lengths of time in words: "9 years", "2 and a half years", "4y 6m", "18 months", "a fortnight"."""

import re
from dataclasses import dataclass

from assistant.nlu.facts.text import Text

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen twenty".split(),
        1,
    )
} | {"a": 1, "an": 1, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "twentyfour": 24}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}

_UNIT = r"(?P<unit{0}>years?|yrs?|yr|y|months?|mths?|mnths?|mnth|mth|mos?|m|weeks?|wks?|wk|w|days?|d|fortnights?)\b"
_TENS_WORDS = "|".join(_TENS)
_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_COUNT = rf"(?P<count{{0}}>\d+(?:\.\d+)?|(?:{_TENS_WORDS})(?: (?:one|two|three|four|five|six|seven|eight|nine))?\b|(?:{_WORDS})\b)"
_ONE = _COUNT + r"(?P<half{0}> and a half|½| ½)? " + _UNIT
DURATION = re.compile(
    rf"(?<![\w.]){_ONE.format(1)}(?P<half_after> and a half\b)?(?:(?: and| ,)? {_ONE.format(2)})?"
)
HALF = re.compile(r"\b(?:half a|half) (?P<unit>year|month)\b")


@dataclass(frozen=True)
class Duration:
    """A length of time as it was put: calendar months, weeks and days are never turned into one another.

    `first` and `past` are the words it was read from.
    """

    first: int
    past: int
    months: int = 0
    weeks: int = 0
    days: int = 0

    @property
    def parts(self) -> dict[str, int]:
        """The units that are not nought, as `{"months": 108}`."""
        units = {"months": self.months, "weeks": self.weeks, "days": self.days}
        return {unit: count for unit, count in units.items() if count}


def number_of(words: str) -> float | None:
    """A number in digits or words ("twenty four" is 24), or None."""
    words = words.strip()
    try:
        return float(words)
    except ValueError:
        pass
    if words in NUMBER_WORDS:
        return NUMBER_WORDS[words]
    tens, _, ones = words.partition(" ")
    if tens in _TENS:
        return _TENS[tens] + NUMBER_WORDS.get(ones, 0)
    return None


def _amount(count: str, half: bool, unit: str) -> dict[str, float]:
    number = (number_of(count) or 0) + (0.5 if half else 0)
    match unit[0]:
        case "y":
            return {"months": number * 12}
        case "m":
            return {"months": number}
        case "w":
            return {"weeks": number}
        case "f":
            return {"weeks": number * 2}
        case _:
            return {"days": number}


def find_durations(text: Text) -> list[Duration]:
    """The lengths of time in a text, in order. One that is not a whole number of its units is left out."""
    found = []
    for match in DURATION.finditer(text.canonical):
        groups = match.groupdict()
        if groups["unit1"] in ("m", "d", "w", "y") and not groups["count1"][0].isdigit():
            continue  # "a d" is not one day
        amounts = [_amount(groups["count1"], bool(groups["half1"] or groups["half_after"]), groups["unit1"])]
        if groups["unit2"]:
            amounts.append(_amount(groups["count2"], bool(groups["half2"]), groups["unit2"]))
        total = {unit: sum(amount.get(unit, 0) for amount in amounts) for unit in ("months", "weeks", "days")}
        if all(value == int(value) for value in total.values()):
            first, past = text.indices(*match.span())
            found.append(Duration(first, past, *(int(value) for value in total.values())))
    for match in HALF.finditer(text.canonical):
        if match["unit"] == "year":
            first, past = text.indices(*match.span())
            if not any(d.first < past and first < d.past for d in found):
                found.append(Duration(first, past, months=6))
    return sorted(found, key=lambda duration: duration.first)
