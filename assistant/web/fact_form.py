"""The form that corrects one fact: what stands in it, and what was typed as a value of the fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from actions.rules import Field
from actions.texts import text
from assistant.cases.cells import CellUnreadable, read_cell

UNKNOWN, ABSENT, GIVEN = "unknown", "absent", "given"
"""How a fact stands: not known, known to be absent, or given with a value."""


@dataclass(frozen=True)
class FactForm:
    """The form for one fact."""

    field: Field
    standing: str = ""
    """`unknown`, `absent`, `given`, or the value of a choice; empty when nothing was chosen."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """What stands in the boxes: `day`, `month` and `year` of a date, `number`."""

    @property
    def kind(self) -> str:
        """`date`, `number` or `choice`."""
        if self.field.type in ("date", "datetime"):
            return "date"
        return "number" if self.field.type == "number" else "choice"

    @property
    def options(self) -> list[tuple[str, str]]:
        """The values of a choice, with their words."""
        if self.field.type == "bool":
            return [("true", text("fact_page.yes")), ("false", text("fact_page.no"))]
        return [
            (str(value), _words(self.field.values.get(str(value), str(value))))
            for value in self.field.allowed
        ]

    @classmethod
    def of(cls, known: Field, value: Any) -> FactForm:
        """The form with a fact as it stands; `...` for one that is not known."""
        if value is ...:
            return cls(known, UNKNOWN)
        if value is None:
            return cls(known, ABSENT)
        if known.type in ("date", "datetime"):
            day = date.fromisoformat(str(value)[:10])
            return cls(known, GIVEN, {"day": str(day.day), "month": str(day.month), "year": str(day.year)})
        if known.type == "number":
            return cls(known, GIVEN, {"number": str(value)})
        return cls(known, str(value).lower() if isinstance(value, bool) else str(value))

    @classmethod
    def typed_in(cls, known: Field, given: Mapping[str, str]) -> FactForm:
        """The form as somebody filled it in."""
        boxes = {name: given.get(name, "").strip()[:40] for name in ("day", "month", "year", "number")}
        return cls(known, given.get("standing", "")[:60], boxes)

    def value(self) -> Any:
        """The value that was given, in its JSON form; `...` for not known. Raises `CellUnreadable`."""
        if not self.standing:
            raise CellUnreadable(text("caseload.errors.choose"), "")
        if self.standing == UNKNOWN:
            return ...
        if self.kind == "choice":
            cell: Any = {"true": True, "false": False}.get(self.standing, self.standing)
            return read_cell(self.field, cell)
        if self.standing == ABSENT:
            return None
        if self.kind == "number":
            number = read_cell(self.field, self.typed.get("number", ""))
            if number is ...:
                raise CellUnreadable(text("caseload.errors.choose"), "")
            return number
        return read_day(self.typed).isoformat()


def read_day(given: Mapping[str, str]) -> date:
    """The date in the three boxes of a form. Raises `CellUnreadable`."""
    try:
        year = int(given.get("year", ""))
        if not 1900 <= year <= 2150:
            raise ValueError(year)
        return date(year, int(given.get("month", "")), int(given.get("day", "")))
    except ValueError:
        raise CellUnreadable(text("caseload.errors.date"), "") from None


def _words(value: str) -> str:
    return value[:1].upper() + value[1:].replace("_", " ")
