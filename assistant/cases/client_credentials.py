"""Access tokens for a service that another service asks (OAuth 2.0 client credentials, RFC 6749 section 4.4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

EARLY = 30.0
"""Seconds before its end from which a token is no longer used."""
USUAL_LIFE = 300.0
"""Seconds that a token is used when the provider does not say how long it lasts."""


class TokenRefused(RuntimeError):
    """The provider gave no token, with the reason. Neither the secret nor a token is in it."""


@dataclass
class ClientCredentials:
    """Gets tokens, and keeps one until shortly before it ends."""

    token_url: str
    client_id: str
    client_secret: str
    scope: str = ""
    now: Callable[[], float] = time.monotonic
    _token: str | None = field(default=None, repr=False)
    _ends: float = 0.0

    def token(self, http: httpx.Client) -> str:
        """A token that can be used now. Raises `TokenRefused` and `httpx.TransportError`."""
        if self._token is None or self.now() >= self._ends:
            self._fetch(http)
        assert self._token is not None
        return self._token

    def forget(self) -> None:
        """Do not use the token again: the service did not take it."""
        self._token = None

    def _fetch(self, http: httpx.Client) -> None:
        self._token = None
        form = {"grant_type": "client_credentials"} | ({"scope": self.scope} if self.scope else {})
        response = http.post(self.token_url, data=form, auth=(self.client_id, self.client_secret))
        if response.status_code >= 500 or response.status_code == 429:
            raise httpx.RemoteProtocolError(f"the token service answered {response.status_code}")
        try:
            given = response.json()
            token = given["access_token"] if response.status_code == 200 else None
            life = float(given.get("expires_in") or USUAL_LIFE) if token else 0.0
        except (ValueError, KeyError, TypeError, AttributeError):
            token, life = None, 0.0
        if not isinstance(token, str) or not token:
            raise TokenRefused(
                f"the token service answered {response.status_code} without a token; check the client id and secret"
            )
        self._token, self._ends = token, self.now() + max(life - EARLY, 1.0)
