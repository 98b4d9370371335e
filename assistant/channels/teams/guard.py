"""Lets a request of the Bot Framework in, or refuses it before anything is processed.

The token is checked here first and strictly, then by Microsoft's own validator. docs/teams.md says what each checks.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from fastapi import Request
from microsoft_teams.api.auth.cloud_environment import CloudEnvironment
from microsoft_teams.apps.auth import InboundActivityTokenValidator

from assistant.access.clients import is_loopback_host, names_this_computer
from assistant.channels.teams.identity import BotIdentity, is_loopback_url

logger = logging.getLogger(__name__)

CHANNEL = "msteams"
BODY_LIMIT = 256 * 1024
"""Most bytes of a request: Teams sends at most some 100 kB."""

TOKEN_LIMIT = 16 * 1024
CLOCK_SKEW = 60
"""Seconds that the clocks of Microsoft and of this machine may differ. Microsoft's validator takes 300."""

KEYS_TIMEOUT = 5
KEYS_PAUSE = 10
"""Seconds without another attempt after Microsoft's keys could not be fetched."""


class Refused(Exception):
    """A request that is not let in: the status to answer with. The reason is for the log, never for the caller."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class Admitted:
    """A request that is let in: the activity, and the token that vouches for it (None in local mode)."""

    activity: dict[str, Any]
    token: str | None


class ConnectorKeys(jwt.PyJWKClient):
    """The keys that sign the Bot Framework's tokens, with the channels that each is endorsed for."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri, timeout=KEYS_TIMEOUT)
        self.endorsements: dict[str, list[str]] = {}
        self._failed_at: float | None = None

    def fetch_data(self) -> Any:
        """The key set. After a failure nothing is fetched for a while, so that forged tokens cannot queue up."""
        if self._failed_at is not None and time.monotonic() - self._failed_at < KEYS_PAUSE:
            raise jwt.PyJWKClientError("the keys could not be fetched a moment ago")
        try:
            found = super().fetch_data()
        except jwt.PyJWKClientError:
            self._failed_at = time.monotonic()
            logger.error("Teams: the keys of the Bot Framework cannot be fetched from %s", self.uri)
            raise
        self._failed_at = None
        self.endorsements = {
            key["kid"]: key["endorsements"]
            for key in found.get("keys", ())
            if key.get("kid") and key.get("endorsements")
        }
        return found


class TokenGuard:
    """Admits requests that carry a valid token of the Bot Framework for this bot, from its one tenant."""

    def __init__(self, identity: BotIdentity, cloud: CloudEnvironment) -> None:
        self._identity = identity
        self._issuer = cloud.token_issuer
        # Where Microsoft's package looks for the keys too; the metadata document names the same address.
        self._keys = ConnectorKeys(re.sub(r"/openidconfiguration$", "/keys", cloud.openid_metadata_url))
        self._microsoft = InboundActivityTokenValidator(identity.client_id, cloud=cloud)
        # Threads of its own: fetching keys must hold up neither the event loop nor other requests.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="teams-token")

    async def admit(self, request: Request) -> Admitted:
        """The activity of a request. Raises `Refused`."""
        token = bearer_token(request)
        if _declared_length(request) > BODY_LIMIT:
            raise Refused(413, "the body is too large")
        self._check_before_signature(token)
        loop = asyncio.get_running_loop()
        claims = await loop.run_in_executor(self._threads, self._verified, token)
        activity = await read_activity(request)
        self._check_activity(activity, token, claims)
        service_url = activity["serviceUrl"]
        await loop.run_in_executor(self._threads, self._verify_by_microsoft, token, service_url)
        return Admitted(activity, token)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check_before_signature(self, token: str) -> None:
        """What needs no key: a token that fails here never makes the service fetch anything."""
        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(token, options={"verify_signature": False})
        except (jwt.InvalidTokenError, ValueError, RecursionError) as problem:
            raise Refused(401, "the token cannot be read") from problem
        if header.get("alg") != "RS256" or "crit" in header:
            raise Refused(401, "the algorithm is not RS256")
        if not isinstance(header.get("kid"), str) or not header["kid"]:
            raise Refused(401, "the token names no key")
        if claims.get("iss") != self._issuer:
            raise Refused(401, "the issuer is not the Bot Framework")
        audience = claims.get("aud")
        if not isinstance(audience, str) or audience.lower() != self._identity.client_id:
            raise Refused(401, "the audience is not this bot")
        if "tid" in claims and not self._is_our_tenant(claims["tid"]):
            raise Refused(401, "the token is of another tenant")

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            key = self._keys.get_signing_key(jwt.get_unverified_header(token)["kid"])
            if key.key_type != "RSA":
                raise Refused(401, "the key is not an RSA key")
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                issuer=self._issuer,
                leeway=CLOCK_SKEW,
                # The audience is checked above, in any case of letters.
                options={"require": ["exp", "iss", "aud", "serviceurl"], "verify_aud": False},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as problem:
            raise Refused(401, f"the token is not valid: {type(problem).__name__}") from problem
        return claims

    def _check_activity(self, activity: dict[str, Any], token: str, claims: dict[str, Any]) -> None:
        service_url = activity.get("serviceUrl")
        claimed = claims["serviceurl"]
        if not isinstance(service_url, str) or not isinstance(claimed, str) or not service_url:
            raise Refused(401, "the activity or the token names no service")
        if service_url.rstrip("/") != claimed.rstrip("/"):
            raise Refused(401, "the service is not the one in the token")
        if urlsplit(service_url).scheme != "https" and not is_loopback_url(service_url):
            raise Refused(401, "the service is not reached by https")
        if activity.get("channelId") != CHANNEL:
            raise Refused(401, "the channel is not Teams")
        endorsed = self._keys.endorsements.get(jwt.get_unverified_header(token)["kid"])
        if endorsed is not None and CHANNEL not in endorsed:
            raise Refused(401, "the key is not endorsed for Teams")
        named = [tenant for tenant in _tenants(activity) if tenant is not None]
        if not named or not all(self._is_our_tenant(tenant) for tenant in named):
            raise Refused(401, "the activity is of another tenant, or of none")

    def _is_our_tenant(self, tenant: object) -> bool:
        return isinstance(tenant, str) and tenant.lower() == self._identity.tenant_id

    def _verify_by_microsoft(self, token: str, service_url: str) -> None:
        try:
            asyncio.run(self._microsoft.validate_token(token, service_url))
        except Exception as problem:
            raise Refused(401, "Microsoft's validator refused the token") from problem


