"""The conversation over HTTP, by the convention of Rasa's REST channel."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from assistant.access import DEMONSTRATION, Person, current_person
from assistant.engine.conversation_engine import ConversationEngine
from assistant.engine.incoming import MESSAGE_ID_LIMIT

router = APIRouter(tags=["conversation"])

CurrentPerson = Annotated[Person, Depends(current_person)]
IdempotencyKey = Annotated[str | None, Header(max_length=MESSAGE_ID_LIMIT)]


class MessageMetadata(BaseModel):
    """What goes with a message beside its text."""

    model_config = ConfigDict(extra="allow")

    message_id: str | None = Field(
        None,
        max_length=MESSAGE_ID_LIMIT,
        description="names the delivery: a repeat of it gets the same replies",
    )
    as_of: date | None = Field(None, description="the date to work from; today if left out")
    edition: Literal["2019", "2022", "2026-service"] | None = Field(
        None, description="the edition of the timings; the newest guidance if left out"
    )


class IncomingMessage(BaseModel):
    """A message of one conversation."""

    sender: str = Field("default", min_length=1, max_length=255, description="names the conversation")
    message: str | None = Field(None, max_length=1_000_000)
    metadata: MessageMetadata | None = None


class OutgoingMessage(BaseModel):
    """A reply: its text, what to suggest next, and the whole reply as data."""

    recipient_id: str
    text: str
    buttons: list[dict[str, str]] | None = None
    custom: dict[str, Any]


def ready_engine(request: Request) -> ConversationEngine:
    """The engine, or 503 while it is loading."""
    engine: ConversationEngine = request.app.state.engine
    if not engine.ready:
        raise HTTPException(
            503, "The assistant is starting. Try again in a few seconds.", {"Retry-After": "5"}
        )
    return engine


@router.post("/webhooks/rest/webhook", response_model_exclude_none=True)
async def receive(
    request: Request,
    person: CurrentPerson,
    incoming: IncomingMessage,
    idempotency_key: IdempotencyKey = None,
) -> list[OutgoingMessage]:
    """Answer one message. Messages of one sender are answered in the order they arrive.

    The id that makes a repeat harmless is `metadata.message_id`, or else the header `Idempotency-Key`.
    """
    metadata = incoming.metadata.model_dump(mode="json", exclude_none=True) if incoming.metadata else {}
    if idempotency_key:
        metadata.setdefault("message_id", idempotency_key)
    conversation = conversation_of(person, incoming.sender)
    replies = await ready_engine(request).reply(conversation, incoming.message or "", metadata)
    return [OutgoingMessage(**reply | {"recipient_id": incoming.sender}) for reply in replies]


def conversation_of(person: Person, sender: str) -> str:
    """The conversation that a person calls `sender`: nobody else can name it.

    In development mode it is the name itself, as in Rasa's REST channel.
    """
    if person.id == DEMONSTRATION.id:
        return sender
    return f"{person.id}-{sha256(sender.encode()).hexdigest()[:32]}"


@router.get("/webhooks/rest/", include_in_schema=False)
async def status() -> dict[str, str]:
    """What Rasa's REST channel answers here."""
    return {"status": "ok"}
