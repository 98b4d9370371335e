"""The rules that rest on each passage of a document, for the reader."""

from __future__ import annotations

from dataclasses import dataclass

from actions.answers.wording import capitalised
from actions.rules import RuleBook
from knowledge.guidance import Guidance

SHOWN_STATUSES = ("operative", "inspection-criterion")
"""Rules that decide something, or that inspectors look for; the others only explain."""


@dataclass(frozen=True)
class RestingRule:
    """A rule that rests on a passage: its identifier, and what it says in a plain sentence."""

    id: str
    plain: str


def rules_by_passage(book: RuleBook, guidance: Guidance, slug: str) -> dict[str, list[RestingRule]]:
    """The rules whose quotation stands in a document, by the id of the passage that holds it.

    A rule may rest on several passages. One whose words the indexed document does not have is left out.
    """
    found: dict[str, list[RestingRule]] = {}
    for rule in book.catalogue.rules.values():
        if rule.status not in SHOWN_STATUSES:
            continue
        for citation in (rule.citation, *rule.other_citations):
            if citation.document != slug or not citation.quote:
                continue
            passage = guidance.locate(slug, citation.quote)
            resting = RestingRule(rule.id, capitalised(rule.plain))
            if passage and resting not in found.setdefault(passage, []):
                found[passage].append(resting)
    return found
