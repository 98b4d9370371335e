"""An answer as server-sent events on the request that asked for it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from actions.texts import text

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

HEARTBEAT = 10.0
"""Seconds of silence after which something is sent, so that no proxy takes the connection for dead."""

PADDING = "·" * 1024
"""Sent first: enough for a proxy that collects two kilobytes before it passes anything on."""

HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
"""Proxies must not keep, change or collect what is streamed. One that does delays it and loses nothing."""


@dataclass(frozen=True)
class Event:
    """One event. `number` is the place in the conversation of the line that it brings."""

    name: str
    data: Any
    number: int | None = None


def event_stream(
    work: Awaitable[Result], events_of: Callable[[Result], Iterable[Event]]
) -> EventSourceResponse:
    """The events of an answer as soon as it is worked out, with heartbeats until then.

    Work that fails ends the stream with an event `problem`, whose data says so in words.
    """
    return EventSourceResponse(_encoded(work, events_of), headers=HEADERS)


async def _encoded(
    work: Awaitable[Result], events_of: Callable[[Result], Iterable[Event]]
) -> AsyncIterator[bytes]:
    answering = asyncio.ensure_future(work)
    yield format_sse_event(data_str=None, comment=PADDING)
    while not answering.done():
        finished, _ = await asyncio.wait({answering}, timeout=HEARTBEAT)
        if not finished:
            yield KEEPALIVE_COMMENT
    try:
        events = list(events_of(answering.result()))
    except Exception as failure:
        # The message is left out on purpose: it could repeat what a person typed.
        logger.error("an answer could not be streamed: %s", type(failure).__name__)
        events = [Event("problem", {"error": text("pages.errors.failed")})]
    for event in events:
        number = None if event.number is None else str(event.number)
        yield format_sse_event(data_str=json.dumps(event.data), event=event.name, id=number)
