"""Where the dialogue engine keeps its conversations."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rasa.core.tracker_store import AwaitableTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered

from assistant.engine.tracker_store import AppendingTrackerStore
from assistant.settings import PROJECT_ROOT
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect, migrate

DOMAIN = Domain.load(PROJECT_ROOT / "domain.yml")
KEPT = 30


@pytest.fixture
def conversations(tmp_path: Path) -> ConversationRepository:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    return ConversationRepository(connect(url))


@pytest.fixture
def store(conversations: ConversationRepository) -> AppendingTrackerStore:
    return AppendingTrackerStore(DOMAIN, conversations, live_conversations=2, events_in_memory=KEPT)


def test_a_long_conversation_is_whole_in_the_database_and_short_in_memory(
    store: AppendingTrackerStore, conversations: ConversationRepository
) -> None:
    async def talk() -> None:
        # Rasa wraps the store, and it is the wrapper that begins a conversation.
        wrapped = AwaitableTrackerStore(store)
        tracker = await wrapped.get_or_create_tracker("a")
        tracker.update(SlotSet("topic", "due"), DOMAIN)
        await wrapped.save(tracker)
        for number in range(100):
            tracker = await wrapped.get_or_create_tracker("a")
            tracker.update(SlotSet("facts", {"tier": "B", "count": number}), DOMAIN)
            tracker.update(UserUttered(f"message {number}"), DOMAIN)
            await wrapped.save(tracker)
            assert len(tracker.events) <= 2 * KEPT
            # Rasa runs each action on a copy, which it makes by replaying the events.
            assert tracker.copy().get_slot("facts") == {"tier": "B", "count": number}
            assert tracker.copy().get_slot("topic") == "due"

    asyncio.run(talk())
    said = [event["text"] for event in conversations.events("a") if event["event"] == "user"]
    assert said == [f"message {number}" for number in range(100)]


def test_a_conversation_comes_back_from_the_database_with_its_facts(
    store: AppendingTrackerStore, conversations: ConversationRepository
) -> None:
    async def talk() -> object:
        tracker = await store.get_or_create_tracker("a")
        tracker.update(SlotSet("facts", {"tier": "B"}), DOMAIN)
        for number in range(KEPT * 2):
            tracker.update(UserUttered(f"message {number}"), DOMAIN)
            await store.save(tracker)
        restarted = AppendingTrackerStore(DOMAIN, conversations, events_in_memory=KEPT)
        again = await restarted.retrieve("a")
        assert again is not None
        return again.get_slot("facts")

    assert asyncio.run(talk()) == {"tier": "B"}


def test_what_was_not_saved_is_not_kept(store: AppendingTrackerStore) -> None:
    async def talk() -> object:
        tracker = await store.get_or_create_tracker("a")
        tracker.update(SlotSet("facts", {"tier": "B"}), DOMAIN)
        store.drop("a")
        again = await store.retrieve("a")
        assert again is not None
        return again.get_slot("facts")

    assert asyncio.run(talk()) is None


def test_the_least_used_conversation_leaves_memory_first(
    store: AppendingTrackerStore,
) -> None:
    async def talk() -> list[bool]:
        for name in ("a", "b", "a", "c"):
            await store.get_or_create_tracker(name)
        return [name in store._live for name in ("a", "b", "c")]

    assert asyncio.run(talk()) == [True, False, True]
