"""Who is behind a request: by API token, by session cookie, or in development mode the demonstration person."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine
from starlette.requests import HTTPConnection

from assistant.access.clients import Client, names_this_computer, networks
from assistant.access.person import DEMONSTRATION, Person
from assistant.access.sessions import Sessions
from assistant.access.tokens import ApiTokens
from assistant.settings import Settings


class NotThisComputer(PermissionError):
    """In development mode the request came from another computer, or under another site's name."""


class BadCredentials(PermissionError):
    """An API token was sent that lets nobody in."""


class Authentication:
    """Tells who is behind a request."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.sessions = Sessions(
            engine,
            idle=timedelta(minutes=settings.session_idle_minutes),
            lifetime=timedelta(hours=settings.session_hours),
        )
        self.tokens = ApiTokens(engine)
        self.trusted = networks(settings.trusted_proxies)
        self.development = not settings.sign_in_configured()

    def person(self, connection: HTTPConnection, client: Client) -> Person | None:
        """The person behind a request; None when nobody is signed in.

        Raises `BadCredentials` for an API token that does not hold, `NotThisComputer` in development mode.
        """
        if self.development:
            self.check_development(connection, client)
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            person = self.tokens.person(token.strip())
            if person is None or (person.id == DEMONSTRATION.id and not self.development):
                raise BadCredentials("the API token is wrong, has expired or was revoked")
            return person
        if self.development:
            return DEMONSTRATION
        secret = connection.cookies.get(session_cookie(client))
        return self.sessions.person(secret) if secret else None

    def check_development(self, connection: HTTPConnection, client: Client) -> None:
        """Raises `NotThisComputer` unless the request comes from this computer, under one of its own names."""
        forwarded = "x-forwarded-for" in connection.headers or "forwarded" in connection.headers
        if (
            forwarded
            or not client.on_this_computer
            or not names_this_computer(connection.headers.get("host", ""))
        ):
            raise NotThisComputer("without a sign-in provider the service answers this computer only")


def session_cookie(client: Client) -> str:
    """The name of the session's cookie. `__Host-` ties it to this host over https, out of subdomains' reach."""
    return "__Host-session" if client.https else "session"


def attempt_cookie(client: Client) -> str:
    """The name of the cookie of a sign-in that was begun."""
    return "__Host-sign-in" if client.https else "sign-in"
