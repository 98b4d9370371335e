"""Reminders: what falls due in a person's open cases, sent to those who asked for it in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from actions.answers.wording import plain_date
from actions.texts import text
from assistant.channels.teams.cards import text_activities
from assistant.storage.teams import TeamsRepository

DAYS_AHEAD = 14
MOST_LINES = 40
"""Most duties in one reminder: what is left out is counted."""


@dataclass(frozen=True)
class DueItem:
    """A duty in an open case of a person."""

    case: str
    """The prison number of the case."""
    title: str
    due: date
    owner: str


class DueItems(Protocol):
    """Where the duties of a person come from."""

    def due_for(self, person: str, as_of: date, until: date) -> Sequence[DueItem]:
        """What is overdue on `as_of` or falls due by `until`, and is not done, in the open cases that the
        person with this Entra object id may see; the earliest first."""
        ...


def remind(repository: TeamsRepository, items: DueItems, day: date) -> int:
    """Queue today's reminder for everybody who wants one and has something due. Returns how many.

    Run again on the same day it sends nobody a second one.
    """
    until = day + timedelta(days=DAYS_AHEAD)
    queued = 0
    for conversation in repository.to_remind(day):
        due = items.due_for(conversation.person, day, until)
        if due and repository.queue_reminder(conversation.id, day, reminder(due, day, until)):
            queued += 1
    return queued


def reminder(due: Sequence[DueItem], day: date, until: date) -> list[dict[str, Any]]:
    """The message that reminds of duties."""
    lines = [text("teams.reminders.title", date=plain_date(until))]
    lines += [_line(item, day) for item in due[:MOST_LINES]]
    if len(due) > MOST_LINES:
        lines.append(text("teams.reminders.more", count=len(due) - MOST_LINES))
    lines.append(text("teams.reminders.on"))
    return text_activities("\n".join(lines))


def _line(item: DueItem, day: date) -> str:
    when = text(
        "teams.reminders.overdue" if item.due < day else "teams.reminders.by", date=plain_date(item.due)
    )
    return text("teams.reminders.line", case=item.case, title=item.title, when=when, owner=item.owner)
