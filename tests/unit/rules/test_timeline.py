"""The timeline of a case: its dates in order, its drawings and its calendar file."""

import io
import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from actions.rules import FactErrors, RuleBook
from actions.rules.timeline import draw_png, draw_svg, timeline_of, write_calendar
from actions.rules.timeline.drawing import _figure, description

AS_OF = date(2026, 6, 1)
DETERMINATE = {
    "sentence_type": "determinate",
    "provider": "NPS",
    "sentence_date": "2025-01-03",
    "conditional_release_date": "2027-09-03",
    "sentence_expiry_date": "2029-09-03",
    "rosh": "high",
    "care_experienced": False,
    "mappa_level": 1,
    "hdc_case": False,
    "ea_terrorism_offence": True,
    "date_of_birth": "1990-04-17",
}
LIFE = {
    "sentence_type": "life",
    "provider": "NPS",
    "sentence_date": "2015-06-30",
    "tariff_expiry_date": "2029-06-30",
}
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "determinate 2022": (DETERMINATE, "2022"),
    "determinate 2019": (DETERMINATE, "2019"),
    "determinate service": (DETERMINATE, "2026-service"),
    "life 2022": (LIFE, "2022"),
    "life service": (LIFE, "2026-service"),
    "nothing known": ({}, "2022"),
}


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return RuleBook.load()


@pytest.fixture(params=CASES, name="case")
def a_case(request: pytest.FixtureRequest, book: RuleBook) -> Any:
    facts, edition = CASES[request.param]
    return timeline_of(book, facts, AS_OF, edition)


def labels(timeline: Any) -> list[tuple[str, str]]:
    return [(event.day.isoformat(), event.label) for event in timeline.events]


def test_dates_are_in_order_with_today_among_them_once(case: Any) -> None:
    assert all(first.day <= second.day for first, second in pairwise(case.events))
    assert [event.day for event in case.events if event.kind == "today"] == [AS_OF]


def test_the_key_dates_of_a_determinate_case(book: RuleBook) -> None:
    found = labels(timeline_of(book, DETERMINATE, AS_OF, "2022"))
    assert ("2025-01-03", "Sentence date") in found
    assert ("2027-01-19", "Handover date: the COM becomes responsible") in found
    assert ("2027-09-03", "Conditional release date") in found
    assert ("2029-09-03", "Sentence expiry date") in found


def test_the_date_of_birth_is_not_on_the_timeline(book: RuleBook) -> None:
    timeline = timeline_of(book, DETERMINATE, AS_OF, "2022")
    assert date(1990, 4, 17) not in {event.day for event in timeline.events}


def test_the_handover_of_a_life_case_differs_by_edition(book: RuleBook) -> None:
    guidance = labels(timeline_of(book, LIFE, AS_OF, "2022"))
    service = labels(timeline_of(book, LIFE, AS_OF, "2026-service"))
    assert any(day == "2028-10-30" and "COM becomes responsible" in label for day, label in guidance)
    assert any(day == "2028-06-30" and "COM becomes responsible" in label for day, label in service)


def test_a_window_has_a_first_and_a_last_day(book: RuleBook) -> None:
    timeline = timeline_of(book, DETERMINATE, AS_OF, "2022")
    window = next(event for event in timeline.events if event.rule == "TASK-35")
    assert (window.day, window.end) == (date(2027, 7, 9), date(2027, 8, 20))


def test_steps_of_early_allocation_not_yet_agreed_say_so(book: RuleBook) -> None:
    timeline = timeline_of(book, DETERMINATE, AS_OF, "2022")
    steps = [event for event in timeline.events if event.kind == "early_allocation"]
    assert steps
    assert all("if early allocation goes ahead" in step.label for step in steps)


def test_every_date_that_was_worked_out_names_its_rule_and_citation(case: Any) -> None:
    for event in case.as_dict()["events"]:
        if event["kind"] in ("handover", "task", "early_allocation"):
            assert event["rule"]
            assert event["citation"]["title"]
            assert event["source"] == "rule"
        else:
            assert event["source"] in ("fact", "today")


