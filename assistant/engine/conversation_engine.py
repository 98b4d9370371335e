"""The conversation engine: takes one message, gives the replies, remembers both."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from actions.reply import something_went_wrong
from assistant.engine.incoming import readable, refuse_unreadable
from assistant.settings import Settings
from assistant.storage.conversations import ConversationRepository

if TYPE_CHECKING:
    from rasa.core.agent import Agent

    from assistant.engine.tracker_store import AppendingTrackerStore

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

DELIVERIES_KEPT = 2000
"""Messages with an id whose replies are kept for a repeat of the same delivery."""

CHECK_SENTENCE = "hello"
"""Parsed after loading: Rasa's classifier loads silently untrained when its file cannot be read."""


class EngineNotReady(RuntimeError):
    """The model is not loaded yet, or could not be loaded."""


class ConversationEngine:
    """The Rasa agent on a thread and event loop of its own, so that understanding a message never blocks
    the web server. Messages of one conversation are taken one at a time, in the order they came."""

    def __init__(self, settings: Settings, conversations: ConversationRepository) -> None:
        self._settings = settings
        self._conversations = conversations
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="conversation-engine", daemon=True
        )
        self._agent: Agent | None = None
        self._trackers: AppendingTrackerStore | None = None
        self._locks: dict[str, asyncio.Lock] = {}
        self._answered: OrderedDict[tuple[str, str], list[dict[str, Any]]] = OrderedDict()

    @property
    def ready(self) -> bool:
        """Whether messages can be taken."""
        return self._agent is not None

    def start(self, model: Path) -> None:
        """Load the model at `model`. Takes some ten seconds, most of it importing Rasa.

        Raises `EngineNotReady` if the model cannot understand a greeting after loading.
        """
        self._thread.start()
        self._submit(self._load(model)).result()

    def stop(self) -> None:
        """End the thread. What was answered is in the database already."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=10)

    async def reply(
        self, conversation_id: str, message: str, metadata: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """The replies to a message, in the form of Rasa's REST channel: `recipient_id`, `text`, `buttons`
        and `custom` (the whole reply). There is always at least one."""
        return await asyncio.wrap_future(self._submit(self._reply(conversation_id, message, metadata or {})))

    async def understand(self, message: str) -> dict[str, Any]:
        """Intent, confidence and facts read from a message, for evaluation. Nothing is remembered."""
        return await asyncio.wrap_future(self._submit(self._parse(message)))

    def _submit(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _load(self, model: Path) -> None:
        import skops.io  # noqa: F401  before TensorFlow: imported after it, it takes eight seconds longer
        from rasa.core.agent import Agent

        from assistant.engine.action_endpoint import InProcessActions
        from assistant.engine.tracker_store import AppendingTrackerStore

        trackers = AppendingTrackerStore(
            None,
            self._conversations,
            live_conversations=self._settings.live_conversations,
            events_in_memory=self._settings.events_in_memory,
        )
        agent = Agent.load(model, action_endpoint=InProcessActions(), tracker_store=trackers)
        trackers.domain = agent.domain
        understood = await agent.parse_message(CHECK_SENTENCE)
        if understood["intent"]["name"] != "greet":
            raise EngineNotReady(
                f"the model {model.name} was loaded but does not understand a greeting: train it again"
            )
        self._trackers, self._agent = trackers, agent

    async def _parse(self, message: str) -> dict[str, Any]:
        if self._agent is None:
            raise EngineNotReady("the model is not loaded yet")
        parsed: dict[str, Any] = await self._agent.parse_message(readable(message))
        return parsed

    async def _reply(
        self, conversation_id: str, message: str, metadata: dict[str, Any]
    ) -> list[dict[str, Any]]:
        if self._agent is None:
            raise EngineNotReady("the model is not loaded yet")
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        delivery = (conversation_id, str(metadata.get("message_id") or ""))
        async with lock:
            if delivery[1] and delivery in self._answered:
                return self._answered[delivery]
            refusal = refuse_unreadable(message, self._settings.message_limit)
            if refusal is not None:
                answers = [refusal.as_response()]
            else:
                answers = await self._ask_agent(conversation_id, readable(message), metadata)
            replies = [self._as_rest(conversation_id, answer) for answer in answers]
            # A person reads back what they typed, up to the limit, even where it was refused.
            self._conversations.append_exchange(
                conversation_id,
                message[: self._settings.message_limit],
                [reply["custom"] for reply in replies],
            )
            self._remember_delivery(delivery, replies)
        if not lock.locked():
            self._locks.pop(conversation_id, None)
        return replies

    def _remember_delivery(self, delivery: tuple[str, str], replies: list[dict[str, Any]]) -> None:
        """Keep the replies to a message that came with an id, so that a repeat of it is not taken twice."""
        if delivery[1]:
            self._answered[delivery] = replies
            while len(self._answered) > DELIVERIES_KEPT:
                self._answered.popitem(last=False)

    async def _ask_agent(
        self, conversation_id: str, message: str, metadata: dict[str, Any]
    ) -> list[dict[str, Any]]:
        from rasa.core.channels.channel import UserMessage

        from assistant.engine.reply_channel import ReplyChannel

        assert self._agent is not None
        assert self._trackers is not None
        channel = ReplyChannel()
        try:
            await self._agent.handle_message(
                UserMessage(message, channel, conversation_id, input_channel="rest", metadata=metadata)
            )
        except Exception as failure:
            logger.error("a message could not be answered: %s", type(failure).__name__)
            self._trackers.drop(conversation_id)
            return [something_went_wrong().as_response()]
        return channel.replies or [something_went_wrong().as_response()]

    @staticmethod
    def _as_rest(conversation_id: str, answer: dict[str, Any]) -> dict[str, Any]:
        """One message in the form of Rasa's REST channel."""
        message = {"recipient_id": conversation_id, "text": answer["text"], "custom": answer["custom"]}
        if answer.get("buttons"):
            message["buttons"] = answer["buttons"]
        return message
