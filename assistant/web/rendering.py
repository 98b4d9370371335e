"""Turns templates into pages: one Jinja environment."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from actions.answers.wording import capitalised, plain_date
from actions.texts import catalogue, entry, text
from assistant import frontend
from assistant.web import TEMPLATES
from assistant.web.navigation import pages
from assistant.web.reply_view import grouped

LONDON = ZoneInfo("Europe/London")

_BOLD = re.compile(r"\*\*(?=\S)(.+?)\*\*|&lt;b&gt;(.+?)&lt;/b&gt;")
_OTHER_TAG = re.compile(r"&lt;/?(?:b|i|p|br|sup|sub|em|u|ul|ol|li)\s*/?&gt;|\*\*")


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates, with every value escaped and every missing name an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.globals |= {
        "t": text,
        "texts": entry,
        "static_version": frontend.built_version,
        "navigation": pages,
    }
    environment.filters |= {
        "date": plain_date,
        "time": clock_time,
        "lines": lines_to_html,
        "quotation": quotation,
        "grouped": grouped,
        "edition": edition_title,
        "published": published,
        "first_upper": capitalised,
    }
    return environment


def page(template: str, status_code: int = 200, **values: Any) -> HTMLResponse:
    """A whole page."""
    return HTMLResponse(render(template, **values), status_code)


def render(template: str, **values: Any) -> str:
    """A template, or a part of a page, as HTML."""
    return templates().get_template(template).render(**values)


def clock_time(moment: datetime) -> str:
    """A moment as people in England and Wales read it: `3:05pm`. The database keeps UTC without saying so."""
    local = in_london(moment)
    return f"{local.hour % 12 or 12}:{local.minute:02}{'am' if local.hour < 12 else 'pm'}"


def in_london(moment: datetime) -> datetime:
    """A moment on the clocks of London. One without a time zone is UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(LONDON)


def lines_to_html(value: str) -> Markup:
    """Text with its line breaks kept, everything in it escaped."""
    return Markup("<br>").join(escape(line) for line in value.splitlines())


def quotation(quote: str) -> Markup:
    """A quotation word for word, with the marks for bold in the source shown as bold."""
    shown = _BOLD.sub(lambda found: f"<strong>{found[1] or found[2]}</strong>", str(escape(quote)))
    return Markup(_OTHER_TAG.sub(" ", shown))


def edition_title(edition: str) -> str:
    """The name of an edition, or the edition itself when the catalogue has no name for it."""
    return str(catalogue()["editions"].get(edition, edition))


def published(value: str | None) -> str:
    """A date of publication as exact as it is known: a year, a month, or a day."""
    if not value:
        return text("pages.guidance.undated")
    parts = value.split("-")
    if len(parts) == 1:
        return value
    if len(parts) == 2:
        return plain_date(date(int(parts[0]), int(parts[1]), 1)).removeprefix("1 ")
    return plain_date(value)
