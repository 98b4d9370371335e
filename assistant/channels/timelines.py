"""The timeline of a case: as data, as a picture, or as a calendar file."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from actions import clock, resources
from actions.case_conversation import with_date_of_birth
from actions.rules import FactErrors
from actions.rules.timeline import Timeline, draw_png, draw_svg, timeline_of, write_calendar
from assistant.channels.assessments import AssessmentRequest, unprocessable
from assistant.settings import current_settings

router = APIRouter(prefix="/api", tags=["assessment"])

FORMATS = ("application/json", "image/svg+xml", "image/png", "text/calendar")


def _render(timeline: Timeline, media_type: str) -> Response:
    if media_type == "image/svg+xml":
        return Response(draw_svg(timeline), media_type=media_type)
    if media_type == "image/png":
        return Response(draw_png(timeline), media_type=media_type)
    if media_type == "text/calendar":
        return Response(
            write_calendar(timeline),
            media_type=media_type,
            headers={"Content-Disposition": 'attachment; filename="key-dates.ics"'},
        )
    return JSONResponse(timeline.as_dict())


def wanted_format(accept: str) -> str | None:
    """The first format of an Accept header that can be given; JSON for anything, None for nothing known."""
    for item in accept.split(","):
        media_type = item.split(";")[0].strip().lower()
        if media_type in FORMATS:
            return media_type
        if media_type in ("", "*/*", "application/*"):
            return "application/json"
    return None


@router.post("/timeline")
async def timeline(request: Request, case: AssessmentRequest) -> Response:
    """The key dates of a case in order with today marked, in the format that `Accept` asks for."""
    media_type = wanted_format(request.headers.get("accept", ""))
    if media_type is None:
        raise HTTPException(406, f"Ask for one of: {', '.join(FORMATS)}")
    as_of = case.as_of or clock.today()
    try:
        found = await run_in_threadpool(
            timeline_of,
            resources.rule_book(),
            with_date_of_birth(case.facts, as_of),
            as_of,
            case.edition or current_settings().edition,
        )
    except FactErrors as errors:
        raise unprocessable(errors) from errors
    return await run_in_threadpool(_render, found, media_type)
