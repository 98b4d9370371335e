"""Reads the cell of a table as the value of a fact: dates with the day first, words in any case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any

from actions.rules import Field
from assistant.cases.columns import simplified, vocabulary

Cell = str | int | float | bool | date | datetime | time | None
"""What a cell holds, as the file has it."""

PRISON_NUMBER = re.compile(r"[A-Z][0-9]{4}[A-Z]{2}")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4})")
_WITH_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/]+([a-z]+)\.?,?[\s\-/]+(\d{4})", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME = re.compile(r"[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}[/.\-\s]+(\d{1,2}|[a-z]{3,9})[/.\-\s]+\d{2}", re.IGNORECASE)


class CellUnreadable(ValueError):
    """A cell does not hold what its column is for. The message says what is wrong, `allowed` what is right."""

    def __init__(self, problem: str, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(problem)


DATES = (
    "a date with the day first, such as 15/03/2027 or 15 March 2027; none if there is no such date; "
    "empty if it is not known"
)
YES_OR_NO = "yes or no; empty if it is not known"
NUMBERS = "a number of zero or more; empty if it is not known"


def read_cell(field: Field, cell: Cell) -> Any:
    """The value of a fact in its JSON form; `...` when the cell says that it is not known.

    Raises `CellUnreadable`.
    """
    plain = plain_text(cell)
    word = simplified(plain)
    if cell is None or (isinstance(cell, str) and _says("unknown", plain, word)):
        return ...
    if field.type in ("date", "datetime"):
        return _date(field, cell, plain, word)
    if field.type == "bool":
        return _yes_or_no(cell, plain, word)
    if field.type == "number":
        return _number(cell, plain, word)
    return _choice(field, cell, plain, word)


def read_prison_number(cell: Cell) -> str:
    """A prison number in its usual form. Raises `CellUnreadable`."""
    number = "".join(plain_text(cell).split()).upper()
    if not PRISON_NUMBER.fullmatch(number):
        shown = plain_text(cell)
        problem = f"{shown!r} is not a prison number" if shown else "there is no prison number"
        raise CellUnreadable(problem, "a letter, four digits and two letters, such as A1234BC")
    return number


def read_flag(cell: Cell) -> bool:
    """Whether a cell says yes; an empty one says no. Raises `CellUnreadable`."""
    plain = plain_text(cell)
    return bool(_yes_or_no(cell, plain, simplified(plain))) if plain else False


def read_line(cell: Cell) -> str | None:
    """One line of text, None for an empty cell. A mark that keeps a spreadsheet from reading a formula goes."""
    line = " ".join(plain_text(cell).split())
    if len(line) > 1 and line[0] == "'" and line[1] in "=+-@":
        line = line[1:]
    if len(line) > 255:
        raise CellUnreadable(f"it has {len(line)} characters", "at most 255 characters")
    return line or None


def plain_text(cell: Cell) -> str:
    """A cell as text, without spaces around it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\u00a0", " ").strip()


def _says(what: str, plain: str, word: str) -> bool:
    return plain.casefold() in vocabulary()[what] or (bool(word) and word in vocabulary()[what])


def _date(field: Field, cell: Cell, plain: str, word: str) -> str | None:
    if isinstance(cell, datetime):
        if field.type == "datetime" and cell.time() != time():
            return cell.replace(microsecond=0).isoformat()
        if cell.time() != time():
            raise CellUnreadable(f"{plain} has a time of day", DATES)
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        if word in vocabulary()["absent"]:
            return None
        return _written_date(field, plain)
    kind = (
        "yes or no" if isinstance(cell, bool) else "a time of day" if isinstance(cell, time) else "a number"
    )
    raise CellUnreadable(f"{plain} is {kind}, not a date", DATES)


def _written_date(field: Field, plain: str) -> str:
    day, moment = plain, ""
    found_time = _TIME.search(plain)
    if found_time and found_time.end() == len(plain):
        day = plain[: found_time.start()]
        moment = f"{found_time[1]}:{found_time[2]}:{found_time[3] or '00'}"
        if field.type != "datetime" and moment != "00:00:00":
            raise CellUnreadable(f"{plain!r} has a time of day", DATES)
    numbers = _numbers_of(day)
    if numbers is None:
        if _TWO_DIGIT_YEAR.fullmatch(day):
            raise CellUnreadable(f"{plain!r} has a year of two digits", DATES)
        raise CellUnreadable(f"{plain!r} is not a date", DATES)
    try:
        found = date(*numbers)
    except ValueError:
        raise CellUnreadable(f"{plain!r} is not a date that exists", DATES) from None
    if field.type == "datetime" and moment and moment != "00:00:00":
        try:
            return datetime.combine(found, time.fromisoformat(moment)).isoformat()
        except ValueError:
            raise CellUnreadable(f"{plain!r} has no time of day that exists", DATES) from None
    return found.isoformat()


def _numbers_of(day: str) -> tuple[int, int, int] | None:
    if found := _YEAR_FIRST.fullmatch(day):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_FIRST.fullmatch(day):
        return int(found[3]), int(found[2]), int(found[1])
    found = _WITH_MONTH.fullmatch(day)
    if found and found[2].lower() in _MONTHS:
        return int(found[3]), _MONTHS[found[2].lower()], int(found[1])
    return None


def _yes_or_no(cell: Cell, plain: str, word: str) -> bool:
    if isinstance(cell, bool):
        return cell
    for answer in ("yes", "no"):
        if word in vocabulary()[answer]:
            return answer == "yes"
    raise CellUnreadable(f"{plain!r} is neither yes nor no", YES_OR_NO)


def _number(cell: Cell, plain: str, word: str) -> float | int | None:
    if word in vocabulary()["absent"]:
        return None
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = float(cell)
    elif isinstance(cell, str) and re.fullmatch(r"\d{1,5}(\.\d+)?", plain):
        number = float(plain)
    else:
        raise CellUnreadable(f"{plain!r} is not a number", NUMBERS)
    if not 0 <= number < 100000:
        raise CellUnreadable(f"{plain!r} is not a number of zero or more", NUMBERS)
    return int(number) if number.is_integer() else number


def _choice(field: Field, cell: Cell, plain: str, word: str) -> Any:
    if not isinstance(cell, (bool, date, time)):
        words = choices_of(field.name, field.allowed, tuple(sorted(field.values.items())))
        if word in words:
            return words[word]
    allowed = "one of: " + ", ".join(str(value) for value in field.allowed) + "; empty if it is not known"
    raise CellUnreadable(f"{plain!r} is not an allowed value", allowed)


@cache
def choices_of(
    name: str, allowed: tuple[str | int, ...], said: tuple[tuple[str, str], ...]
) -> Mapping[str, str | int]:
    """Every way to write the values of a fact, with the value."""
    found: dict[str, str | int] = {}
    for value in allowed:
        found[simplified(str(value))] = value
    for value, words in said:
        match = next((item for item in allowed if str(item) == str(value)), None)
        if match is not None:
            found.setdefault(simplified(words), match)
    for value, aliases in vocabulary()["values"].get(name, {}).items():
        match = next(item for item in allowed if str(item) == str("none" if value is None else value))
        for alias in aliases:
            found.setdefault(simplified(str(alias)), match)
    return found
