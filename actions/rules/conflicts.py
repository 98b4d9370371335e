"""The contradictions in the documents that a case meets, with what each side says and the reading used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from actions.rules.case import Case
from actions.rules.dates import Offset, shift, written
from actions.rules.editions import Conflict
from actions.rules.loader import cite
from actions.rules.logic import plain_date
from actions.rules.schema import ConflictModel, SourceModel

_LONG = 160


def conflicts_met(
    case: Case, ask: Sequence[str] | None, documents: Mapping[str, Any]
) -> tuple[Mapping[str, Any], ...]:
    """The conflicts that matter to this case (and to the parts asked for)."""
    met = [conflict for conflict in case.edition.conflicts if _applies(conflict, case, ask)]
    return tuple(as_data(conflict.model, documents, case) for conflict in met)


def _applies(conflict: Conflict, case: Case, ask: Sequence[str] | None) -> bool:
    if conflict.applies is None or conflict.applies.truth(case) is not True:
        return False
    return ask is None or not conflict.model.matters_to or bool(set(ask) & set(conflict.model.matters_to))


def as_data(model: ConflictModel, documents: Mapping[str, Any], case: Case | None = None) -> dict[str, Any]:
    """A conflict as JSON-ready data; with a case, the dates each side gives."""
    shown = model.quotes if model.show is None or case is None else [model.quotes[i] for i in model.show]
    positions = []
    for quote in shown:
        citation = cite(quote, documents)
        positions.append(
            {"edition": citation.edition, "value": _value(quote, case), "citation": citation.as_dict()}
        )
    return {
        "id": model.id,
        "title": model.title,
        "severity": model.severity,
        "positions": positions,
        "resolution": model.resolution or model.recommendation,
        "matters_to": list(model.matters_to),
    }


def _value(quote: SourceModel, case: Case | None) -> str:
    words = quote.position or (quote.quote if len(quote.quote) <= _LONG else quote.quote[: _LONG - 1] + "…")
    if quote.date is None or case is None:
        return words
    anchor = case.value(quote.date.anchor)
    if not isinstance(anchor, date):
        return words
    day = shift(plain_date(anchor), Offset.of(quote.date.offset.model_dump()), quote.date.direction)
    return f"{words}: {written(day)}"
