"""The columns of a caseload: which facts there can be, and which headings people give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.rules import Field, RuleBook

SOURCE = Path(__file__).with_name("columns.yaml")
IDENTITY = ("prison_number", "name", "pom", "synthetic")
"""The columns that are no fact of the rules."""

NOT_GIVEN = ("today",)
"""The day to work from is no fact of a case."""

_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, Any]:
    """Headings and words for values, as columns.yaml lists them."""
    words: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return words


def simplified(heading: str) -> str:
    """A heading or value as it is compared: small letters and digits, one space between words."""
    return re.sub(r"[\W_]+", " ", _BRACKETS.sub(" ", heading)).strip().casefold()


@dataclass(frozen=True)
class Columns:
    """The columns that a caseload may have. Facts stand in the order of the list of facts."""

    facts: Mapping[str, Field]
    _headings: Mapping[str, str]

    @classmethod
    def of(cls, book: RuleBook) -> Columns:
        """The columns for the facts of a rule book: those that are entered, not those worked out."""
        given = {
            name: field
            for name, field in book.fields.items()
            if field.kind != "derived" and name not in NOT_GIVEN
        }
        headings: dict[str, str] = {}
        words = vocabulary()
        for name in IDENTITY:
            for heading in (name, *words["identity"].get(name, ())):
                headings.setdefault(simplified(heading), name)
        for name, field in given.items():
            for heading in (name, field.label, *words["facts"].get(name, ())):
                headings.setdefault(simplified(heading), name)
        return cls(given, headings)

    def named(self, heading: str) -> str | None:
        """The column that a heading means; None when it means none."""
        return self._headings.get(simplified(heading))

    def nearest(self, heading: str) -> str | None:
        """The column whose heading is nearly this one, which is then likely a slip; None when none is."""
        plain = simplified(heading)
        if len(plain) < 6:
            return None
        close = get_close_matches(plain, self._headings, n=1, cutoff=0.84)
        return self._headings[close[0]] if close else None

    def headings_of(self, name: str) -> Sequence[str]:
        """Every heading that a column may have, its own name first."""
        words = vocabulary()
        own = [name] if name in IDENTITY else [name, self.facts[name].label]
        return [*own, *words["identity" if name in IDENTITY else "facts"].get(name, ())]
