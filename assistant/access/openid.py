"""Sign-in with OpenID Connect, through Authlib: the authorisation code flow with PKCE, state and nonce."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from starlette.requests import Request

from assistant.access.clients import is_loopback_host
from assistant.access.person import Role
from assistant.settings import Settings

logger = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that only the provider can make: never `none`, never one made with a shared secret."""

LEEWAY = 60
"""Seconds by which the provider's clock may differ."""

PROVIDER = "provider"


class SignInFailed(RuntimeError):
    """The provider's answer does not prove who the person is. The message holds no personal data."""


class BadSignInSettings(ValueError):
    """The settings of sign-in cannot work or are not safe; the message names the setting."""


@dataclass(frozen=True)
class Identity:
    """Who the provider says a person is. `roles` is None when the provider is not asked about roles."""

    subject: str
    name: str
    email: str
    email_proved: bool
    roles: frozenset[Role] | None
    id_token: str


class OpenIdProvider:
    """The provider that people sign in with."""

    def __init__(self, settings: Settings) -> None:
        check_settings(settings)
        self._settings = settings
        secret = settings.oidc_client_secret
        oauth = OAuth()
        self._client: StarletteOAuth2App = oauth.register(
            PROVIDER,
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            server_metadata_url=settings.oidc_discovery_url,
            client_kwargs={
                "scope": settings.oidc_scopes,
                "code_challenge_method": "S256",
                "timeout": 10.0,
                **({} if secret else {"token_endpoint_auth_method": "none"}),
            },
        )

    async def begin(self, request: Request, return_to: str) -> tuple[str, dict[str, Any]]:
        """Where to send the browser, and what to keep until it comes back. Raises `SignInFailed`."""
        request.scope["session"] = {}
        try:
            await self._metadata()
            redirect = await self._client.authorize_redirect(request, return_to)
        except Exception as problem:  # of any kind: nobody is sent on, and the kind is logged
            raise SignInFailed(f"the provider cannot be used: {type(problem).__name__}") from problem
        return redirect.headers["location"], dict(request.scope["session"])

    async def finish(self, request: Request, expected: Mapping[str, Any]) -> Identity:
        """Who has come back from the provider. `expected` is what `begin` gave to keep.

        Raises `SignInFailed` unless state, code, code verifier, signature, issuer, audience, nonce and times of
        the provider's answer all hold.
        """
        request.scope["session"] = dict(expected)
        try:
            metadata = await self._metadata()
            self._check_issuer(request, metadata)
            token = await self._client.authorize_access_token(
                request,
                leeway=LEEWAY,
                claims_options={
                    "iss": {"essential": True, "value": metadata["issuer"]},
                    "aud": {"essential": True, "value": self._settings.oidc_client_id},
                    "sub": {"essential": True},
                    "exp": {"essential": True},
                    "iat": {"essential": True},
                    "nonce": {"essential": True},
                },
            )
        except Exception as problem:  # of any kind: what could not be checked is not believed
            raise SignInFailed(type(problem).__name__) from problem
        claims = token.get("userinfo")
        if not claims:
            raise SignInFailed("the answer holds no id token")
        return self._identity(claims, token["id_token"])

    async def sign_out_address(self, return_to: str, id_token: str) -> str | None:
        """Where a person signs out of the provider itself; None when it has no such address."""
        try:
            metadata = await self._metadata()
            if not metadata.get("end_session_endpoint"):
                return None
            found = await self._client.create_logout_url(
                post_logout_redirect_uri=return_to,
                id_token_hint=id_token,
                client_id=self._settings.oidc_client_id,
            )
        except Exception as problem:  # of any kind: the session here has ended already
            logger.warning("the sign-out address of the provider is not known: %s", type(problem).__name__)
            return None
        return str(found["url"])

    async def _metadata(self) -> dict[str, Any]:
        """What the provider says of itself, with the signatures narrowed to those that are accepted."""
        metadata: dict[str, Any] = await self._client.load_server_metadata()
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        accepted = [algorithm for algorithm in offered if algorithm in ALGORITHMS]
        metadata["id_token_signing_alg_values_supported"] = accepted or ["RS256"]
        return metadata

    @staticmethod
    def _check_issuer(request: Request, metadata: Mapping[str, Any]) -> None:
        """The answer must come from this provider, where it says so (RFC 9207)."""
        given = request.query_params.get("iss")
        wanted = metadata.get("authorization_response_iss_parameter_supported")
        if (given or wanted) and given != metadata["issuer"]:
            raise SignInFailed("the answer comes from another provider")

    def _identity(self, claims: Mapping[str, Any], id_token: str) -> Identity:
        subject = claims.get(self._settings.oidc_subject_claim)
        if not isinstance(subject, str) or not subject:
            raise SignInFailed("the claim that names a person is missing")
        email = str(claims.get("email") or claims.get("preferred_username") or "")
        return Identity(
            subject=subject,
            name=str(claims.get("name") or email or subject)[:255],
            email=email[:320],
            email_proved=bool(email)
            and (claims.get("email_verified") is True or self._settings.oidc_trust_email),
            roles=self._roles(claims),
            id_token=id_token,
        )

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[Role] | None:
        if self._settings.oidc_roles_claim is None:
            return None
        given = claims.get(self._settings.oidc_roles_claim) or ()
        if isinstance(given, str):
            given = given.split()
        return roles_of(given, self._settings.oidc_role_names)


def roles_of(given: Iterable[Any], names: Mapping[str, str]) -> frozenset[Role]:
    """The roles behind what the provider calls them. A name that means nothing here gives no role."""
    known = {**names} or {role.value: role.value for role in Role}
    return frozenset(Role(known[str(name)]) for name in given if str(name) in known)


def check_settings(settings: Settings) -> None:
    """Raises `BadSignInSettings` for what would not work, or would let somebody listen in."""
    if not settings.oidc_client_id:
        raise BadSignInSettings(
            "POM_ASSISTANT_OIDC_CLIENT_ID: missing; the provider gives it for this service"
        )
    unknown = sorted(set(settings.oidc_role_names.values()) - set(Role))
    if unknown:
        raise BadSignInSettings(
            f"POM_ASSISTANT_OIDC_ROLE_NAMES: {', '.join(unknown)} is no role; allowed: {', '.join(Role)}"
        )
    for name, address in (
        ("OIDC_DISCOVERY_URL", settings.oidc_discovery_url),
        ("PUBLIC_URL", settings.public_url),
    ):
        parts = urlsplit(address or "")
        if address and parts.scheme != "https" and not is_loopback_host(parts.hostname or ""):
            raise BadSignInSettings(f"POM_ASSISTANT_{name}: {address} must begin with https://")
    if settings.public_url is None and not is_loopback_host(settings.host):
        raise BadSignInSettings(
            "POM_ASSISTANT_PUBLIC_URL: missing; give the address that people use, as registered at the provider"
        )
