"""What a request says of the browser behind it: whose conversation it is, and where a form was sent from."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from fastapi import Request, Response

COOKIE = "conversation"
COOKIE_DAYS = 30
_ID = re.compile(r"[A-Za-z0-9_-]{22,64}")


def known_conversation(request: Request) -> str | None:
    """The conversation of this browser, or None when it has none, or has that of who was signed in before."""
    known = request.cookies.get(COOKIE, "")
    own = _ID.fullmatch(known) and request.app.state.conversation_owners.usable(known)
    return known if own else None


def new_conversation() -> str:
    """The id of a new conversation: whoever knows it can read it, so it cannot be guessed."""
    return secrets.token_urlsafe(24)


def remember(request: Request, response: Response, conversation: str) -> Response:
    """Make a conversation that of this browser, out of reach of scripts and of forms of other sites."""
    response.set_cookie(
        COOKIE,
        conversation,
        max_age=COOKIE_DAYS * 86400,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def from_elsewhere(request: Request) -> bool:
    """Whether a page of another site sent this form, by what the browser itself says of it."""
    site = request.headers.get("sec-fetch-site")
    if site:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return bool(origin) and urlsplit(origin).netloc != request.headers.get("host")


def wants_json(request: Request) -> bool:
    """Whether the request comes from a page that is open already."""
    return "application/json" in request.headers.get("accept", "")
