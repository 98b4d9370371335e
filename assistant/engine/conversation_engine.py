"""The conversation engine: takes one message, gives the replies, remembers both."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

from actions.reply import Reply, something_went_wrong
from assistant.engine.incoming import delivery_id, readable, refuse_unreadable
from assistant.engine.without_tensorflow import rasa_without_tensorflow
from assistant.settings import Settings
from assistant.storage.conversation_locks import ConversationLocks, NoLocks
from assistant.storage.conversations import ConversationRepository

if TYPE_CHECKING:
    from rasa.core.agent import Agent

    from assistant.engine.tracker_store import AppendingTrackerStore

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

LOCK_PAUSE = 0.05
"""Seconds between two tries for a conversation in which another process is answering."""

CHECK_SENTENCE = "hello"
"""Parsed after loading: Rasa's classifier loads silently untrained when its file cannot be read."""


Answered = Callable[[Sequence[dict[str, Any]]], None]
"""Told the replies to a message, before they are kept and sent."""


def _unwatched(_conversation_id: str) -> AbstractContextManager[Answered]:
    return nullcontext(lambda _replies: None)


class EngineNotReady(RuntimeError):
    """The model is not loaded yet, or could not be loaded."""


class ConversationEngine:
    """The Rasa agent on a thread and event loop of its own, so that understanding a message never blocks
    the web server. Messages of one conversation are taken one at a time, in the order they came."""

    def __init__(
        self,
        settings: Settings,
        conversations: ConversationRepository,
        shared_locks: ConversationLocks | None = None,
        claim: Callable[[str], None] = lambda _: None,
        watch: Callable[[str], AbstractContextManager[Answered]] = _unwatched,
    ) -> None:
        """`claim` is called before a message is taken, and raises when the conversation is another's.

        `watch` surrounds the answering of a message, and is told the replies before they are kept.
        """
        self._settings = settings
        self._conversations = conversations
        self._shared_locks = shared_locks or NoLocks()
        self._claim, self._watch = claim, watch
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="conversation-engine", daemon=True
        )
        self._agent: Agent | None = None
        self._trackers: AppendingTrackerStore | None = None
        # A lock lives as long as somebody holds it or waits for it.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

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
        and `custom` (the whole reply), with the `number` of each in its conversation. There is always at
        least one.

        A message whose metadata gives a `message_id` that it came with before gets the same replies again,
        also while the first is still being answered. Whoever asked may go away: the answer is kept.
        """
        asked = self._submit(self._reply(conversation_id, message, metadata or {}))
        return await asyncio.shield(asyncio.wrap_future(asked))

    async def forget(self, conversation_id: str) -> None:
        """Erase a conversation: its lines, its events, and the copy in memory."""
        await asyncio.wrap_future(self._submit(self._forget(conversation_id)))

    async def understand(self, message: str) -> dict[str, Any]:
        """Intent, confidence and facts read from a message, for evaluation. Nothing is remembered."""
        return await asyncio.wrap_future(self._submit(self._parse(message)))

    def _submit(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _load(self, model: Path) -> None:
        with rasa_without_tensorflow():
            await self._load_agent(model)

    async def _load_agent(self, model: Path) -> None:
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

    async def _forget(self, conversation_id: str) -> None:
        async with self._one_at_a_time(conversation_id):
            if self._trackers is not None:
                self._trackers.drop(conversation_id)
            self._conversations.forget(conversation_id)

    async def _reply(
        self, conversation_id: str, message: str, metadata: dict[str, Any]
    ) -> list[dict[str, Any]]:
        if self._agent is None or self._trackers is None:
            raise EngineNotReady("the model is not loaded yet")
        message_id = delivery_id(metadata)
        self._claim(conversation_id)
        async with self._one_at_a_time(conversation_id):
            answered = self._conversations.delivered(conversation_id, message_id) if message_id else []
            if answered:
                return [
                    self._as_rest(
                        conversation_id, Reply.model_validate(line.reply).as_response(), line.number
                    )
                    for line in answered[1:]
                ]
            self._trackers.begin(conversation_id, self._conversations.last_number(conversation_id))
            try:
                replies = await self._answer(conversation_id, message, message_id, metadata)
            except BaseException:
                # Not in the record, so not in memory either: a repeat of the message is taken as new.
                self._trackers.drop(conversation_id)
                raise
        return replies

    async def _answer(
        self, conversation_id: str, message: str, message_id: str | None, metadata: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer a message, and keep it, its replies and the engine's events of the turn, all or none."""
        assert self._trackers is not None
        with self._watch(conversation_id) as answered:
            refusal = refuse_unreadable(message, self._settings.message_limit)
            if refusal is not None:
                answers = [refusal.as_response()]
            else:
                answers = await self._ask_agent(conversation_id, readable(message), metadata)
            answered([answer["custom"] for answer in answers])
        last = self._conversations.append_exchange(
            conversation_id,
            # A person reads back what they typed, up to the limit, even where it was refused.
            message[: self._settings.message_limit],
            [answer["custom"] for answer in answers],
            message_id=message_id,
            events=self._trackers.take_held(conversation_id),
        )
        self._trackers.end(conversation_id, last)
        first = last - len(answers) + 1
        return [
            self._as_rest(conversation_id, answer, number)
            for number, answer in enumerate(answers, start=first)
        ]

    @asynccontextmanager
    async def _one_at_a_time(self, conversation_id: str) -> AsyncIterator[None]:
        """Hold the conversation, against other messages of this process and of others on the database."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            while not self._shared_locks.take(conversation_id):
                await asyncio.sleep(LOCK_PAUSE)
            try:
                yield
            finally:
                self._shared_locks.release(conversation_id)

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
    def _as_rest(conversation_id: str, answer: dict[str, Any], number: int) -> dict[str, Any]:
        """One message in the form of Rasa's REST channel, and its number in the conversation."""
        message = {
            "recipient_id": conversation_id,
            "text": answer["text"],
            "custom": answer["custom"],
            "number": number,
        }
        if answer.get("buttons"):
            message["buttons"] = answer["buttons"]
        return message
