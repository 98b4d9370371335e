"""Sessions of browsers that are signed in, and whose conversations are whose."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from assistant.access import DEMONSTRATION, Role, acting_as
from assistant.access.conversations import OwnConversations
from assistant.access.ownership import ConversationNotYours, ConversationOwners
from assistant.access.people import PeopleRepository
from assistant.access.sessions import Sessions
from assistant.storage.conversations import ConversationRepository

START = datetime(2026, 1, 31, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(database: Engine, clock: Clock) -> Sessions:
    return Sessions(database, idle=timedelta(minutes=60), lifetime=timedelta(hours=10), clock=clock)


def test_a_session_ends_when_it_is_not_used(
    sessions: Sessions, people: PeopleRepository, clock: Clock
) -> None:
    pat = people.add("Pat Example", "pat@example.org", [Role.POM])
    secret = sessions.begin(pat, "token")
    clock.at += timedelta(minutes=59)
    assert sessions.person(secret) == pat
    clock.at += timedelta(minutes=59)
    assert sessions.person(secret) == pat
    clock.at += timedelta(minutes=61)
    assert sessions.person(secret) is None


def test_a_session_ends_after_its_lifetime_however_much_it_is_used(
    sessions: Sessions, people: PeopleRepository, clock: Clock
) -> None:
    secret = sessions.begin(people.add("Pat Example", "pat@example.org", [Role.POM]), "token")
    for _ in range(11):
        clock.at += timedelta(minutes=54)
        assert sessions.person(secret) is not None
    clock.at = START + timedelta(hours=10)
    assert sessions.person(secret) is None


def test_roles_are_those_of_now_and_ended_access_is_out_at_once(
    sessions: Sessions, people: PeopleRepository
) -> None:
    pat = people.add("Pat Example", "pat@example.org", [Role.POM])
    secret = sessions.begin(pat, "token")
    people.give_roles(pat.id, [Role.READ_ONLY])
    found = sessions.person(secret)
    assert found is not None
    assert found.roles == {Role.READ_ONLY}
    people.end_access(pat.id)
    assert sessions.person(secret) is None


def test_signing_out_ends_the_session_and_gives_back_the_token(
    sessions: Sessions, people: PeopleRepository
) -> None:
    secret = sessions.begin(people.add("Pat Example", "pat@example.org", [Role.POM]), "token")
    assert sessions.end(secret) == "token"
    assert sessions.person(secret) is None
    assert sessions.end(secret) is None


def test_the_secret_of_a_session_is_nowhere_in_the_database(
    sessions: Sessions, people: PeopleRepository, database: Engine
) -> None:
    secret = sessions.begin(people.add("Pat Example", "pat@example.org", [Role.POM]), "token")
    attempt = sessions.begin_attempt({"state": "s"}, "/")
    with database.connect() as connection:
        kept = str(
            [connection.execute(text(f"SELECT * FROM {t}")).all() for t in ("sessions", "sign_in_attempts")]
        )
    assert secret not in kept
    assert attempt not in kept


def test_an_attempt_is_used_once_and_soon(sessions: Sessions, clock: Clock) -> None:
    first = sessions.begin_attempt({"state": "s"}, "/guidance")
    attempt = sessions.finish_attempt(first)
    assert attempt is not None
    assert (attempt.expected, attempt.next) == ({"state": "s"}, "/guidance")
    assert sessions.finish_attempt(first) is None
    late = sessions.begin_attempt({"state": "s"}, "/guidance")
    clock.at += timedelta(minutes=11)
    assert sessions.finish_attempt(late) is None


def test_a_conversation_is_its_persons_alone(database: Engine, people: PeopleRepository) -> None:
    pat = people.add("Pat Example", "pat@example.org", [Role.POM])
    sam = people.add("Sam Example", "sam@example.org", [Role.HEAD_OF_DELIVERY])
    owners = ConversationOwners(database)
    lines = OwnConversations(database, owners)
    owners.claim("c1", pat)
    ConversationRepository(database).append_exchange("c1", "hello", [{"text": "Hello."}], message_id="m1")
    for person, count in ((pat, 2), (sam, 0), (None, 0)):
        with acting_as(person):
            assert len(lines.messages("c1")) == count
            assert len(lines.delivered("c1", "m1")) == count
            assert lines.last_number("c1") == count
    with pytest.raises(ConversationNotYours):
        ConversationOwners(database).claim("c1", sam)
    with acting_as(None), pytest.raises(ConversationNotYours):
        owners.claim("c2")


def test_what_was_said_before_people_signed_in_is_nobodys(database: Engine, people: PeopleRepository) -> None:
    pat = people.add("Pat Example", "pat@example.org", [Role.POM])
    owners = ConversationOwners(database)
    owners.claim("c1", DEMONSTRATION)
    ConversationRepository(database).append_exchange("c1", "hello", [{"text": "Hello."}])
    assert not owners.usable("c1", pat)
    assert not owners.readable("c1", pat)
    assert owners.usable("c1", DEMONSTRATION)
