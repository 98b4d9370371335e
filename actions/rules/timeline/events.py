"""The key dates of a case in order, from the facts given and from what the rules work out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.rules.book import RuleBook
from actions.rules.dates import written
from actions.rules.logic import plain_date
from actions.rules.results import Assessment, Citation, Part, Task

HOLDERS = {"POM": "the POM", "COM": "the COM", "RO_CRC": "the Responsible Officer"}
KINDS = {
    "today": "Today",
    "sentence": "Sentence and custody",
    "release": "Release and expiry",
    "parole": "Parole and tariff",
    "handover": "Handover and responsibility",
    "task": "Task",
    "early_allocation": "Early allocation step",
}
_KIND_OF_FACT = {
    "conditional_release_date": "release",
    "automatic_release_date": "release",
    "sentence_expiry_date": "release",
    "licence_expiry_date": "release",
    "parole_eligibility_date": "parole",
    "first_parole_eligibility_date": "parole",
    "next_parole_eligibility_date": "parole",
    "last_parole_review_date": "parole",
    "tariff_expiry_date": "parole",
    "target_hearing_date": "parole",
    "com_allocation_date": "handover",
}
_NOT_SHOWN = ("date_of_birth", "year_start", "month_start", "today")
_ORDER = tuple(KINDS)


@dataclass(frozen=True)
class Event:
    """One date of a timeline.

    `kind` is a key of KINDS. `end` is the last day of a window, None for a single day. `rule` and `citation`
    name where a date that was worked out comes from; both are None for a fact given.
    """

    day: date
    kind: str
    label: str
    detail: str = ""
    end: date | None = None
    owner: str | None = None
    status: str | None = None
    rule: str | None = None
    citation: Citation | None = None

    def as_dict(self) -> dict[str, Any]:
        """The event as JSON-ready data."""
        return {
            "date": self.day.isoformat(),
            "end": self.end.isoformat() if self.end else None,
            "kind": self.kind,
            "kind_label": KINDS[self.kind],
            "label": self.label,
            "detail": self.detail,
            "owner": self.owner,
            "status": self.status,
            "source": "rule" if self.rule else "today" if self.kind == "today" else "fact",
            "rule": self.rule,
            "citation": self.citation.as_dict() if self.citation else None,
        }


@dataclass(frozen=True)
class Timeline:
    """The events of a case in order, today among them. `key` tells cases apart without naming anybody."""

    as_of: date
    edition: str
    events: tuple[Event, ...]
    key: str = ""

    @property
    def title(self) -> str:
        """A heading for the timeline."""
        return f"Case timeline on {written(self.as_of)} ({self.edition} edition)"

    def as_dict(self) -> dict[str, Any]:
        """The timeline as JSON-ready data."""
        return {
            "title": self.title,
            "as_of": self.as_of.isoformat(),
            "edition": self.edition,
            "events": [event.as_dict() for event in self.events],
        }


def timeline_of(book: RuleBook, facts: Mapping[str, object], as_of: date, edition: str = "2022") -> Timeline:
    """The timeline of a case on a date, under an edition.

    Raises FactErrors for facts or an edition that cannot be used.
    """
    given = book.case(facts, as_of, edition).facts
    assessment = book.assess(facts, as_of, edition)
    events = [Event(as_of, "today", "Today")]
    events += _facts(book, given)
    events += _handover(assessment)
    events += _duties(assessment, given.get("early_allocation_agreed") is True)
    ordered = sorted(events, key=lambda event: (event.day, _ORDER.index(event.kind), event.label))
    return Timeline(as_of, edition, tuple(ordered), _key(given, edition))


def _key(facts: Mapping[str, Any], edition: str) -> str:
    text = json.dumps([edition, sorted(facts.items())], default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _facts(book: RuleBook, facts: Mapping[str, Any]) -> Iterator[Event]:
    for name, value in facts.items():
        if isinstance(value, date) and name not in _NOT_SHOWN:
            label = book.field(name).label
            yield Event(plain_date(value), _KIND_OF_FACT.get(name, "sentence"), label[:1].upper() + label[1:])


def _handover(assessment: Assessment) -> Iterator[Event]:
    now, part = assessment.responsibility, assessment.handover
    day, start = part.data.get("date"), part.data.get("starts")
    holder = HOLDERS.get(str(now.changes_to), str(now.changes_to))
    together = isinstance(day, date) and day == now.changes_on
    if isinstance(day, date):
        label = f"Handover date: {holder} becomes responsible" if together else "Handover date"
        yield _worked_out(day, label, part)
    if isinstance(start, date) and start != day:
        yield _worked_out(start, "Handover starts: the COM supports the POM", part)
    if now.changes_on is not None and now.reasons and not together:
        reason = now.reasons[-1]
        label = f"{holder[:1].upper()}{holder[1:]} becomes responsible"
        yield Event(
            now.changes_on, "handover", label, reason.because, rule=reason.rule, citation=reason.citation
        )


def _worked_out(day: date, label: str, part: Part) -> Event:
    reason = part.reasons[0] if part.reasons else None
    return Event(
        day,
        "handover",
        label,
        reason.because if reason else "",
        rule=reason.rule if reason else None,
        citation=reason.citation if reason else None,
    )


def _duties(assessment: Assessment, agreed: bool) -> Iterator[Event]:
    seen = set()
    for task in assessment.tasks:
        seen.add(task.id)
        yield from _duty(task, "task")
    for step in assessment.early_allocation.data.get("steps", ()):
        if isinstance(step, Task) and step.id not in seen:
            yield from _duty(step, "early_allocation", "" if agreed else " (if early allocation goes ahead)")


def _duty(task: Task, kind: str, condition: str = "") -> Iterator[Event]:
    first = task.opens or task.due
    if first is None:
        return
    label = task.title if task.due else f"{task.title} (from this date)"
    end = task.due if task.opens and task.due and task.due != task.opens else None
    yield Event(
        first,
        kind,
        label[:1].upper() + label[1:] + condition,
        task.working,
        end=end,
        owner=task.owner,
        status=task.status,
        rule=task.id,
        citation=task.citation,
    )
