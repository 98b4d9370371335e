"""Conversations in the database."""

from pathlib import Path

import pytest
from sqlalchemy import inspect

from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect, migrate
from assistant.storage.models import Base


@pytest.fixture
def conversations(tmp_path: Path) -> ConversationRepository:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    return ConversationRepository(connect(url))


def test_the_migrations_make_the_tables_of_the_models(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    migrate(url)
    found = inspect(connect(url))
    for table in Base.metadata.sorted_tables:
        assert {column["name"] for column in found.get_columns(table.name)} == set(table.columns.keys())


def test_events_come_back_in_the_order_they_were_appended(conversations: ConversationRepository) -> None:
    conversations.append_events("a", [{"event": "user", "text": "hello"}, {"event": "bot"}])
    conversations.append_events("b", [{"event": "other"}])
    conversations.append_events("a", [{"event": "action"}])
    assert [event["event"] for event in conversations.events("a")] == ["user", "bot", "action"]
    assert sorted(conversations.conversation_ids()) == ["a", "b"]


def test_what_was_said_and_replied_is_kept_together(conversations: ConversationRepository) -> None:
    conversations.append_exchange(
        "a", "what is a PIPE?", [{"kind": "policy_answer", "text": "An environment"}]
    )
    lines = conversations.messages("a")
    assert [(line.sent_by, line.text) for line in lines] == [
        ("person", "what is a PIPE?"),
        ("assistant", "An environment"),
    ]
    assert lines[1].reply == {"kind": "policy_answer", "text": "An environment"}


def test_a_forgotten_conversation_leaves_nothing(conversations: ConversationRepository) -> None:
    conversations.append_events("a", [{"event": "user"}])
    conversations.append_exchange("a", "hello", [{"text": "hello"}])
    conversations.append_exchange("b", "hello", [{"text": "hello"}])
    conversations.forget("a")
    assert conversations.events("a") == []
    assert conversations.messages("a") == []
    assert len(conversations.messages("b")) == 2
