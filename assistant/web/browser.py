"""What a request says of the browser behind it: whose conversation it is, and what it wants back."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from assistant.access.ownership import ConversationOwners
from assistant.storage.models import Message

COOKIE = "conversation"
COOKIE_DAYS = 30
HEADER = "conversation"
"""The header by which a frame on another site names its conversation: cookies are often blocked there."""

PREFIX = "web:"
"""Begins the id of every conversation of a browser, so that no other channel's can be named by a token."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")


def known_token(request: Request) -> str | None:
    """The secret of this browser's conversation, or None when it has none, or has that of
    somebody who was signed in before.

    A frame sends it as a header, from its own storage; a page of its own sends it as a cookie.
    """
    known = request.headers.get(HEADER) or request.cookies.get(COOKIE, "")
    owners: ConversationOwners = request.app.state.conversation_owners
    return known if is_token(known) and owners.usable(conversation_of(known)) else None


def is_token(given: str) -> bool:
    """Whether this could be the secret of a conversation: at least 192 bits, in the letters of URLs."""
    return bool(_TOKEN.fullmatch(given))


def new_token() -> str:
    """The secret of a new conversation: whoever knows it can read it, so it cannot be guessed."""
    return secrets.token_urlsafe(24)


def conversation_of(token: str) -> str:
    """The id of the conversation behind a secret. The record holds the id only, which opens nothing."""
    return PREFIX + hashlib.sha256(token.encode()).hexdigest()[:40]


def known_conversation(request: Request) -> str | None:
    """The id of this browser's conversation, or None when it has none."""
    token = known_token(request)
    return conversation_of(token) if token else None


async def lines_of(request: Request, after: int = 0) -> list[Message]:
    """The lines of this browser's conversation, oldest first; none when it has no conversation."""
    conversation = known_conversation(request)
    if conversation is None:
        return []
    conversations: Any = request.app.state.conversations
    found: list[Message] = await run_in_threadpool(conversations.messages, conversation, after)
    return found


def remember(request: Request, response: Response, token: str) -> Response:
    """Make a conversation that of this browser, out of reach of scripts and of forms of other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_DAYS * 86400,
        httponly=True,
        samesite="lax",
        secure=request.state.client.https,
    )
    return response


def wants(request: Request, media_type: str) -> bool:
    """Whether the request asks for a media type by name."""
    return media_type in request.headers.get("accept", "")


def wants_json(request: Request) -> bool:
    """Whether the request comes from a page that is open already, which reads JSON."""
    return wants(request, "application/json")


def wants_stream(request: Request) -> bool:
    """Whether the request asks for its answer as server-sent events."""
    return wants(request, "text/event-stream")
