"""Who the bot is in Teams, from the settings: its application, its tenant and what proves it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from assistant.access.clients import is_loopback_host
from assistant.settings import Settings


class TeamsSettingsIncomplete(ValueError):
    """Some settings of Teams are given and others that they need are not; the message names them."""


@dataclass(frozen=True)
class BotIdentity:
    """The bot's application in Entra. Exactly one of the secret and the managed identity is given."""

    client_id: str
    tenant_id: str
    client_secret: str | None = field(default=None, repr=False)
    managed_identity: str | None = None


def bot_identity(settings: Settings) -> BotIdentity | None:
    """The identity that the settings give, or None when Teams is off.

    Raises `TeamsSettingsIncomplete` when only some of what Teams needs is given.
    """
    given = {
        "POM_ASSISTANT_TEAMS_CLIENT_ID": settings.teams_client_id,
        "POM_ASSISTANT_TEAMS_TENANT_ID": settings.teams_tenant_id,
        "POM_ASSISTANT_TEAMS_CLIENT_SECRET or POM_ASSISTANT_TEAMS_MANAGED_IDENTITY": settings.teams_client_secret
        or settings.teams_managed_identity,
    }
    if not any(given.values()):
        return None
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise TeamsSettingsIncomplete(f"Teams is off: {' and '.join(missing)} must be given too")
    if settings.teams_client_secret and settings.teams_managed_identity:
        raise TeamsSettingsIncomplete(
            "Teams is off: give POM_ASSISTANT_TEAMS_CLIENT_SECRET or POM_ASSISTANT_TEAMS_MANAGED_IDENTITY, not both"
        )
    if settings.teams_unauthenticated:
        raise TeamsSettingsIncomplete(
            "Teams is off: POM_ASSISTANT_TEAMS_UNAUTHENTICATED is for the local test tool and cannot be on"
            " where the bot has credentials"
        )
    secret = settings.teams_client_secret
    return BotIdentity(
        client_id=str(settings.teams_client_id).strip().lower(),
        tenant_id=str(settings.teams_tenant_id).strip().lower(),
        client_secret=secret.get_secret_value() if secret else None,
        managed_identity=settings.teams_managed_identity,
    )


def is_loopback_url(url: str) -> bool:
    """Whether a URL leads to this machine itself."""
    try:
        return is_loopback_host(urlsplit(url).hostname or "")
    except ValueError:
        return False
