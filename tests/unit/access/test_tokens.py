"""API tokens."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from assistant.access import Person, Role
from assistant.access.people import PeopleRepository, PersonUnknown
from assistant.access.tokens import ApiTokens, BadToken, TokenUnknown

START = datetime(2026, 1, 31, 9, tzinfo=UTC)


@pytest.fixture
def owner(people: PeopleRepository) -> Person:
    return people.add("Pat Example", "pat@example.org", [Role.POM])


def test_a_token_speaks_for_its_person_within_its_scopes(database: Engine, owner: Person) -> None:
    tokens = ApiTokens(database)
    token, info = tokens.create(owner, "weekly report", ["case.read"], 30)
    found = tokens.person(token)
    assert found is not None
    assert (found.id, found.roles, found.scopes) == (owner.id, owner.roles, {"case.read"})
    assert tokens.list(owner.id)[0].id == info.id
    assert tokens.list(owner.id)[0].last_used_at is not None


def test_the_secret_is_nowhere_in_the_database(database: Engine, owner: Person) -> None:
    token, _ = ApiTokens(database).create(owner, "weekly report", ["case.read"], 30)
    with database.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM api_tokens")).all())
    assert token.rsplit("_", 1)[1] not in kept


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t + "x", lambda t: t.split("_")[1], lambda _: ""]
)
def test_a_token_with_anything_wrong_is_no_token(database: Engine, owner: Person, spoil) -> None:
    tokens = ApiTokens(database)
    token, _ = tokens.create(owner, "weekly report", ["case.read"], 30)
    assert tokens.person(spoil(token)) is None


def test_a_token_ends_with_its_time_when_revoked_and_with_its_persons_access(
    database: Engine, owner: Person, people: PeopleRepository
) -> None:
    at = START
    tokens = ApiTokens(database, clock=lambda: at)
    first, _ = tokens.create(owner, "first", ["case.read"], 1)
    second, info = tokens.create(owner, "second", ["case.read"], 30)
    third, _ = tokens.create(owner, "third", ["case.read"], 30)
    at = START + timedelta(days=1)
    assert tokens.person(first) is None
    tokens.revoke(info.id)
    assert tokens.person(second) is None
    assert tokens.person(third) is not None
    people.end_access(owner.id)
    assert tokens.person(third) is None


def test_nobody_revokes_anothers_token_as_their_own(database: Engine, owner: Person) -> None:
    tokens = ApiTokens(database)
    token, info = tokens.create(owner, "report", ["case.read"], 30)
    with pytest.raises(TokenUnknown):
        tokens.revoke(info.id, person_id="somebody-else")
    assert tokens.person(token) is not None


@pytest.mark.parametrize(
    ("name", "scopes", "days", "reason"),
    [
        ("report", ["case.everything"], 30, "case.everything"),
        ("report", [], 30, "scopes"),
        (" ", ["case.read"], 30, "name"),
        ("report", ["case.read"], 0, "days"),
        ("report", ["case.read"], 4000, "days"),
    ],
)
def test_a_token_that_cannot_be_made_says_why(
    database: Engine, owner: Person, name: str, scopes: list[str], days: int, reason: str
) -> None:
    with pytest.raises(BadToken, match=reason):
        ApiTokens(database).create(owner, name, scopes, days)


def test_a_token_needs_a_person(database: Engine) -> None:
    nobody = Person("none", "Nobody", "nobody@example.org", frozenset())
    with pytest.raises(PersonUnknown):
        ApiTokens(database).create(nobody, "report", ["case.read"], 30)
