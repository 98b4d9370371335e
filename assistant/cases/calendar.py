"""The open duties and handovers of a caseload as an iCalendar file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from actions.rules import Citation
from assistant.cases.caseload import Caseload, handover_day

KEPT_DAYS = 90
"""Duties that passed longer ago than this are not in the calendar."""


def caseload_calendar(caseload: Caseload, name: str, address: Callable[[str], str]) -> bytes:
    """An .ics file (RFC 5545) with an all-day entry for each open duty and each handover.

    It names cases by prison number only. An entry keeps its identifier while its date stays, so a calendar
    that reads the file again shows nothing twice. `address` gives the page of a case.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//POM assistant//Caseload//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    stamp = datetime(caseload.as_of.year, caseload.as_of.month, caseload.as_of.day, tzinfo=UTC)

    def add(number: str, what: str, title: str, day: date, working: str, citation: Citation | None) -> None:
        entry = Event()
        key = hashlib.sha256(f"{number}/{what}/{day}".encode()).hexdigest()[:24]
        entry.add("uid", f"{key}@pom-assistant")
        entry.add("dtstamp", stamp)
        entry.add("dtstart", day)
        entry.add("dtend", day + timedelta(days=1))
        entry.add("summary", f"{number}: {title[:1].upper()}{title[1:]}")
        entry.add("description", f"{working}\n{_source(citation)}".strip())
        entry.add("url", address(number))
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)

    for work in caseload.handovers(3660):
        day, reason = handover_day(work), work.worked_out.handover_reason
        if day is not None:
            number = work.case.prison_number
            add(
                number,
                "handover",
                "Handover to the community",
                day,
                reason.because if reason else "",
                reason.citation if reason else None,
            )
    for item in caseload.duties(caseload.as_of - timedelta(days=KEPT_DAYS)):
        task = item.duty.task
        if not item.duty.conditional:
            add(item.prison_number, task.id, task.title, item.duty.day, task.working, task.citation)
    return bytes(calendar.to_ical())


def _source(citation: Citation | None) -> str:
    if citation is None:
        return ""
    return f"{citation.title}, {citation.section}: “{citation.quote}”"
