"""Answers what came in and sends what is to go out, whatever fails in between.

What Teams delivers is in the database before it is acknowledged, and an answer is there before it is sent. So a
crash, a restart or an outage of Teams delays an answer and never loses it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from assistant.channels.teams.connector import (
    Connector,
    ConnectorRefused,
    ConnectorUnavailable,
    ConnectorUnreadable,
)
from assistant.storage.teams import TeamsRepository, Waiting

logger = logging.getLogger(__name__)

TAKEN_SECONDS = 60
"""How long a row is kept from other processes while it is dealt with."""

SWEEP_SECONDS = 20
"""Between two looks for what another process left behind."""

LONGEST_WAIT = 300
"""Most seconds between two attempts to send."""

GIVE_UP_AFTER = timedelta(days=3)
AT_ONCE = 8
"""Conversations that are answered at the same time."""

Answer = Callable[[str, dict[str, Any]], Awaitable[list[dict[str, Any]]]]


class Deliveries:
    """Takes the conversations with something to do, each in the order things came."""

    def __init__(
        self,
        repository: TeamsRepository,
        connector: Connector,
        answer: Answer,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        self._repository = repository
        self._connector = connector
        self._answer = answer
        self._backoff = wait_random_exponential(multiplier=0.5, max=longest_wait)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._sweeper: asyncio.Task[None] | None = None
        self._taken: dict[str, Callable[[], None]] = {}

    async def start(self) -> None:
        """Take up what was left unfinished, and keep looking for more."""
        await asyncio.to_thread(self._repository.purge)
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Stop at once. What is not done is left for the next start, or for another process."""
        tasks = [task for task in (self._sweeper, *self._tasks.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for release in self._taken.values():
            await asyncio.to_thread(release)

    def wake(self, conversation_id: str) -> None:
        """There is something to do in a conversation."""
        if conversation_id in self._tasks:
            self._again.add(conversation_id)
        else:
            self._tasks[conversation_id] = asyncio.create_task(self._work(conversation_id))

    async def _sweep(self) -> None:
        while True:
            try:
                for conversation_id in await asyncio.to_thread(self._repository.unfinished):
                    self.wake(conversation_id)
            except Exception as failure:
                logger.error("Teams: the database cannot be read: %s", type(failure).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _work(self, conversation_id: str) -> None:
        try:
            while True:
                self._again.discard(conversation_id)
                async with self._places:
                    await self._answer_all(conversation_id)
                await self._send_all(conversation_id)
                if conversation_id not in self._again:
                    return
        except Exception as failure:
            # The rows are still there: the next sweep takes them up.
            logger.error("Teams: a conversation could not be served now: %s", type(failure).__name__)
        finally:
            self._tasks.pop(conversation_id, None)

    async def _answer_all(self, conversation_id: str) -> None:
        while item := await asyncio.to_thread(self._repository.take_incoming, conversation_id, TAKEN_SECONDS):
            self._taken[conversation_id] = lambda taken=item.id: self._repository.release_incoming(taken)  # type: ignore[misc]
            await self._show_typing(conversation_id)
            answers = await self._answer(conversation_id, item.content)
            await asyncio.to_thread(self._repository.answered, item.id, conversation_id, answers)
            self._taken.pop(conversation_id, None)

    async def _show_typing(self, conversation_id: str) -> None:
        to = await asyncio.to_thread(self._repository.conversation, conversation_id)
        if to is not None:
            with suppress(ConnectorUnavailable, ConnectorRefused, TimeoutError):
                await asyncio.wait_for(self._connector.show_typing(to), 3)

    async def _send_all(self, conversation_id: str) -> None:
        while item := await asyncio.to_thread(self._repository.take_outgoing, conversation_id, TAKEN_SECONDS):
            self._taken[conversation_id] = lambda taken=item.id: self._repository.release_outgoing(taken)  # type: ignore[misc]
            try:
                await self._send(item)
            except (ConnectorRefused, ConnectorUnavailable) as failure:
                logger.error("Teams: an answer was given up: %s", failure)
            await asyncio.to_thread(self._repository.sent, item.id)
            self._taken.pop(conversation_id, None)

    async def _send(self, item: Waiting) -> None:
        """Send one activity, again and again with longer and longer pauses while Teams cannot be reached."""
        to = await asyncio.to_thread(self._repository.conversation, item.conversation_id)
        if to is None:
            raise ConnectorRefused("the conversation is not known any more")
        try:
            async for attempt in self._retrying(item):
                with attempt:
                    await self._connector.send(to, item.content)
        except ConnectorUnreadable:
            logger.warning("Teams: a card was not taken, so its plain text is sent")
            async for attempt in self._retrying(item):
                with attempt:
                    await self._connector.send(to, plain_text_of(item.content))

    def _retrying(self, item: Waiting) -> AsyncRetrying:
        async def keep(state: RetryCallState) -> None:
            await self._keep(item, state)

        return AsyncRetrying(
            retry=retry_if_exception_type(ConnectorUnavailable),
            wait=self._wait,
            stop=lambda _state: _is_too_old(item),
            before_sleep=keep,
            reraise=True,
        )

    def _wait(self, state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.after if isinstance(failure, ConnectorUnavailable) else 0.0
        return max(asked, self._backoff(state))

    async def _keep(self, item: Waiting, state: RetryCallState) -> None:
        pause = state.next_action.sleep if state.next_action else 0
        logger.warning("Teams: attempt %d to send failed, the next is in %.0f s", state.attempt_number, pause)
        await asyncio.to_thread(self._repository.keep_trying, item.id, pause + TAKEN_SECONDS)


def _is_too_old(item: Waiting) -> bool:
    return item.created_at is not None and datetime.now(UTC) - item.created_at > GIVE_UP_AFTER


def plain_text_of(activity: dict[str, Any]) -> dict[str, Any]:
    """The same message without its card: the text that stands in for it."""
    texts = [
        str(attachment.get("content", {}).get("fallbackText") or "")
        for attachment in activity.get("attachments") or ()
    ]
    return {
        "type": "message",
        "text": "\n\n".join(filter(None, texts)) or activity.get("summary", ""),
        "textFormat": "plain",
    }
