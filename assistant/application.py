"""The web application: the engine's life and every way in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from sqlalchemy import Engine

from assistant.access.authentication import Authentication
from assistant.access.clients import is_loopback_host
from assistant.access.conversations import OwnConversations
from assistant.access.openid import BadSignInSettings, OpenIdProvider
from assistant.access.ownership import ConversationNotYours, ConversationOwners
from assistant.access.people import PeopleRepository
from assistant.channels import (
    assessments,
    case_pages,
    caseload,
    caseload_calendar,
    caseload_cases,
    caseload_team,
    embed,
    feedback,
    guidance,
    health,
    questions,
    rest,
    sign_in,
    teams,
    timelines,
    transcript,
    web,
)
from assistant.channels.gate import Gate, not_yours
from assistant.engine.audit_trail import AuditTrail
from assistant.engine.conversation_engine import ConversationEngine
from assistant.engine.feedback import FeedbackDesk
from assistant.limits import RateLimits
from assistant.records.retention import purge
from assistant.settings import Settings
from assistant.storage.conversation_locks import conversation_locks
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect
from assistant.web.protection import Protection

logger = logging.getLogger(__name__)

DAY = 24 * 3600  # seconds

CASELOAD = (caseload, caseload_cases, caseload_calendar, caseload_team)


def create_application(settings: Settings, model: Path) -> FastAPI:
    """The application for a trained model. It answers at once; `/health/ready` says when it is loaded."""
    check_listening(settings)
    database = connect(settings.database())
    owners, trail = ConversationOwners(database), AuditTrail(database)
    conversations = ConversationRepository(database)
    engine = ConversationEngine(
        settings, conversations, conversation_locks(database), claim=owners.claim, watch=trail.watch
    )

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(asyncio.to_thread(_load, engine, model))
        purging = asyncio.create_task(_purge_daily(database, settings))
        yield
        loading.cancel()
        purging.cancel()
        engine.stop()

    application = FastAPI(
        title="POM assistant",
        description="Cited answers about offender management in custody.",
        lifespan=lifespan,
        docs_url=None,  # its pages load from other hosts
        redoc_url=None,
        openapi_url="/api/openapi.json",
        max_body_size=settings.request_bytes,
    )
    application.add_middleware(GZipMiddleware, minimum_size=500)
    application.state.settings = settings
    application.state.engine = engine
    application.state.conversations = OwnConversations(database, owners)
    application.state.conversation_owners = owners
    application.state.feedback = FeedbackDesk(database, model)
    application.state.audit = trail.audit
    application.state.people = PeopleRepository(database)
    application.state.authentication = authentication = Authentication(settings, database)
    application.state.sign_in_provider = OpenIdProvider(settings) if settings.sign_in_configured() else None
    application.add_middleware(
        Gate, application=application, authentication=authentication, trail=trail, limits=RateLimits(settings)
    )
    application.add_middleware(Protection, embed_hosts=settings.embed_hosts)
    application.add_exception_handler(ConversationNotYours, not_yours)
    for channel in (rest, questions, assessments, timelines, guidance, health, case_pages, sign_in):
        application.include_router(channel.router)
    for channel in (*CASELOAD, transcript, feedback, embed, web):
        application.include_router(channel.router)
    teams.mount(application, settings)
    application.mount("/static", web.static_files(), name="static")
    return application


def check_listening(settings: Settings) -> None:
    """Without sign-in the service may be reached from this computer only. Raises `BadSignInSettings`."""
    if not settings.sign_in_configured() and not is_loopback_host(settings.host):
        raise BadSignInSettings(
            f"POM_ASSISTANT_HOST: {settings.host} can be reached from other computers, and nobody signs in. "
            "Set POM_ASSISTANT_OIDC_DISCOVERY_URL (docs/sign-in.md), or listen on 127.0.0.1."
        )


async def _purge_daily(database: Engine, settings: Settings) -> None:
    """Remove once a day what is past its time. A failure is logged, and tried again a day later."""
    while True:
        try:
            await asyncio.to_thread(purge, database, settings)
        except Exception:
            logger.exception("what is past its time could not be removed")
        await asyncio.sleep(DAY)


def _load(engine: ConversationEngine, model: Path) -> None:
    """Load what a message needs. A failure leaves the service up and not ready, with the reason logged."""
    from actions import resources

    try:
        resources.rule_book()
        resources.guidance().ask("what is a POM?")
        engine.start(model)
    except Exception:
        logger.exception("the service could not get ready")
