"""The case in play on pages of its own: its timeline, its dates for a calendar, and the editions side by side."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from actions import clock, resources
from actions.case_conversation import with_date_of_birth
from actions.rules import FactErrors
from actions.rules.timeline import Timeline, draw_svg, timeline_of, write_calendar
from actions.texts import text
from assistant.web.browser import lines_of
from assistant.web.case_view import CaseView, case_of
from assistant.web.edition_table import edition_table
from assistant.web.rendering import page

router = APIRouter(include_in_schema=False)

PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
}
"""A drawing carries its own styles; it can load nothing and run nothing."""


@router.get("/case/timeline", response_class=HTMLResponse)
async def timeline_page(request: Request) -> Response:
    """The key dates of the case in play: the picture, and the same dates as a table."""
    case = case_of(await lines_of(request))
    timeline = await _timeline(case)
    if case is None or timeline is None:
        return page("not_found.html", status_code=404, message=text("pages.timeline.no_case"))
    return page("timeline.html", case=case, timeline=timeline)


@router.get("/case/timeline.svg")
async def timeline_picture(request: Request) -> Response:
    """The key dates of the case in play as a picture."""
    timeline = await _timeline(case_of(await lines_of(request)))
    if timeline is None:
        return Response(status_code=404, headers=PICTURE_HEADERS)
    drawing = await run_in_threadpool(draw_svg, timeline)
    return Response(drawing, media_type="image/svg+xml", headers=PICTURE_HEADERS)


@router.get("/case/dates.ics")
async def dates(request: Request) -> Response:
    """The dates of the case in play for a calendar."""
    timeline = await _timeline(case_of(await lines_of(request)))
    if timeline is None:
        return page("not_found.html", status_code=404, message=text("pages.timeline.no_case"))
    return Response(
        write_calendar(timeline),
        media_type="text/calendar",
        headers={"Content-Disposition": 'attachment; filename="key-dates.ics"'},
    )


@router.get("/case/editions", response_class=HTMLResponse)
async def editions_page(request: Request) -> Response:
    """The case in play as each edition works it out, side by side."""
    case = case_of(await lines_of(request))
    try:
        if case is None:
            raise FactErrors([])
        as_of = case.as_of or clock.today()
        facts = with_date_of_birth(case.facts, as_of)
        table = await run_in_threadpool(edition_table, resources.rule_book(), facts, as_of)
    except FactErrors:
        return page("not_found.html", status_code=404, message=text("pages.timeline.no_case"))
    return page("editions.html", table=table, as_of=as_of)


async def _timeline(case: CaseView | None) -> Timeline | None:
    """The timeline of a case as it was last worked out, or None when there is no case to draw."""
    if case is None:
        return None
    as_of = case.as_of or clock.today()
    edition = case.edition or resources.rule_book().default_edition
    try:
        return await run_in_threadpool(
            timeline_of, resources.rule_book(), with_date_of_birth(case.facts, as_of), as_of, edition
        )
    except FactErrors:
        return None
