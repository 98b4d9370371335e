"""Conversations in the database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

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


def test_the_lines_of_a_conversation_are_numbered_from_one(conversations: ConversationRepository) -> None:
    assert conversations.last_number("a") == 0
    assert conversations.append_exchange("a", "hello", [{"text": "hello"}]) == 2
    conversations.append_exchange("b", "hello", [{"text": "hello"}])
    assert conversations.append_exchange("a", "thanks", [{"text": "one"}, {"text": "two"}]) == 5
    assert [line.number for line in conversations.messages("a")] == [1, 2, 3, 4, 5]
    assert [line.text for line in conversations.messages("a", after=3)] == ["one", "two"]
    assert conversations.last_number("a") == 5


def test_a_delivery_is_found_with_its_replies_and_kept_once(conversations: ConversationRepository) -> None:
    conversations.append_exchange("a", "hello", [{"text": "hello"}], message_id="m-1")
    conversations.append_exchange("a", "thanks", [{"text": "one"}, {"text": "two"}], message_id="m-2")
    conversations.append_exchange("b", "hello", [{"text": "other"}], message_id="m-2")
    assert [line.text for line in conversations.delivered("a", "m-2")] == ["thanks", "one", "two"]
    assert conversations.delivered("a", "m-3") == []
    with pytest.raises(IntegrityError):
        conversations.append_exchange(
            "a", "thanks", [{"text": "three"}], message_id="m-2", events=[{"event": "user"}]
        )
    assert len(conversations.messages("a")) == 5
    assert conversations.events("a") == []


def test_an_older_database_gets_its_lines_numbered_and_its_replies_linked(url: str) -> None:
    migrate(url, "0001")
    with connect(url).begin() as connection:
        for who, sender, words in (
            ("a", "person", "hello"),
            ("b", "person", "other"),
            ("a", "assistant", "good morning"),
            ("a", "person", "thanks"),
        ):
            connection.execute(
                text(
                    "INSERT INTO messages (conversation_id, sent_by, text, sent_at)"
                    " VALUES (:who, :sender, :words, '2026-01-31 09:00:00')"
                ),
                {"who": who, "sender": sender, "words": words},
            )
    migrate(url)
    lines = ConversationRepository(connect(url)).messages("a")
    assert [(line.number, line.text) for line in lines] == [(1, "hello"), (2, "good morning"), (3, "thanks")]
    assert [line.answers for line in lines] == [None, 1, None]


def test_a_forgotten_conversation_leaves_nothing(conversations: ConversationRepository) -> None:
    conversations.append_events("a", [{"event": "user"}])
    conversations.append_exchange("a", "hello", [{"text": "hello"}])
    conversations.append_exchange("b", "hello", [{"text": "hello"}])
    conversations.forget("a")
    assert conversations.events("a") == []
    assert conversations.messages("a") == []
    assert len(conversations.messages("b")) == 2
