"""The gate before every route: who is there, and may they use this route at all."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.access.acting import acting_as
from assistant.access.authentication import Authentication, BadCredentials, NotThisComputer
from assistant.access.clients import client_of
from assistant.access.person import DEMONSTRATION, Person
from assistant.access.policy import Action, may
from assistant.access.routes import Need, RouteFinder, need_of
from assistant.engine.audit_trail import AuditTrail
from assistant.limits import RateLimits
from assistant.records.notes import Notes, note_case, taking_notes
from assistant.web.rendering import page

PROGRAM_PATHS = ("/api/", "/webhooks/")
"""Addresses that programs use: they get an error as data, where a browser is led to the sign-in page."""


UNREMARKABLE = (Action.READ_GUIDANCE, Action.ASSESS_CASE, Action.HOLD_CONVERSATION, Action.READ_FEEDBACK)
"""Actions that are put down only when something was answered: reading a page of the guidance is nobody's business."""

NEVER_LIMITED = ("GET /health/live", "GET /health/ready")
"""Routes that load balancers ask often, all from one address."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Gate:
    """Lets a request through to its route when the table says that its person may use it.

    What the route itself does then is done on behalf of that person (`acting_person`).
    """

    def __init__(
        self,
        app: ASGIApp,
        application: FastAPI,
        authentication: Authentication,
        trail: AuditTrail,
        limits: RateLimits,
    ) -> None:
        self._app, self._application, self._authentication = app, application, authentication
        self._trail, self._limits = trail, limits
        self._routes: RouteFinder | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        self._routes = self._routes or RouteFinder(self._application.routes)
        client = client_of(scope, self._authentication.trusted)
        scope.setdefault("state", {})["client"] = client
        connection = HTTPConnection(scope)
        name = self._routes.name(scope)
        if name is None:
            await self._unrouted(scope, receive, send)
            return
        need = need_of(name)
        person: Person | None = None
        wait = (
            0
            if name in NEVER_LIMITED
            else await run_in_threadpool(self._limits.wait_for_address, client.address)
        )
        if wait:
            await too_many(scope, wait)(scope, receive, send)
            return
        try:
            if self._authentication.development:
                self._authentication.check_development(connection, client)
            if not need.open:
                person = await run_in_threadpool(self._authentication.person, connection, client)
        except BadCredentials as problem:
            await unauthorised(str(problem), invalid=True)(scope, receive, send)
            return
        except NotThisComputer as problem:
            await JSONResponse({"detail": f"{problem}."}, 403)(scope, receive, send)
            return
        wait = 0
        if person is not None and person.id != DEMONSTRATION.id:
            wait = await run_in_threadpool(self._limits.wait_for_person, person.id)
        if wait:
            await too_many(scope, wait)(scope, receive, send)
            return
        notes = Notes(channel_of(scope), request_id_of(connection))
        refusal = self._refusal(scope, need, person)
        with acting_as(person), taking_notes(notes):
            if refusal is not None:
                if person is not None and need.action is not None:
                    await run_in_threadpool(self._trail.write, notes, need.action, "refused")
                await refusal(scope, receive, send)
                return
            await self._app(scope, receive, self._putting_down(name, need, notes, scope, send))

    def _putting_down(self, name: str, need: Need, notes: Notes, scope: Scope, send: Send) -> Send:
        """Sends on what the route answers, after it was put down in the audit where it has to be."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = notes.request_id
                await self._put_down(name, need, notes, scope, message["status"])
            await send(message)

        return send_on

    async def _put_down(self, name: str, need: Need, notes: Notes, scope: Scope, status: int) -> None:
        number = (
            str(scope.get("path_params", {}).get("number", ""))
            if name.split(" ")[1].startswith("/cases/")
            else ""
        )
        if number and status in (403, 404):
            note_case(number, found=False)
        elif number:
            note_case(number)
        reads_own = need.action in UNREMARKABLE and not (notes.details or notes.refused_numbers)
        if need.action is None or reads_own:
            return
        notes.details.setdefault("route", name)
        outcome = "done" if status < 400 else "not_found" if status == 404 else "failed"
        await run_in_threadpool(self._trail.write, notes, need.action, outcome)

    def _refusal(self, scope: Scope, need: Need, person: Person | None) -> Response | None:
        """The answer to somebody who may not use the route; None when they may."""
        if need.open:
            return None
        if person is None:
            return sign_in_first(scope)
        if need.action is None:
            return None if self._authentication.development else not_allowed(scope)
        return None if may(person, need.action) else not_allowed(scope)

    async def _unrouted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """No route takes this method and path: the router says so, on behalf of nobody."""
        with acting_as(None):
            await self._app(scope, receive, send)


def channel_of(scope: Scope) -> str:
    """The way in that the audit names for a request."""
    return "api" if str(scope["path"]).startswith(PROGRAM_PATHS) else "web"


def request_id_of(connection: HTTPConnection) -> str:
    """What names a request: the `X-Request-ID` it came with, if that is harmless, or a new one."""
    given = connection.headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def for_program(scope: Scope) -> bool:
    """Whether an error should be data: asked for by a program, or by a page that is open already."""
    accept = HTTPConnection(scope).headers.get("accept", "")
    return str(scope["path"]).startswith(PROGRAM_PATHS) or (
        "text/html" not in accept and "application/json" in accept
    )


def unauthorised(problem: str, invalid: bool = False) -> Response:
    """401 as data, naming the way in."""
    challenge = 'Bearer error="invalid_token"' if invalid else "Bearer"
    return as_data(401, f"{problem[:1].upper()}{problem[1:]}.", {"WWW-Authenticate": challenge})


def sign_in_first(scope: Scope) -> Response:
    """What somebody who is not signed in gets: the way to sign in, or the same in words."""
    if for_program(scope):
        return unauthorised("sign in, or send an API token as `Authorization: Bearer`")
    if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
        query = scope.get("query_string", b"").decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"/sign-in?next={quote(wanted, safe='')}", 303)
    return people_page("sign_in_again", 401)


def not_allowed(scope: Scope) -> Response:
    """What somebody gets whose roles do not allow the route."""
    if for_program(scope):
        return as_data(403, "Your roles, or the scopes of your token, do not allow this.")
    return people_page("not_allowed", 403)


def too_many(scope: Scope, wait: int) -> Response:
    """What somebody gets who asked too much in a short time."""
    if for_program(scope):
        response = as_data(429, f"Too many requests. Wait {wait} seconds, then try again.")
    else:
        response = people_page("too_many", 429)
    response.headers["Retry-After"] = str(wait)
    return response


def as_data(status: int, problem: str, headers: dict[str, str] | None = None) -> Response:
    """An error as data, in the words of both FastAPI and the chat page."""
    body: dict[str, Any] = {"detail": problem, "error": problem}
    return JSONResponse(body, status, headers={"Cache-Control": "no-store", **(headers or {})})


def people_page(kind: str, status: int, **values: Any) -> Response:
    """A page in plain English about signing in, by the name of its texts under `people.notices`."""
    return page("notice.html", status_code=status, kind=kind, **{"link": "/", **values})


async def not_yours(request: Request, _problem: Exception) -> Response:
    """What somebody gets who names another's conversation: the same as for one that there is not."""
    return as_data(404, "There is no such conversation.")