class LocalGuard:
    """Admits requests without a token from this machine itself: for the local test tool, never live."""

    async def admit(self, request: Request) -> Admitted:
        """The activity of a request that came from this machine and answers to it. Raises `Refused`."""
        came_from = request.client.host if request.client else ""
        arrived_at = str((request.scope.get("server") or ("",))[0])
        if not is_loopback_host(came_from) or not is_loopback_host(arrived_at):
            raise Refused(401, "local mode takes messages from this machine only")
        if not names_this_computer(request.headers.get("host", "")):
            raise Refused(401, "local mode answers to the name of this machine only")
        # Through a proxy everybody seems to come from this machine; a page in a browser is somebody else's.
        if any(name in request.headers for name in ("x-forwarded-for", "forwarded", "origin")):
            raise Refused(401, "local mode takes no messages through a proxy or from a page")
        if _declared_length(request) > BODY_LIMIT:
            raise Refused(413, "the body is too large")
        activity = await read_activity(request)
        service_url = activity.get("serviceUrl")
        if not isinstance(service_url, str) or not is_loopback_url(service_url):
            raise Refused(401, "local mode answers to this machine only")
        return Admitted(activity, None)

    def close(self) -> None:
        """Nothing to end."""


def bearer_token(request: Request) -> str:
    """The token of the one Authorization header. Raises `Refused`."""
    given = request.headers.getlist("authorization")
    if len(given) != 1:
        raise Refused(401, "there is not exactly one Authorization header")
    scheme, _, token = given[0].partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or token.count(".") != 2 or len(token) > TOKEN_LIMIT:
        raise Refused(401, "the Authorization header holds no token")
    return token


async def read_activity(request: Request) -> dict[str, Any]:
    """The JSON object in the body. Raises `Refused` when it is too large or is none."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise Refused(413, "the body is too large")
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise Refused(400, "the body is not JSON") from problem
    if not isinstance(found, dict):
        raise Refused(400, "the body is not a JSON object")
    return found


def _declared_length(request: Request) -> int:
    declared = request.headers.get("content-length", "0")
    return int(declared) if declared.isdecimal() else 0


def _tenants(activity: dict[str, Any]) -> list[object]:
    """The tenants that an activity names: in its channel data, and in its conversation."""
    data, conversation = activity.get("channelData"), activity.get("conversation")
    tenant = data.get("tenant") if isinstance(data, dict) else None
    return [
        tenant.get("id") if isinstance(tenant, dict) else None,
        conversation.get("tenantId") if isinstance(conversation, dict) else None,
    ]