def test_facts_that_cannot_be_right_are_refused(book: RuleBook) -> None:
    with pytest.raises(FactErrors):
        timeline_of(book, {"tier": "E"}, AS_OF, "2022")


def test_the_svg_is_well_formed_and_reads_itself_out(case: Any) -> None:
    svg = draw_svg(case)
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    title, words = root.find(f"{space}title"), root.find(f"{space}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "timeline-title timeline-description"
    assert title is not None
    assert title.text == case.title
    assert words is not None
    assert words.text == description(case)
    for event in case.events:
        assert event.label in (words.text or "")
    assert "Today" in "".join(root.itertext())


def test_the_svg_names_no_time_of_making(case: Any) -> None:
    assert not re.search(r"<dc:date>|\d\d:\d\d:\d\d", draw_svg(case))


def test_drawings_and_calendar_are_the_same_each_time(book: RuleBook) -> None:
    first = timeline_of(book, DETERMINATE, AS_OF, "2022")
    again = timeline_of(book, dict(reversed(DETERMINATE.items())), AS_OF, "2022")
    assert draw_svg(first) == draw_svg(again)
    assert draw_png(first) == draw_png(again)
    assert write_calendar(first) == write_calendar(again)


def test_the_png_can_be_read(case: Any) -> None:
    image = Image.open(io.BytesIO(draw_png(case)))
    image.load()
    assert image.format == "PNG"
    assert image.size[0] > 1000


def test_labels_neither_overlap_nor_leave_the_page(case: Any) -> None:
    figure = _figure(case)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [
        text.get_window_extent(canvas.get_renderer())
        for text in figure.findobj(Text)
        if text.get_text() and text.get_visible()
    ]
    page = figure.bbox
    for number, box in enumerate(boxes):
        assert box.x0 >= page.x0
        assert box.x1 <= page.x1
        assert box.y0 >= page.y0
        assert box.y1 <= page.y1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_kinds_differ_by_shape_and_not_only_by_colour() -> None:
    from actions.rules.timeline.drawing import _LOOK

    assert len({marker for marker, _ in _LOOK.values()}) == len(_LOOK)


def test_the_calendar_holds_each_dated_duty_as_a_whole_day(book: RuleBook) -> None:
    timeline = timeline_of(book, DETERMINATE, AS_OF, "2022")
    entries = Calendar.from_ical(write_calendar(timeline)).walk("VEVENT")
    duties = [event for event in timeline.events if event.rule and event.status != "done"]
    assert len(entries) == len(duties)
    assert len({str(entry["UID"]) for entry in entries}) == len(entries)
    window = next(entry for entry in entries if str(entry["UID"]).startswith("TASK-35-"))
    assert window["DTSTART"].dt == date(2027, 7, 9)
    assert window["DTEND"].dt == date(2027, 8, 20) + timedelta(days=1)
    assert "3 September 2027 - 2 weeks = 20 August 2027" in str(window["DESCRIPTION"])
    assert "8 -2 weeks pre-ACR date (COM)" in str(window["DESCRIPTION"])


def test_a_calendar_entry_of_one_case_never_replaces_that_of_another(book: RuleBook) -> None:
    other = {**DETERMINATE, "sentence_date": "2025-01-04"}
    first, second = (timeline_of(book, facts, AS_OF, "2022") for facts in (DETERMINATE, other))
    ids = [
        {str(entry["UID"]) for entry in Calendar.from_ical(write_calendar(t)).walk("VEVENT")}
        for t in (first, second)
    ]
    assert not ids[0] & ids[1]


def test_the_calendar_holds_no_fact_about_the_person(book: RuleBook) -> None:
    text = write_calendar(timeline_of(book, DETERMINATE, AS_OF, "2022")).decode()
    assert "1990" not in text
    assert "19900417" not in text


def test_a_calendar_entry_keeps_its_identifier_on_another_day(book: RuleBook) -> None:
    early, late = (timeline_of(book, DETERMINATE, day, "2022") for day in (AS_OF, date(2026, 7, 1)))
    ids = [
        {str(e["UID"]) for e in Calendar.from_ical(write_calendar(t)).walk("VEVENT")} for t in (early, late)
    ]
    assert ids[0] & ids[1]
