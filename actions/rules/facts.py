"""The facts of a case: which there are, how they are read, and what is wrong with them when they are
wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from actions.rules.dates import LONDON, written
from actions.rules.logic import plain_date
from actions.rules.schema import FieldModel

INDETERMINATE = ("life", "ipp")
EARLIEST, LATEST = date(1900, 1, 1), date(2150, 12, 31)


@dataclass(frozen=True)
class Field:
    """One fact: its name, type, allowed values, meaning, the question that asks for it and a short label."""

    name: str
    kind: str
    type: str
    allowed: tuple[str | int, ...]
    meaning: str
    question: str
    label: str
    ask: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    ask_after: tuple[str, ...] = ()

    @classmethod
    def of(cls, model: FieldModel) -> Field:
        """The field for a record of the catalogue."""
        question = model.question or f"What is the {model.label}?"
        allowed = tuple(model.allowed or ())
        return cls(
            model.name,
            model.kind,
            model.type,
            allowed,
            model.meaning,
            question,
            model.label,
            model.ask,
            model.values,
            tuple(model.ask_after),
        )

    @property
    def expects(self) -> str:
        """What may be given, in plain words."""
        if self.type in ("date", "datetime"):
            return "a date as YYYY-MM-DD, or null when there is none"
        if self.type == "bool":
            return "true or false"
        if self.type in ("number", "duration"):
            return "a number of zero or more"
        return "one of: " + ", ".join(str(value) for value in self.allowed)

    def says(self, value: Any) -> str:
        """A value of this fact in plain words."""
        if value is None:
            return "none"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, date):
            return written(plain_date(value))
        return self.values.get(str(value), str(value))


@dataclass(frozen=True)
class FactError:
    """One thing that is wrong with the facts given."""

    field: str
    problem: str
    allowed: str = ""


class FactErrors(ValueError):
    """The facts given cannot be used. `errors` lists everything that is wrong, not only the first."""

    def __init__(self, errors: list[FactError]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{e.field}: {e.problem}" for e in errors))


def read_facts(given: Mapping[str, object], fields: Mapping[str, Field], as_of: date) -> dict[str, Any]:
    """The facts as typed values. A key left out is unknown; `None` is known to be absent.

    Raises FactErrors with every unknown name, wrong value and impossible date together.
    """
    errors: list[FactError] = []
    facts: dict[str, Any] = {}
    for name, value in given.items():
        known = fields.get(name)
        if known is None:
            errors.append(FactError(str(name), "there is no such fact", _nearest(str(name), fields)))
        elif name == "today":
            errors.append(
                FactError(name, "give the date to work from as as_of, not as a fact", "leave it out")
            )
        elif known.kind == "derived":
            errors.append(
                FactError(name, "this is worked out from other facts and cannot be given", "leave it out")
            )
        else:
            try:
                facts[name] = _read(known, value)
            except ValueError as problem:
                errors.append(FactError(name, str(problem), known.expects))
    errors.extend(_contradictions(facts, as_of))
    if errors:
        raise FactErrors(errors)
    return facts


def _nearest(name: str, fields: Mapping[str, Field]) -> str:
    words = set(name.lower().split("_"))
    close = [
        known
        for known, item in fields.items()
        if item.kind != "derived" and len(words & set(known.split("_"))) > 1
    ]
    return (
        "did you mean " + " or ".join(sorted(close)[:3]) if close else "one of the facts in the list of facts"
    )


def _read(known: Field, value: object) -> Any:
    shown = repr(value) if not isinstance(value, (date, datetime)) else value.isoformat()
    if value is None:
        if known.type in ("date", "datetime", "number"):
            return None
        if "none" in known.allowed:
            return "none"
        raise ValueError("it cannot be empty; leave it out when it is not known")
    if known.type in ("date", "datetime"):
        return _read_date(known, value, shown)
    if known.type == "bool":
        if not isinstance(value, bool):
            raise ValueError(f"{shown} is not true or false")
        return value
    if known.type == "number":
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 100000:
            raise ValueError(f"{shown} is not a number of zero or more")
        return value
    if not isinstance(value, bool):
        for allowed in known.allowed:
            if str(value) == str(allowed):
                return allowed
    raise ValueError(f"{shown} is not an allowed value")


def _read_date(known: Field, value: object, shown: str) -> date:
    day: date
    if isinstance(value, date):
        day = value
    elif isinstance(value, str):
        day = _parse(known, value.strip(), shown)
    else:
        raise ValueError(f"{shown} is not a date")
    if isinstance(day, datetime):
        if known.type == "date":
            day = day.date()
        elif day.tzinfo is not None:
            day = day.astimezone(LONDON)
    if not EARLIEST <= plain_date(day) <= LATEST:
        raise ValueError(f"{shown} is outside the years {EARLIEST.year} to {LATEST.year}")
    return day


def _parse(known: Field, text: str, shown: str) -> date:
    try:
        if len(text) == 10 and text[4] == "-":
            return date.fromisoformat(text)
        if known.type == "datetime" and len(text) > 10:
            return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown} is not a date that exists") from None
    raise ValueError(f"{shown} is not a date written as YYYY-MM-DD")


# Dates that cannot fall before another: (earlier, later, what is wrong)
_ORDER = (
    ("sentence_date", "conditional_release_date", "the release date is before the sentence date"),
    ("sentence_date", "automatic_release_date", "the release date is before the sentence date"),
    ("sentence_date", "sentence_expiry_date", "the sentence expiry date is before the sentence date"),
    (
        "conditional_release_date",
        "sentence_expiry_date",
        "the sentence expires before the conditional release date",
    ),
    ("sentence_date", "recall_return_date", "the return to custody is before the sentence date"),
    ("recall_return_date", "sentence_expiry_date", "the sentence expires before the return to custody"),
    ("sentence_date", "last_parole_review_date", "the last parole review is before the sentence date"),
    (
        "last_parole_review_date",
        "next_parole_eligibility_date",
        "the next parole date is before the last parole review",
    ),
    (
        "first_parole_eligibility_date",
        "next_parole_eligibility_date",
        "the next parole date is before the first",
    ),
    (
        "hospital_transfer_date",
        "remission_date",
        "the return from hospital is before the transfer to hospital",
    ),
    ("date_of_birth", "sentence_date", "the sentence date is before the date of birth"),
)


def _contradictions(facts: Mapping[str, Any], as_of: date) -> list[FactError]:
    errors = []
    for earlier, later, problem in _ORDER:
        first, second = facts.get(earlier), facts.get(later)
        if first is not None and second is not None and plain_date(second) < plain_date(first):
            allowed = f"a date on or after {written(plain_date(first))}"
            errors.append(FactError(later, problem, allowed))
    born = facts.get("date_of_birth")
    if born is not None and born > as_of:
        errors.append(FactError("date_of_birth", "the date of birth is in the future", "a date in the past"))
    if facts.get("tariff_expiry_date") is not None and facts.get("sentence_type") in (
        "determinate",
        "determinate_parole",
    ):
        errors.append(
            FactError(
                "tariff_expiry_date",
                "a determinate sentence has no tariff",
                "leave it out, or give sentence_type life or ipp",
            )
        )
    return errors
