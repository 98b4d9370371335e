"""Assessments of a case as data, with every citation tied to its passage in the indexed guidance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from actions.rules import RuleBook
from assistant.settings import current_settings
from knowledge.guidance import Guidance


def assess(
    book: RuleBook,
    guidance: Guidance,
    facts: Mapping[str, Any],
    as_of: date,
    edition: str | None = None,
    ask: Sequence[str] | None = None,
    presume: bool = True,
) -> dict[str, Any]:
    """Everything the rules say about a case on a date.

    Raises `FactErrors` naming every fact, value or edition that cannot be taken.
    """
    assessment = book.assess(
        facts, as_of, edition=edition or current_settings().edition, ask=ask, presume=presume
    ).as_dict()
    for citation in _citations(assessment):
        tie_to_passage(citation, guidance)
    return assessment


def compare(
    book: RuleBook,
    facts: Mapping[str, Any],
    changes: Mapping[str, Any] | None,
    as_of: date,
    edition: str | None = None,
) -> dict[str, Any]:
    """What changes when facts change; without changes, how the editions differ.

    Raises `FactErrors` as `assess` does.
    """
    if changes is None:
        return book.compare_editions(facts, as_of)
    return book.compare(facts, changes, as_of, edition=edition or current_settings().edition)


def tie_to_passage(citation: dict[str, Any], guidance: Guidance) -> None:
    """Fill in the passage that holds a citation's quote, and its address, where the quote is indexed."""
    if citation.get("passage_id") or not citation.get("quote") or not citation.get("document"):
        return
    found = guidance.cite(citation["document"], citation["quote"])
    if found is not None:
        citation["passage_id"], citation["url"] = found.passage_id, found.url


def _citations(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "quote" in node and "document" in node:
            yield node
        for value in node.values():
            yield from _citations(value)
    elif isinstance(node, list):
        for value in node:
            yield from _citations(value)
