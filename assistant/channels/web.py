"""The chat page: a conversation in a browser, with or without JavaScript."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from actions.texts import entry, text
from assistant.channels.streams import Event, event_stream
from assistant.storage.models import Message
from assistant.web import STATIC
from assistant.web.browser import (
    conversation_of,
    is_token,
    known_token,
    lines_of,
    new_token,
    remember,
    wants_json,
    wants_stream,
)
from assistant.web.case_view import case_of
from assistant.web.rendering import page, render
from assistant.web.reply_view import view_of

router = APIRouter(include_in_schema=False)

MessageId = Annotated[str, Form(max_length=100, pattern=r"^[\w-]*$")]
Number = Annotated[int, Query(ge=0)]

CARRIED_ON = ("/", "/case/timeline", "/case/editions", "/case/dates.ics", "/transcript", "/transcript.docx")
"""Pages that a conversation in a frame can be carried on to, in a tab of its own."""


def static_files() -> ASGIApp:
    """The built styles and scripts. Their addresses carry a version, so browsers may keep them."""
    return _StaticFiles(directory=STATIC, check_dir=False)


class _StaticFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


@router.get("/")
async def chat(request: Request, draft: Annotated[str, Query(max_length=4000)] = "") -> Response:
    """The page with the conversation so far. `draft` stands in the box already."""
    token = known_token(request)
    response = await _chat_page(request, await lines_of(request), draft=draft)
    return response if token else remember(request, response, new_token())


@router.get("/conversation")
async def catch_up(request: Request, after: Number = 0) -> Response:
    """The lines behind the number `after`, for a page that is open already."""
    return JSONResponse(await _update(request, known_token(request), after))


@router.post("/")
async def send(
    request: Request,
    message: Annotated[str, Form()] = "",
    message_id: MessageId = "",
    after: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """Take a message. `message_id` names the delivery: sent again, it gets the answer it got before.

    Gives the page again; or for a page that is open already the lines behind the number `after`, as events
    or as JSON.
    """
    known = known_token(request)
    token = known or new_token()
    # Browsers send line breaks of a form as two characters.
    message = message.replace("\r\n", "\n")
    problem = _problem_with(request, message)
    response: Response
    if problem is not None:
        response = await _problem(request, message, *problem)
    else:
        work = _answer(request, token, message, message_id, after)
        if wants_stream(request):
            response = event_stream(work, _events)
        elif wants_json(request):
            response = JSONResponse(await work)
        else:
            update = await work
            response = RedirectResponse("/#latest", 303)
            if update["keep"]:
                response = await _chat_page(request, await _lines(request, token), draft=message)
    return response if known else remember(request, response, token)


@router.post("/start-again")
async def start_again(request: Request) -> Response:
    """A new conversation. The old one stays in the database, out of reach of this browser."""
    return remember(request, RedirectResponse("/", 303), new_token())


@router.post("/carry-on")
async def carry_on(
    request: Request, conversation: Annotated[str, Form()] = "", to: Annotated[str, Form()] = "/"
) -> Response:
    """Open a conversation that was held in a frame in a tab of its own, where it has a cookie."""
    if not is_token(conversation) or to not in CARRIED_ON:
        return page("not_found.html", status_code=422, message="")
    return remember(request, RedirectResponse(to, 303), conversation)


def _problem_with(request: Request, message: str) -> tuple[int, str] | None:
    """Why a message cannot be taken at all: the status and the words, or None when it can."""
    if not message.strip():
        return 422, text("pages.errors.empty")
    if not request.app.state.engine.ready:
        return 503, text("pages.errors.starting")
    return None


async def _answer(request: Request, token: str, message: str, message_id: str, after: int) -> dict[str, Any]:
    metadata = {}
    if message_id:
        # A form can be sent anew with other words from the page before: that is another message.
        words = hashlib.sha256(message.encode()).hexdigest()[:16]
        metadata["message_id"] = f"{message_id}:{words}"
    await request.app.state.engine.reply(conversation_of(token), message, metadata)
    update = await _update(request, token, after)
    return update | {"keep": len(message) > request.app.state.settings.message_limit}


async def _update(request: Request, token: str | None, after: int) -> dict[str, Any]:
    """What a page that shows the lines up to a number has to show now."""
    messages = await _lines(request, token) if token else []
    return await run_in_threadpool(_render_update, messages, after)


async def _lines(request: Request, token: str) -> list[Message]:
    found: list[Message] = await run_in_threadpool(
        request.app.state.conversations.messages, conversation_of(token)
    )
    return found


def _render_update(messages: list[Message], after: int) -> dict[str, Any]:
    case = case_of(messages)
    return {
        "lines": [
            {
                "number": line.number,
                "by": line.sent_by,
                "html": render("line.html", message=line, view=view_of(line.reply) if line.reply else None),
            }
            for line in messages
            if line.number > after
        ],
        "last": messages[-1].number if messages else 0,
        "suggestions": render(
            "suggestions.html", messages=messages, suggestions=_suggestions(messages), form_id=new_token()
        ),
        "case": render("case.html", case=case) if case else "",
    }


def _events(update: dict[str, Any]) -> Iterator[Event]:
    """An update as events: each line by itself with its number, then what else changed."""
    for line in update["lines"]:
        yield Event("line", line, line["number"])
    yield Event("done", {name: value for name, value in update.items() if name != "lines"})


async def _problem(request: Request, draft: str, status: int, error: str) -> Response:
    """Say what went wrong, with what was typed still in the box."""
    headers = {"Retry-After": "5"} if status == 503 else {}
    if wants_json(request) or wants_stream(request):
        return JSONResponse({"error": error}, status, headers=headers)
    response = await _chat_page(request, await lines_of(request), draft=draft, status=status, error=error)
    response.headers.update(headers)
    return response


async def _chat_page(
    request: Request, messages: list[Message], draft: str = "", status: int = 200, error: str = ""
) -> Response:
    return await run_in_threadpool(
        chat_page, messages, ready=request.app.state.engine.ready, draft=draft, status=status, error=error
    )


def chat_page(
    messages: list[Message],
    ready: bool,
    draft: str = "",
    status: int = 200,
    error: str = "",
    embedded: dict[str, str] | None = None,
) -> Response:
    """The page with a conversation. `embedded` is what a page in a frame knows of the host around it."""
    return page(
        "chat.html",
        status_code=status,
        messages=messages,
        views={line.id: view_of(line.reply) for line in messages if line.reply},
        latest=max((line.id for line in messages if line.sent_by == "person"), default=None),
        last=messages[-1].number if messages else 0,
        suggestions=_suggestions(messages),
        case=case_of(messages),
        ready=ready,
        draft=draft,
        error=error,
        form_id=new_token(),
        embedded=embedded,
    )


def _suggestions(messages: Sequence[Message]) -> list[dict[str, str]]:
    """What the newest reply suggests; examples where nothing has been said."""
    if not messages:
        return [{"title": line, "payload": line} for line in entry("pages.chat.examples")]
    return list((messages[-1].reply or {}).get("suggestions") or ())
