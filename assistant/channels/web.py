"""The chat page: a conversation in a browser, with or without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from actions.texts import entry, text
from assistant.storage.models import Message
from assistant.web import STATIC
from assistant.web.browser import from_elsewhere, known_conversation, new_conversation, remember, wants_json
from assistant.web.case_view import case_of
from assistant.web.rendering import page, render
from assistant.web.reply_view import view_of

router = APIRouter(include_in_schema=False)


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
    conversation, is_new = _conversation(request)
    response = await _chat_page(request, conversation, draft=draft)
    return remember(request, response, conversation) if is_new else response


@router.post("/")
async def send(request: Request, message: Annotated[str, Form()] = "") -> Response:
    """Take a message: the page again, or JSON for a page that is open already."""
    conversation, is_new = _conversation(request)
    response = await _answer(request, conversation, message)
    return remember(request, response, conversation) if is_new else response


@router.post("/start-again")
async def start_again(request: Request) -> Response:
    """A new conversation. The old one stays in the database, out of reach of this browser."""
    if from_elsewhere(request):
        return await _problem(request, new_conversation(), "", 403, text("pages.errors.elsewhere"))
    return remember(request, RedirectResponse("/", 303), new_conversation())


async def _answer(request: Request, conversation: str, message: str) -> Response:
    limit = request.app.state.settings.message_limit
    if from_elsewhere(request):
        return await _problem(request, conversation, "", 403, text("pages.errors.elsewhere"))
    if not message.strip():
        return await _problem(request, conversation, message, 422, text("pages.errors.empty"))
    if not request.app.state.engine.ready:
        return await _problem(request, conversation, message, 503, text("pages.errors.starting"))
    # Browsers send line breaks of a form as two characters.
    message = message.replace("\r\n", "\n")
    await request.app.state.engine.reply(conversation, message, {})
    too_long = len(message) > limit
    if wants_json(request):
        return await _newest_exchange(request, conversation, keep=too_long)
    if too_long:
        return await _chat_page(request, conversation, draft=message)
    return RedirectResponse("/#latest", 303)


async def _newest_exchange(request: Request, conversation: str, keep: bool) -> Response:
    messages = await _messages(request, conversation)
    newest = messages[_last_question(messages) :]
    content = {
        "html": render("exchange.html", messages=newest, views=_views(newest)),
        "suggestions": render("suggestions.html", messages=messages, suggestions=_suggestions(messages)),
        "case": _case_html(messages),
        "keep": keep,
    }
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


async def _problem(request: Request, conversation: str, draft: str, status: int, error: str) -> Response:
    """Say what went wrong, with what was typed still in the box."""
    headers = {"Retry-After": "5"} if status == 503 else {}
    if wants_json(request):
        return JSONResponse({"error": error}, status, headers={"Cache-Control": "no-store", **headers})
    response = await _chat_page(request, conversation, draft=draft, status=status, error=error)
    response.headers.update(headers)
    return response


async def _chat_page(
    request: Request, conversation: str, draft: str = "", status: int = 200, error: str = ""
) -> Response:
    messages = await _messages(request, conversation)
    return await run_in_threadpool(
        _render_page, messages, ready=request.app.state.engine.ready, draft=draft, status=status, error=error
    )


def _render_page(messages: list[Message], ready: bool, draft: str, status: int, error: str) -> Response:
    question = _last_question(messages)
    return page(
        "chat.html",
        status_code=status,
        messages=messages,
        views=_views(messages),
        latest=messages[question].id if messages else None,
        suggestions=_suggestions(messages),
        case=case_of(messages),
        ready=ready,
        draft=draft,
        error=error,
    )


async def _messages(request: Request, conversation: str) -> list[Message]:
    found: list[Message] = await run_in_threadpool(request.app.state.conversations.messages, conversation)
    return found


def _views(messages: Sequence[Message]) -> dict[int, Any]:
    return {message.id: view_of(message.reply) for message in messages if message.reply}


def _last_question(messages: Sequence[Message]) -> int:
    """Where the newest question stands in the conversation."""
    return max((number for number, message in enumerate(messages) if message.sent_by == "person"), default=0)


def _suggestions(messages: Sequence[Message]) -> list[dict[str, str]]:
    """What the newest reply suggests; examples where nothing has been said."""
    if not messages:
        return [{"title": line, "payload": line} for line in entry("pages.chat.examples")]
    return list((messages[-1].reply or {}).get("suggestions") or ())


def _case_html(messages: Sequence[Message]) -> str:
    case = case_of(messages)
    return render("case.html", case=case) if case else ""


def _conversation(request: Request) -> tuple[str, bool]:
    """The conversation of this browser, and whether it has just begun."""
    known = known_conversation(request)
    return (known, False) if known else (new_conversation(), True)
