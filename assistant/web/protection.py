"""What every answer of the service carries, and what it takes from a browser: one middleware.

Headers: a page may use what this service sends and nothing else, and only the pages meant for it may stand in
a frame of an allowed host. Requests: whatever changes something is refused when a page of another site sent
it, by what the browser itself says of the request. That needs no script, and works for every form.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from actions.texts import text
from assistant.web.rendering import page

EMBEDDED = "/embed"
"""The page that may stand in a frame of an allowed host. No other may."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

CONTENT = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What an answer carries unless its route says otherwise."""

TRANSPORT_SECURITY = "max-age=31536000"


class Protection:
    """Adds the security headers, and refuses what another site sent in a person's name.

    `embed_hosts` are the origins whose pages may frame the page at `/embed`. `exempt` are paths that another
    site sends people to by design, such as the way back from a sign-in page.
    """

    def __init__(self, app: ASGIApp, embed_hosts: Sequence[str] = (), exempt: Sequence[str] = ()) -> None:
        self._app = app
        self._exempt = frozenset(exempt)
        self._closed = _policy("frame-src 'none'", "frame-ancestors 'none'")
        self._framed = _policy("frame-ancestors " + " ".join(("'self'", *embed_hosts)))
        self._with_frame = _policy("frame-src 'self'", "frame-ancestors 'none'")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._protect(scope, MutableHeaders(scope=message))
            await send(message)

        if scope["path"] not in self._exempt and from_elsewhere(scope):
            await _refusal(Request(scope))(scope, receive, send_protected)
            return
        await self._app(scope, receive, send_protected)

    def _protect(self, scope: Scope, headers: MutableHeaders) -> None:
        path = scope["path"]
        policy = self._closed
        if path == EMBEDDED:
            policy = self._framed
        elif path.startswith("/demo/"):
            policy = self._with_frame
        headers.setdefault("Content-Security-Policy", policy)
        if headers.get("content-type") == "image/png":
            # The signed pictures in cards, which other sites show.
            headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if path != EMBEDDED:
            headers.setdefault("X-Frame-Options", "DENY")
        client = scope.get("state", {}).get("client")
        if client.https if client else scope["scheme"] == "https":
            headers.setdefault("Strict-Transport-Security", TRANSPORT_SECURITY)


def _policy(*further: str) -> str:
    return "; ".join((*CONTENT, *further))


def from_elsewhere(scope: Scope) -> bool:
    """Whether a page of another site sent a request that changes something.

    Every current browser says so (`Sec-Fetch-Site`); older ones name the origin of the page. A request
    without either does not come from a page of another site.
    """
    if scope["method"] in SAFE_METHODS:
        return False
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return bool(origin) and urlsplit(origin).netloc != headers.get("host")


def _refusal(request: Request) -> Response:
    problem = text("pages.errors.elsewhere")
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"error": problem}, 403)
    return page("not_found.html", status_code=403, title=text("pages.errors.refused_title"), message=problem)
