"""Puts the Teams endpoint on the application. Until Teams is configured it refuses everybody."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse

from assistant.access.clients import is_loopback_host
from assistant.channels.teams.identity import TeamsSettingsIncomplete, bot_identity
from assistant.settings import Settings

if TYPE_CHECKING:
    from microsoft_teams.api.auth.cloud_environment import CloudEnvironment

    from assistant.channels.teams.channel import TeamsChannel

logger = logging.getLogger(__name__)

ENDPOINT = "/api/messages"
PICTURES = "/teams/pictures"

router = APIRouter(include_in_schema=False)


@router.post(ENDPOINT)
async def receive(request: Request) -> Response:
    """What the Bot Framework sends. Without a configured bot nobody is let in, and nothing is read."""
    channel: TeamsChannel | None = request.app.state.teams
    return await channel.receive(request) if channel else JSONResponse({"error": "Unauthorized"}, 401)


@router.get(PICTURES + "/{conversation_id}/{number}.png")
async def picture(
    request: Request,
    conversation_id: str,
    number: int,
    expires: Annotated[int, Query()],
    signature: Annotated[str, Query(max_length=128)],
) -> Response:
    """The timeline in a card, by a signed address that works for a short while."""
    channel: TeamsChannel | None = request.app.state.teams
    if channel is None:
        raise HTTPException(404)
    return await channel.picture(conversation_id, number, expires, signature)


def mount(application: FastAPI, settings: Settings) -> None:
    """Put the endpoint on the application, and switch it on where the settings configure a bot."""
    application.state.teams = None
    application.include_router(router)
    switch_on(application, settings)


def switch_on(
    application: FastAPI,
    settings: Settings,
    cloud: CloudEnvironment | None = None,
    token: Any = None,
    longest_wait: float | None = None,
) -> None:
    """Switch Teams on, before the application starts, if the settings say so; else say in the log what is missing.

    A test has services of its own: `cloud` says where Microsoft's are, `token` where the bot's own token comes
    from, and `longest_wait` how many seconds lie at most between two attempts to send.
    """
    try:
        identity = bot_identity(settings)
        if identity is None and not _is_local(settings):
            return
    except TeamsSettingsIncomplete as problem:
        logger.error("%s", problem)
        return
    # Only now: Microsoft's packages take 85 MB and more than a second.
    from assistant.channels.teams.channel import TeamsChannel

    application.state.teams = TeamsChannel(application, settings, identity, cloud, token, longest_wait)


def _is_local(settings: Settings) -> bool:
    """Whether messages are taken without a token. Raises `TeamsSettingsIncomplete` where that is not safe."""
    if not settings.teams_unauthenticated:
        return False
    if settings.sign_in_configured() or not is_loopback_host(settings.host):
        raise TeamsSettingsIncomplete(
            "Teams is off: POM_ASSISTANT_TEAMS_UNAUTHENTICATED is for the local test tool: it works only where"
            f" nobody signs in and the service listens on this machine alone (now {settings.host})"
        )
    return True
