"""The web application: the engine's life and every way in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from assistant.channels import assessments, case_pages, guidance, health, questions, rest, timelines, web
from assistant.engine.conversation_engine import ConversationEngine
from assistant.settings import Settings
from assistant.storage.conversation_locks import conversation_locks
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect

logger = logging.getLogger(__name__)


def create_application(settings: Settings, model: Path) -> FastAPI:
    """The application for a trained model. It answers at once; `/health/ready` says when it is loaded."""
    database = connect(settings.database())
    conversations = ConversationRepository(database)
    engine = ConversationEngine(settings, conversations, conversation_locks(database))

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(asyncio.to_thread(_load, engine, model))
        yield
        loading.cancel()
        engine.stop()

    application = FastAPI(
        title="POM assistant",
        description="Cited answers about offender management in custody.",
        lifespan=lifespan,
        docs_url=None,  # its pages load from other hosts
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    application.add_middleware(GZipMiddleware, minimum_size=500)
    application.state.settings = settings
    application.state.engine = engine
    application.state.conversations = conversations
    for channel in (rest, questions, assessments, timelines, guidance, health, case_pages, web):
        application.include_router(channel.router)
    application.mount("/static", web.static_files(), name="static")
    return application


def _load(engine: ConversationEngine, model: Path) -> None:
    """Load what a message needs. A failure leaves the service up and not ready, with the reason logged."""
    from actions import resources

    try:
        resources.rule_book()
        resources.guidance().ask("what is a POM?")
        engine.start(model)
    except Exception:
        logger.exception("the service could not get ready")
