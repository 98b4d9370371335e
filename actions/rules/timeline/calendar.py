"""The dated duties of a timeline as an iCalendar file, for the calendar of whoever holds the case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from actions.rules.timeline.events import KINDS, Event, Timeline

_DUTIES = ("task", "early_allocation", "handover")


def write_calendar(timeline: Timeline) -> bytes:
    """An .ics file (RFC 5545) with an all-day entry for each dated duty that is not done.

    The same timeline always gives the same bytes: the stamp is the date worked from, and an entry keeps its
    identifier when the file is made again for the same facts, so a calendar does not show it twice.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//POM assistant//Case timeline//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", timeline.title)
    for event in timeline.events:
        if event.kind in _DUTIES and event.rule and event.status != "done":
            calendar.add_component(_entry(event, timeline))
    return bytes(calendar.to_ical())


def _entry(event: Event, timeline: Timeline) -> CalendarEvent:
    entry = CalendarEvent()
    stamp = datetime(timeline.as_of.year, timeline.as_of.month, timeline.as_of.day, tzinfo=UTC)
    name = "".join(letter for letter in event.label.lower() if letter.isalnum())[:24]
    entry.add("uid", f"{event.rule}-{event.kind}-{name}-{timeline.key}@pom-assistant")
    entry.add("dtstamp", stamp)
    entry.add("dtstart", event.day)
    entry.add("dtend", (event.end or event.day) + timedelta(days=1))
    entry.add("summary", f"{event.label} ({event.owner})" if event.owner else event.label)
    entry.add("description", _description(event))
    entry.add("categories", [KINDS[event.kind]])
    entry.add("transp", "TRANSPARENT")
    return entry


def _description(event: Event) -> str:
    lines = [event.detail] if event.detail else []
    citation = event.citation
    if citation is not None:
        source = f"{citation.title}, {citation.section}" if citation.section else citation.title
        quote = f": “{citation.quote}”" if citation.quote else ""
        lines.append(f"Source ({event.rule}): {source}{quote}")
    return "\n".join(lines)
