"""The contradictions in the documents that a case meets, with what each side says and the reading used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.rules.case import Case
from actions.rules.dates import Offset, shift, written
from actions.rules.logic import All, Compiler, plain_date
from actions.rules.results import Citation, cite
from actions.rules.schema import ConflictModel, DocumentModel, SourceModel

_LONG = 160


@dataclass(frozen=True)
class Position:
    """What one side of a contradiction says, and the date it leads to where it gives one."""

    citation: Citation
    words: str
    anchor: str | None = None
    offset: Offset | None = None
    direction: str = "after"

    @classmethod
    def of(cls, quote: SourceModel, documents: Mapping[str, DocumentModel]) -> Position:
        """The position that a quote of the catalogue stands for."""
        short = quote.quote if len(quote.quote) <= _LONG else quote.quote[: _LONG - 1] + "…"
        citation, words = cite(quote, documents), quote.position or short
        if quote.date is None:
            return cls(citation, words)
        offset = Offset.of(quote.date.offset.model_dump())
        return cls(citation, words, quote.date.anchor, offset, quote.date.direction)

    def as_dict(self, case: Case | None) -> dict[str, Any]:
        """The position as JSON-ready data; with a case, with its date."""
        anchor = case.day(self.anchor) if case is not None and self.anchor else None
        value = self.words
        if isinstance(anchor, date) and self.offset is not None:
            value = f"{value}: {written(shift(plain_date(anchor), self.offset, self.direction))}"
        return {"edition": self.citation.edition, "value": value, "citation": self.citation.as_dict()}


@dataclass(frozen=True)
class Conflict:
    """A contradiction, with the condition under which a case meets it."""

    model: ConflictModel
    applies: All | None
    positions: tuple[Position, ...]
    shown: tuple[Position, ...]

    @classmethod
    def of(cls, model: ConflictModel, compiler: Compiler, documents: Mapping[str, DocumentModel]) -> Conflict:
        """The contradiction for a record of the catalogue."""
        positions = tuple(Position.of(quote, documents) for quote in model.quotes)
        shown = positions if model.show is None else tuple(positions[i] for i in model.show)
        applies = compiler.all(model.applies_when) if model.applies_when is not None else None
        return cls(model, applies, positions, shown)

    def is_met(self, case: Case, ask: Sequence[str] | None) -> bool:
        """Whether the case meets it (in one of the parts asked for)."""
        if self.applies is None or self.applies.truth(case) is not True:
            return False
        matters = self.model.matters_to
        return ask is None or not matters or bool(set(ask) & set(matters))

    def as_dict(self, case: Case | None = None) -> dict[str, Any]:
        """The contradiction as JSON-ready data; with a case, only the sides that matter, with their dates."""
        model = self.model
        positions = self.positions if case is None else self.shown
        return {
            "id": model.id,
            "title": model.title,
            "severity": model.severity,
            "positions": [position.as_dict(case) for position in positions],
            "resolution": model.resolution or model.recommendation,
            "matters_to": list(model.matters_to),
        }


def conflicts_met(case: Case, ask: Sequence[str] | None) -> tuple[Mapping[str, Any], ...]:
    """The contradictions that matter to this case (and to the parts asked for)."""
    return tuple(
        conflict.as_dict(case)
        for conflict in case.edition.likely_conflicts(case)
        if conflict.is_met(case, ask)
    )
