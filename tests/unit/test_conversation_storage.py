"""Conversations in the database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect, migrate
from assistant.storage.models import Base


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that the assistant runs on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def conversations(url: str) -> ConversationRepository:
    migrate(url)
    return ConversationRepository(connect(url))


def test_the_migrations_make_the_tables_of_the_models(url: str) -> None:
    migrate(url)
    migrate(url)
    found = inspect(connect(url))
    for table in Base.metadata.sorted_tables:
        assert {column["name"] for column in found.get_columns(table.name)} == set(table.columns.keys())


def test_several_processes_may_migrate_one_database_at_once(postgresql_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate, [postgresql_url] * 4))
    assert inspect(connect(postgresql_url)).has_table("messages")


def test_postgresql_needs_no_driver_in_its_address(postgresql_url: str) -> None:
    plain = postgresql_url.replace("postgresql+psycopg://", "postgres://")
    with connect(plain).connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


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
