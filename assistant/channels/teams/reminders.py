"""Reminders: what falls due in a person's open cases, sent to those who asked for it in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from actions.answers.wording import plain_date
from actions.texts import text
from assistant.access import Action, may
from assistant.access.people import PeopleRepository
from assistant.cases.caseload import Caseloads, items_due
from assistant.cases.work import Duty
from assistant.channels.teams.cards import text_activities
from assistant.storage.teams import TeamsRepository

DAYS_AHEAD = 14
MOST_LINES = 40
"""Most duties in one reminder: what is left out is counted."""


class DueItem(Protocol):
    """A duty in an open case."""

    @property
    def prison_number(self) -> str: ...

    @property
    def duty(self) -> Duty: ...


class DueItems(Protocol):
    """Where the duties of a person come from."""

    def due(self, subject: str, day: date, days: int) -> Sequence[DueItem]:
        """What falls due in so many days from `day` on, and is not done, in the open cases of the person with
        this Entra object id; the earliest first. Nothing for somebody who may see no case."""
        ...


class CaseloadDueItems:
    """The duties of people in their caseloads."""

    def __init__(self, people: PeopleRepository, caseloads: Caseloads) -> None:
        self._people = people
        self._caseloads = caseloads

    def due(self, subject: str, day: date, days: int) -> Sequence[DueItem]:
        """The duties in the person's own cases."""
        person = self._people.by_subject(subject)
        if person is None or not may(person, Action.READ_CASE):
            return []
        return items_due(self._caseloads, person, day, days)


def remind(repository: TeamsRepository, items: DueItems, day: date) -> int:
    """Queue today's reminder for everybody who wants one and has something due. Returns how many.

    Run again on the same day it sends nobody a second one.
    """
    queued = 0
    for conversation in repository.to_remind(day):
        due = items.due(conversation.person, day, DAYS_AHEAD)
        if due and repository.queue_reminder(conversation.id, day, reminder(due, day)):
            queued += 1
    return queued


def reminder(due: Sequence[DueItem], day: date) -> list[dict[str, Any]]:
    """The message that reminds of duties."""
    lines = [text("teams.reminders.title", date=plain_date(day + timedelta(days=DAYS_AHEAD)))]
    lines += [_line(item) for item in due[:MOST_LINES]]
    if len(due) > MOST_LINES:
        lines.append(text("teams.reminders.more", count=len(due) - MOST_LINES))
    lines.append(text("teams.reminders.on"))
    return text_activities("\n".join(lines))


def _line(item: DueItem) -> str:
    return text(
        "teams.reminders.line",
        case=item.prison_number,
        title=item.duty.task.title,
        date=plain_date(item.duty.day),
        owner=item.duty.task.owner,
    )
