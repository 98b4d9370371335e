"""Feedback on an answer: useful or not, why, and in a person's own words."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse

from actions.texts import text
from assistant.access.acting import acting_person
from assistant.access.policy import Action, may
from assistant.engine.feedback import FeedbackDesk
from assistant.storage.feedback import COMMENT_LIMIT, REASONS, NoSuchAnswer, as_record
from assistant.web.browser import known_conversation, wants_json
from assistant.web.rendering import page, render

router = APIRouter(include_in_schema=False)

SHOWN = 200
"""Most judgements on the page for maintainers; the export has all."""


@router.post("/feedback")
async def give(
    request: Request,
    number: Annotated[int, Form(ge=1)],
    useful: Annotated[bool, Form()],
    reason: Annotated[str, Form()] = "",
    comment: Annotated[str, Form()] = "",
    complete: Annotated[bool, Form()] = False,
) -> Response:
    """Take a judgement of an answer. The first asks for the reason; `complete` says that it was asked."""
    desk: FeedbackDesk = request.app.state.feedback
    conversation = known_conversation(request) or ""
    try:
        await run_in_threadpool(
            desk.record,
            conversation,
            number,
            useful=useful,
            reason=reason or None,
            comment=comment,
            channel="web",
        )
    except NoSuchAnswer:
        return _answered(request, 404, error=text("pages.feedback.no_answer"))
    except ValueError:
        limit = f"{COMMENT_LIMIT:,}"
        values = {"number": number, "useful": useful, "reason": reason, "comment": comment}
        return _answered(request, 422, error=text("pages.feedback.too_long", limit=limit), **values)
    if complete:
        return _answered(request, 200, done=True)
    if wants_json(request):
        return _answered(request, 200, number=number, useful=useful)
    return RedirectResponse(f"/feedback?number={number}&useful={str(useful).lower()}", 303)


@router.get("/feedback")
async def ask_why(number: Annotated[int, Query(ge=1)], useful: Annotated[bool, Query()] = False) -> Response:
    """The page that asks for the reason, where there is no JavaScript."""
    return page("feedback.html", **_values(number=number, useful=useful))


@router.get("/feedback/all")
async def read_all(request: Request) -> Response:
    """What people thought of the answers, for whoever maintains the guidance."""
    if not may(acting_person(), Action.READ_FEEDBACK):
        return page("not_found.html", status_code=404, message="")
    desk: FeedbackDesk = request.app.state.feedback
    found = await run_in_threadpool(desk.kept.latest, SHOWN)
    if wants_json(request):
        return JSONResponse([as_record(item) for item in found])
    return page("feedback_list.html", found=found, most=SHOWN)


def _values(**values: Any) -> dict[str, Any]:
    blank = {"number": 0, "useful": False, "reason": "", "comment": "", "error": "", "done": False}
    return blank | {"reasons": REASONS, "limit": COMMENT_LIMIT} | values


def _answered(request: Request, status: int, **values: Any) -> Response:
    shown = _values(**values)
    if wants_json(request):
        return JSONResponse({"html": render("feedback_form.html", **shown)}, status)
    return page("feedback.html", status_code=status, **shown)
