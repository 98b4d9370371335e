"""Whether a reply holds what a dialogue expects of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.evaluation.labelled_sets import Expectation
from assistant.evaluation.scores import same_value

ASSESSED = (
    ("responsible", "responsibility", "responsible"),
    ("pom_type", "pom_type", "value"),
    ("early_allocation", "early_allocation", "outcome"),
)
"""Expectations of the assessment: the key, the part of the assessment, and the name in it."""


@dataclass(frozen=True)
class Unmet:
    """One expectation that a reply does not meet."""

    expectation: str
    """Its key, with the fact after a dot where it is about one: `facts.tier`."""
    expected: Any
    got: Any


def unmet(expect: Expectation, reply: dict[str, Any]) -> list[Unmet]:
    """What a reply lacks, in the order of the keys of `Expectation`.

    Words that must be there may stand in the text or in a quote that is shown with it. Words that must not
    be there may not stand in the text: a quote is the document's, not the assistant's.
    """
    return [*_kind_and_text(expect, reply), *_facts(expect, reply), *_answer(expect, reply)]


def _kind_and_text(expect: Expectation, reply: dict[str, Any]) -> Iterator[Unmet]:
    kind = reply.get("kind")
    if expect.kind and kind != expect.kind:
        yield Unmet("kind", expect.kind, kind)
    if expect.kind_not and kind == expect.kind_not:
        yield Unmet("kind_not", expect.kind_not, kind)
    text = str(reply.get("text") or "")
    quotes = [str(citation.get("quote") or "") for citation in reply.get("citations") or []]
    shown = _comparable("\n".join([text, *quotes]))
    missing = [words for words in expect.text_contains if _comparable(words) not in shown]
    if missing:
        yield Unmet("text_contains", missing, text)
    choices = expect.text_contains_any
    if choices and not any(_comparable(words) in shown for words in choices):
        yield Unmet("text_contains_any", choices, text)
    found = [words for words in expect.text_lacks if _comparable(words) in _comparable(text)]
    if found:
        yield Unmet("text_lacks", found, text)


def _facts(expect: Expectation, reply: dict[str, Any]) -> Iterator[Unmet]:
    facts = reply.get("facts") or {}
    for name, value in expect.facts.items():
        if name not in facts or not same_value(value, facts[name]):
            yield Unmet(f"facts.{name}", value, facts.get(name))
    for name in expect.facts_absent:
        if name in facts:
            yield Unmet(f"facts_absent.{name}", None, facts[name])
    asked = reply.get("asking_for")
    if asked in expect.asking_for_not:
        yield Unmet("asking_for_not", expect.asking_for_not, asked)


def _answer(expect: Expectation, reply: dict[str, Any]) -> Iterator[Unmet]:
    if expect.citation_document:
        documents = list(dict.fromkeys(item.get("document") for item in reply.get("citations") or []))
        if expect.citation_document not in documents:
            yield Unmet("citation_document", expect.citation_document, documents)
    assessment = reply.get("assessment") or {}
    for name, part, key in ASSESSED:
        got = (assessment.get(part) or {}).get(key)
        if expect.asks(name) and got != getattr(expect, name):
            yield Unmet(name, getattr(expect, name), got)
    status = (reply.get("answer") or {}).get("status")
    if expect.status and status != expect.status:
        yield Unmet("status", expect.status, status)


def _comparable(words: str) -> str:
    """Words without what only the setting of a text changes: case, spaces, curly quotation marks."""
    straight = (
        words.replace("\u2019", "'").replace("\u2018", "'").replace("\u201c", '"').replace("\u201d", '"')
    )
    return re.sub(r"\s+", " ", straight).strip().casefold()
