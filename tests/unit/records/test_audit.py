"""The audit: added to, never changed, and any change shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from assistant.access import Person, Role
from assistant.records.audit import Audit, Filter, as_data

PAT = Person("p1", "Pat Example", "pat@example.org", frozenset({Role.POM}))
SAM = Person("p2", "Sam Other", "sam@example.org", frozenset({Role.POM}))


@pytest.fixture
def audit(database: Engine) -> Audit:
    found = Audit(database)
    found.record(
        PAT,
        "case.read",
        prison_number="A1234BC",
        channel="web",
        request_id="r1",
        details={"rules": ["RESP-05"]},
    )
    found.record(SAM, "case.read", prison_number="A9999ZZ", outcome="not_found")
    found.record(None, "records.purge")
    return found


def test_an_entry_says_who_when_what_and_about_which_case(audit: Audit) -> None:
    entry = as_data(audit.entries()[-1])
    assert entry | {"at": "", "digest": ""} == {
        "id": 1,
        "at": "",
        "person_id": "p1",
        "person_name": "Pat Example",
        "channel": "web",
        "request_id": "r1",
        "action": "case.read",
        "outcome": "done",
        "case": "A1234BC",
        "details": {"rules": ["RESP-05"]},
        "digest": "",
    }


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Filter(), [3, 2, 1]),
        (Filter(person="pat"), [1]),
        (Filter(person="p2"), [2]),
        (Filter(person="%"), []),
        (Filter(prison_number="a1234bc"), [1]),
        (Filter(outcome="not_found"), [2]),
        (Filter(action="records.purge"), [3]),
        (Filter(since=datetime.now(UTC) + timedelta(days=1)), []),
        (Filter(until=datetime.now(UTC) + timedelta(days=1)), [3, 2, 1]),
    ],
)
def test_entries_are_found_by_what_is_known_of_them(audit: Audit, wanted: Filter, ids: list[int]) -> None:
    assert [entry.id for entry in audit.entries(wanted)] == ids
    assert audit.count(wanted) == len(ids)


def test_an_untouched_chain_holds(audit: Audit) -> None:
    found = audit.verify()
    assert (found.holds, found.entries) == (True, 3)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET outcome = 'done' WHERE id = 2",
        "UPDATE audit_entries SET details = '{}' WHERE id = 1",
        "UPDATE audit_entries SET prison_number = 'A0000AA' WHERE id = 1",
        "UPDATE audit_entries SET prison_number = NULL WHERE id = 1",
        "UPDATE audit_entries SET prison_number = NULL, salt = NULL, pseudonym = 'x', person_name = 'y' WHERE id = 1",
        "DELETE FROM audit_entries WHERE id = 2",
        "DELETE FROM audit_entries",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_an_entry(
    audit: Audit, database: Engine, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="append-only"), database.begin() as connection:
        connection.execute(text(statement))
    assert audit.verify().entries == 3


def test_postgresql_refuses_to_empty_the_table(audit: Audit, database: Engine) -> None:
    statement = (
        "TRUNCATE audit_entries" if database.dialect.name == "postgresql" else "DELETE FROM audit_entries"
    )
    with pytest.raises(DBAPIError, match="append-only"), database.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit_entries SET outcome = 'done' WHERE id = 2", 2),
        ("UPDATE audit_entries SET person_name = 'Somebody' WHERE id = 3", 3),
        ("UPDATE audit_entries SET prison_number = 'A0000AA' WHERE id = 1", 1),
        ("DELETE FROM audit_entries WHERE id = 2", 3),
        ("DELETE FROM audit_entries WHERE id = 1", 2),
    ],
)
def test_whoever_gets_round_the_triggers_leaves_a_trace(
    audit: Audit, database: Engine, statement: str, broken_at: int
) -> None:
    with database.begin() as connection:
        if database.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER audit_entries_update"))
            connection.execute(text("DROP TRIGGER audit_entries_delete"))
        connection.execute(text(statement))
    assert audit.verify().broken_at == broken_at


def test_an_erasure_leaves_the_event_and_the_chain_and_not_the_number(audit: Audit, database: Engine) -> None:
    audit.record(PAT, "case.change", prison_number="A1234BC")
    with Session(database) as session, session.begin():
        count, pseudonym = audit.erase_subject("A1234BC", session)
    assert count == 2
    assert pseudonym is not None
    assert [entry.id for entry in audit.entries(Filter(prison_number=pseudonym))] == [4, 1]
    assert audit.verify().holds
    with database.connect() as connection:
        assert "A1234BC" not in str(connection.execute(text("SELECT * FROM audit_entries")).all())


def test_entries_past_their_time_go_and_the_chain_begins_behind_them(database: Engine) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    audit = Audit(database, clock=lambda: at)
    for day in range(4):
        at = datetime(2020, 1, 1 + day, tzinfo=UTC)
        audit.record(PAT, "case.read", prison_number="A1234BC")
    assert audit.remove_before(datetime(2020, 1, 3, tzinfo=UTC)) == 2
    assert [entry.id for entry in audit.entries()] == [4, 3]
    assert audit.verify().holds
    assert audit.remove_before(datetime(2021, 1, 1, tzinfo=UTC)) == 2
    audit.record(PAT, "case.read")
    found = audit.verify()
    assert (found.holds, found.entries) == (True, 1)


def test_entries_added_at_once_follow_each_other(database: Engine) -> None:
    audits = [Audit(database) for _ in range(4)]

    def add(number: int) -> None:
        for _ in range(10):
            audits[number].record(PAT, "case.read", prison_number="A1234BC")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    found = audits[0].verify()
    assert (found.holds, found.entries) == (True, 40)
