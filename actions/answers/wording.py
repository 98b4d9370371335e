"""Facts, dates and citations in words."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Mapping
from datetime import date
from typing import Any

from actions.rules import RuleBook
from actions.texts import catalogue, text


def plain_date(value: str | date) -> str:
    """A date as people read it: 3 March 2027."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day.day} {month_name[day.month]} {day.year}"


def plain_month(value: str) -> str:
    """A month as people read it, from `2029-08`: August 2029."""
    year, month = value.split("-")[:2]
    return f"{month_name[int(month)]} {year}"


def fact_in_words(book: RuleBook, name: str, value: Any) -> str:
    """One fact in words: `conditional release date 15 March 2027`, `high risk of serious harm`, `not recalled`."""
    field = book.field(name)
    if value is None:
        return f"no {field.label}"
    if name in catalogue()["fact_formats"]:
        return text(f"fact_formats.{name}", value=value)
    named = (
        catalogue()["fact_values"]
        .get(name, {})
        .get(str(value).lower() if isinstance(value, bool) else str(value))
    )
    if named:
        return str(named)
    if isinstance(value, bool):
        return field.label if value else f"not {field.label}"
    if field.type.startswith("date"):
        return f"{field.label} {plain_date(str(value)[:10])}"
    return f"{field.label} {field.says(value)}"


def facts_in_words(book: RuleBook, facts: Mapping[str, Any]) -> str:
    """Several facts in words, in the order they were given."""
    return ", ".join(fact_in_words(book, name, value) for name, value in facts.items())


def quoted(citation: Mapping[str, Any]) -> str:
    """A quotation with its source, on one line."""
    title = (
        text(f"editions.{citation['edition']}")
        if citation["edition"] in catalogue()["editions"]
        else citation["title"]
    )
    return text(
        "case.quote_line",
        quote=readable_quote(str(citation["quote"])),
        title=title,
        section=str(citation.get("section") or "").split(" > ")[-1],
    )


def readable_quote(quote: str) -> str:
    """A quote without the marks of its file (HTML tags, bold, table tabs): every word stays as it is."""
    return " ".join(re.sub(r"</?[a-z]+>|\*\*", " ", quote).split())


def capitalised(sentence: str) -> str:
    """The sentence with its first letter in upper case, the rest as it is."""
    return sentence[:1].upper() + sentence[1:]
