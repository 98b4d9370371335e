"""Everything held about one prison number: given out, erased, encrypted, and removed when its time is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, text

from assistant.access import Person, Role
from assistant.records.audit import Audit
from assistant.records.retention import purge
from assistant.records.subject import collect, erase, in_words
from assistant.settings import Settings, current_settings
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect, migrate
from assistant.storage.encryption import WrongKey
from assistant.storage.feedback import FeedbackRepository
from assistant.storage.models import Base

PAT = Person("p1", "Pat Example", "pat@example.org", frozenset({Role.POM}))
NOW = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.fixture
def filled(database: Engine) -> Engine:
    """One case, a conversation about it, one about its person by name, and one about somebody else."""
    with database.begin() as connection:
        for number, name, key in (("A1234BC", "Jordan Sample", 1), ("A9999ZZ", "Other Person", 2)):
            connection.execute(
                text(
                    "INSERT INTO cases (id, prison_number, name, synthetic, version, created_at, updated_at) "
                    "VALUES (:id, :number, :name, :no, 1, :at, :at)"
                ),
                {"id": key, "number": number, "name": name, "no": False, "at": NOW},
            )
            connection.execute(
                text(
                    "INSERT INTO case_allocations (case_id, person_id, from_date, recorded_by, source) "
                    "VALUES (:case, 'p1', :day, 'p2', 'page')"
                ),
                {"case": key, "day": date(2026, 1, 2)},
            )
    lines = ConversationRepository(database)
    reply = {"kind": "small_talk", "text": "Opened.", "citations": []}
    lines.append_exchange(
        "by-number", "open a1234bc", [reply], events=[{"event": "user", "text": "open a1234bc"}]
    )
    lines.append_exchange("by-name", "what is due for jordan  sample?", [reply])
    lines.append_exchange("of-another", "open A9999ZZ", [reply], events=[{"event": "user"}])
    FeedbackRepository(database).record(
        "by-number", 2, useful=False, reason="wrong", comment="no", channel="web", versions={}
    )
    audit = Audit(database)
    audit.record(PAT, "case.read", prison_number="A1234BC")
    audit.record(PAT, "case.read", prison_number="A9999ZZ")
    return database


def everything(engine: Engine) -> str:
    """All that the database holds, as text."""
    with engine.connect() as connection:
        return str([connection.execute(table.select()).all() for table in Base.metadata.sorted_tables])


def test_a_subject_gets_everything_and_nothing_of_anybody_else(filled: Engine) -> None:
    record = collect(filled, " a1234 bc ")
    assert record.tables["cases"][0]["name"] == "Jordan Sample"
    assert record.tables["case_allocations"][0]["from_date"] == "2026-01-02"
    assert set(record.conversations) == {"by-number", "by-name"}
    assert [entry["case"] for entry in record.audit] == ["A1234BC"]
    words = in_words(record)
    assert "Practitioner: open a1234bc" in words
    assert "A9999ZZ" not in words
    assert "Other Person" not in words


def test_an_erasure_leaves_no_trace_but_that_things_were_done(filled: Engine) -> None:
    done = erase(filled, "A1234BC")
    assert (done.cases, done.conversations, done.audit_entries) == (1, 2, 1)
    left = everything(filled).upper()
    assert "A1234BC" not in left
    assert "JORDAN" not in left
    assert "A9999ZZ" in left
    assert str(done.pseudonym).upper() in left
    assert Audit(filled).verify().holds
    assert collect(filled, "A1234BC").empty
    assert len(ConversationRepository(filled).messages("of-another")) == 2


def test_what_is_past_its_time_goes_and_the_rest_stays(filled: Engine) -> None:
    settings = Settings(
        keep_conversations_days=30, keep_feedback_days=0, keep_cases_days=400, keep_audit_days=0
    )
    with filled.begin() as connection:
        old = datetime.now(UTC) - timedelta(days=31)
        connection.execute(
            text("UPDATE messages SET sent_at = :old WHERE conversation_id = 'by-name'"), {"old": old}
        )
    done = purge(filled, settings)
    assert (done.conversations, done.feedback, done.cases, done.audit_entries) == (1, 0, 0, 0)
    assert ConversationRepository(filled).messages("by-name") == []
    assert len(ConversationRepository(filled).messages("by-number")) == 2
    assert Audit(filled).entries()[0].action == "records.purge"
    assert purge(filled, settings).total == 0


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A key in the settings."""
    made = Fernet.generate_key().decode()
    monkeypatch.setenv("POM_ASSISTANT_ENCRYPTION_KEYS", f'["{made}"]')
    current_settings.cache_clear()
    yield made
    monkeypatch.undo()
    current_settings.cache_clear()


def say(engine: Engine) -> None:
    ConversationRepository(engine).append_exchange(
        "c1",
        "Jordan Sample, A1234BC, born 1 May 1990",
        [{"text": "Jordan Sample is opened."}],
        events=[{"event": "user", "text": "Jordan Sample"}],
    )


def test_with_a_key_nothing_that_is_said_can_be_read_in_the_file(tmp_path: Path, key: str) -> None:
    file = tmp_path / "test.db"
    migrate(f"sqlite:///{file}")
    engine = connect(f"sqlite:///{file}")
    say(engine)
    with engine.begin() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    for part in tmp_path.iterdir():
        content = part.read_bytes()
        for said in (b"Jordan", b"A1234BC", b"1990"):
            assert said not in content, part
    lines = ConversationRepository(engine).messages("c1")
    assert lines[0].text == "Jordan Sample, A1234BC, born 1 May 1990"
    assert lines[1].reply == {"text": "Jordan Sample is opened."}
    assert ConversationRepository(engine).events("c1") == [{"event": "user", "text": "Jordan Sample"}]


def test_what_is_encrypted_is_found_and_erased_all_the_same(database: Engine, key: str) -> None:
    say(database)
    assert set(collect(database, "A1234BC").conversations) == {"c1"}
    assert erase(database, "A1234BC").conversations == 1
    assert ConversationRepository(database).messages("c1") == []


def test_a_new_key_reads_what_the_old_one_wrote_and_what_was_never_encrypted(
    database: Engine, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(database)
    monkeypatch.delenv("POM_ASSISTANT_ENCRYPTION_KEYS")
    current_settings.cache_clear()
    ConversationRepository(database).append_exchange("c2", "plain", [{"text": "plain"}])
    with pytest.raises(WrongKey, match="missing"):
        ConversationRepository(database).messages("c1")
    newer = Fernet.generate_key().decode()
    monkeypatch.setenv("POM_ASSISTANT_ENCRYPTION_KEYS", f'["{newer}", "{key}"]')
    current_settings.cache_clear()
    lines = ConversationRepository(database)
    assert lines.messages("c1")[0].text.startswith("Jordan")
    assert lines.messages("c2")[0].text == "plain"
    monkeypatch.setenv("POM_ASSISTANT_ENCRYPTION_KEYS", f'["{newer}"]')
    current_settings.cache_clear()
    with pytest.raises(WrongKey, match="not there"):
        lines.messages("c1")
