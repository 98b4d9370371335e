"""A case's key dates in order: as data, as a drawing, and as a calendar file.

>>> from datetime import date
>>> from actions.rules import RuleBook
>>> from actions.rules.timeline import timeline_of
>>> facts = {"sentence_type": "life", "tariff_expiry_date": "2030-06-30"}
>>> [event.label for event in timeline_of(RuleBook.load(), facts, date(2026, 1, 5), "2022").events][:1]
['Today']
"""

from actions.rules.timeline.calendar import write_calendar
from actions.rules.timeline.drawing import draw_png, draw_svg
from actions.rules.timeline.events import Event, Timeline, timeline_of

__all__ = ["Event", "Timeline", "draw_png", "draw_svg", "timeline_of", "write_calendar"]
