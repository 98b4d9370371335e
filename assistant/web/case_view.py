"""The case in play, as the pages show it: who is responsible now and next, and the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions import resources
from actions.answers.topic_answer import role_in_words
from actions.answers.wording import capitalised, plain_date
from actions.rules import RuleBook
from actions.texts import catalogue, entry, text
from assistant.storage.models import Message
from assistant.web.rendering import edition_title


@dataclass(frozen=True)
class FactRow:
    """A fact in play, and the beginning of a message that changes it."""

    label: str
    value: str
    draft: str


@dataclass(frozen=True)
class CaseView:
    """The case in play. `now`, `next` and `worked_out` are empty before anything was worked out."""

    facts: dict[str, Any]
    rows: list[FactRow]
    now: str = ""
    next: str = ""
    worked_out: str = ""
    as_of: date | None = None
    edition: str | None = None


def case_of(messages: Iterable[Message]) -> CaseView | None:
    """The case in play in a conversation, or None when there are no facts in play."""
    replies = [message.reply for message in messages if message.reply]
    reply = _latest_case(replies)
    if reply is None:
        return None
    rows = fact_rows(resources.rule_book(), reply["facts"])
    assessment = _latest_assessment(replies, reply["facts"])
    if not assessment:
        return CaseView(reply["facts"], rows)
    part = assessment["responsibility"]
    following = ""
    if part.get("changes_on") and part.get("changes_to"):
        who = capitalised(role_in_words(part["changes_to"]))
        following = text("pages.case.next_on", who=who, date=plain_date(part["changes_on"]))
    decided = part["status"] == "decided" and part["responsible"]
    return CaseView(
        reply["facts"],
        rows,
        now=capitalised(role_in_words(part["responsible"])) if decided else text("pages.case.not_yet"),
        next=following,
        worked_out=text(
            "pages.case.worked_out",
            as_of=plain_date(assessment["as_of"]),
            edition=edition_title(assessment["edition"]),
        ),
        as_of=date.fromisoformat(assessment["as_of"]),
        edition=assessment["edition"],
    )


def _latest_case(replies: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The newest reply with facts, unless they have been put aside since."""
    put_aside = {_plain(text(f"replies.{key}")) for key in ("started_again", "new_case")}
    for reply in reversed(replies):
        if reply.get("facts"):
            return reply
        if _plain(reply["text"]) in put_aside:
            return None
    return None


def _latest_assessment(
    replies: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """What was last worked out from these very facts."""
    found = (reply["assessment"] for reply in reversed(replies) if reply.get("facts") == facts)
    return next(filter(None, found), None)


def _plain(words: str) -> str:
    return " ".join(words.split())


def fact_rows(book: RuleBook, facts: Mapping[str, Any]) -> list[FactRow]:
    """The facts in play as rows, in the order they were given."""
    rows = []
    for name, value in facts.items():
        if name not in book.fields:
            continue
        field = book.field(name)
        rows.append(
            FactRow(
                capitalised(field.label),
                _value_in_words(field.type, name, value),
                _draft(field.label, name, value),
            )
        )
    return rows


def _draft(label: str, name: str, value: Any) -> str:
    """The beginning of a message that changes a fact; the whole of it where there is only one other value."""
    if isinstance(value, bool):
        opposite = catalogue()["fact_values"].get(name, {}).get(str(not value).lower())
        if opposite:
            return str(entry("pages.case.correction")).format(words=opposite)
    return str(entry("pages.case.draft")).format(label=label)


def _value_in_words(kind: str, name: str, value: Any) -> str:
    if value is None:
        return text("pages.case.none")
    if kind == "bool":
        return text("pages.case.yes" if value else "pages.case.no")
    if kind in ("date", "datetime"):
        return plain_date(str(value)[:10])
    named = catalogue()["fact_values"].get(name, {}).get(str(value))
    return str(named or str(value).replace("_", " "))
