"""The whole conversation to keep: a page to print, or a Word document."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from assistant.storage.models import Message
from assistant.web.browser import lines_of
from assistant.web.rendering import page
from assistant.web.reply_view import view_of
from assistant.web.transcript_document import MEDIA_TYPE, write_document

router = APIRouter(include_in_schema=False)


@router.get("/transcript", response_class=HTMLResponse)
async def transcript(request: Request) -> Response:
    """The whole conversation with its sources unfolded, to print or to keep."""
    return await run_in_threadpool(_render, await lines_of(request))


@router.get("/transcript.docx")
async def document(request: Request) -> Response:
    """The same as a Word document."""
    written = await run_in_threadpool(write_document, await lines_of(request), datetime.now(UTC))
    disposition = 'attachment; filename="conversation.docx"'
    return Response(written, media_type=MEDIA_TYPE, headers={"Content-Disposition": disposition})


def _render(messages: list[Message]) -> Response:
    views = {message.id: view_of(message.reply) for message in messages if message.reply}
    return page("transcript.html", messages=messages, views=views, made_at=datetime.now(UTC))
