"""Signing in and out with the organisation's account."""

from __future__ import annotations

import logging
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from assistant.access.admission import NotAdmitted, admit
from assistant.access.authentication import Authentication, attempt_cookie, session_cookie
from assistant.access.clients import Client
from assistant.access.openid import OpenIdProvider, SignInFailed
from assistant.access.people import PeopleRepository
from assistant.channels.gate import people_page
from assistant.web.browser import COOKIE

logger = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

RETURN_PATH = "/sign-in/return"


def safe_next(wanted: str) -> str:
    """The page to go to after signing in: an address within this service, or the first page."""
    parts = urlsplit(wanted)
    within = (
        wanted.startswith("/")
        and not wanted.startswith("//")
        and not parts.scheme
        and not parts.netloc
        and "\\" not in wanted
        and wanted.isprintable()
        and not wanted.startswith("/sign-")
    )
    return wanted if within else "/"


@router.get("/sign-in")
async def sign_in(request: Request, next: Annotated[str, Query(max_length=4000)] = "/") -> Response:
    """Send the browser to the provider."""
    provider: OpenIdProvider | None = request.app.state.sign_in_provider
    if provider is None:
        return RedirectResponse(safe_next(next), 303)
    try:
        address, expected = await provider.begin(request, _address(request, RETURN_PATH))
    except SignInFailed as problem:
        logger.error("sign-in could not begin: %s", problem)
        return people_page("provider_unreachable", 503, link="/sign-in")
    secret = await run_in_threadpool(
        _authentication(request).sessions.begin_attempt, expected, safe_next(next)
    )
    response = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
    client = _client(request)
    _set_cookie(response, attempt_cookie(client), secret, client)
    return response


@router.get(RETURN_PATH)
async def come_back(request: Request) -> Response:
    """Take the provider's answer, and sign the browser in with a session of its own."""
    provider: OpenIdProvider | None = request.app.state.sign_in_provider
    client, authentication = _client(request), _authentication(request)
    secret = request.cookies.get(attempt_cookie(client))
    attempt = await run_in_threadpool(authentication.sessions.finish_attempt, secret) if secret else None
    if provider is None or attempt is None:
        return _without_attempt(people_page("sign_in_failed", 400, link="/sign-in"), client)
    try:
        identity = await provider.finish(request, attempt.expected)
        person = await run_in_threadpool(admit, _people(request), identity)
    except SignInFailed as problem:
        logger.warning("a sign-in failed: %s", problem)
        return _without_attempt(people_page("sign_in_failed", 400, link="/sign-in"), client)
    except NotAdmitted as problem:
        logger.warning("somebody signed in who has no access: %s", problem)
        return _without_attempt(people_page("no_access", 403, link="/sign-in"), client)
    old = request.cookies.get(session_cookie(client))
    if old:
        await run_in_threadpool(authentication.sessions.end, old)
    session = await run_in_threadpool(authentication.sessions.begin, person, identity.id_token)
    response = RedirectResponse(attempt.next, 303, headers={"Cache-Control": "no-store"})
    _set_cookie(response, session_cookie(client), session, client)
    return _without_attempt(response, client)


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session here, and offer the way to sign out of the provider."""
    client = _client(request)
    secret = request.cookies.get(session_cookie(client))
    id_token = await run_in_threadpool(_authentication(request).sessions.end, secret) if secret else None
    provider: OpenIdProvider | None = request.app.state.sign_in_provider
    onwards = None
    if provider and id_token:
        onwards = await provider.sign_out_address(_address(request, "/signed-out"), id_token)
    # A form may not lead to another site (Content-Security-Policy), so this page does.
    response = people_page("signing_out" if onwards else "signed_out", 200, link=onwards or "/sign-in")
    if onwards:
        response.headers["Refresh"] = f"0; url={onwards}"
    response.headers["Clear-Site-Data"] = '"cache"'
    for cookie in (session_cookie(client), COOKIE):
        response.delete_cookie(cookie, secure=client.https, httponly=True)
    return response


@router.get("/signed-out")
async def signed_out() -> Response:
    """Where the provider sends the browser after sign-out."""
    return people_page("signed_out", 200, link="/sign-in")


def _address(request: Request, path: str) -> str:
    """An address of this service as the provider knows it: never taken from the request where it matters."""
    base = request.app.state.settings.public_url or str(request.base_url)
    return base.rstrip("/") + path


def _set_cookie(response: Response, name: str, value: str, client: Client) -> None:
    # `lax`: the browser comes back from the provider's site, and must bring the cookie with it.
    response.set_cookie(name, value, httponly=True, secure=client.https, samesite="lax", path="/")


def _without_attempt(response: Response, client: Client) -> Response:
    response.delete_cookie(attempt_cookie(client), secure=client.https, httponly=True)
    return response


def _client(request: Request) -> Client:
    client: Client = request.state.client
    return client


def _authentication(request: Request) -> Authentication:
    authentication: Authentication = request.app.state.authentication
    return authentication


def _people(request: Request) -> PeopleRepository:
    people: PeopleRepository = request.app.state.people
    return people
