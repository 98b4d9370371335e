"""Reminders of what falls due, to those who asked for them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from actions import resources
from assistant.access import Role
from assistant.access.people import PeopleRepository
from assistant.cases.caseload import Caseloads
from assistant.channels.teams.reminders import CaseloadDueItems, remind
from assistant.storage.case_intake import CaseIntake, IncomingCase
from assistant.storage.database import connect, migrate
from assistant.storage.teams import TeamsConversation, TeamsRepository

DAY = date(2025, 3, 3)
"""Eleven days before the first OASys of the case is due."""

FACTS = {
    "provider": "NPS",
    "sentence_type": "determinate",
    "sentence_date": "2025-01-03",
    "conditional_release_date": "2027-03-15",
}


@pytest.fixture
def database(tmp_path: Path) -> Engine:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    engine = connect(url)
    cases = [
        IncomingCase("A0001AA", FACTS, pom="ann@example.org"),
        IncomingCase("A0002AA", FACTS, pom="bob@example.org"),
    ]
    CaseIntake(engine).take(cases, source="a file", by="pat", on=date(2025, 1, 3))
    people = PeopleRepository(engine)
    people.add("Ann", "ann@example.org", [Role.POM], subject="object-ann")
    people.add("Bob", "bob@example.org", [Role.POM], subject="object-bob")
    return engine


@pytest.fixture
def repository(database: Engine) -> TeamsRepository:
    return TeamsRepository(database)


def chat(repository: TeamsRepository, person: str, kind: str = "personal", wanted: bool = True) -> str:
    name = f"teams-{person}-{kind}"
    repository.keep_conversation(
        TeamsConversation(
            id=name,
            thread="a:1",
            kind=kind,
            person=person,
            service_url="https://x",
            bot="28:1",
            reminders=False,
        )
    )
    repository.set_reminders(name, wanted)
    return name


def run(database: Engine, day: date = DAY) -> int:
    caseloads = Caseloads(database, resources.rule_book(), "2022")
    return remind(TeamsRepository(database), CaseloadDueItems(PeopleRepository(database), caseloads), day)


def waiting(repository: TeamsRepository, conversation: str) -> str:
    found: Any = repository.take_outgoing(conversation, 0)
    return str(found.content["attachments"][0]["content"]["fallbackText"]) if found else ""


def test_a_person_is_reminded_of_their_own_cases_only(database: Engine, repository: TeamsRepository) -> None:
    ann = chat(repository, "object-ann")
    assert run(database) == 1
    said = waiting(repository, ann)
    assert "A0001AA: Complete the first OASys and sentence plan, 14 March 2025 (POM)" in said
    assert "A0002AA" not in said
    assert "turn off reminders" in said


def test_nobody_is_reminded_who_did_not_ask_for_it(database: Engine, repository: TeamsRepository) -> None:
    chat(repository, "object-ann", wanted=False)
    assert run(database) == 0


def test_nobody_is_reminded_where_others_read_along(database: Engine, repository: TeamsRepository) -> None:
    chat(repository, "object-ann", kind="groupChat")
    assert run(database) == 0


def test_somebody_without_access_is_not_reminded(database: Engine, repository: TeamsRepository) -> None:
    people = PeopleRepository(database)
    chat(repository, "object-nobody")
    chat(repository, "object-bob")
    bob = people.by_subject("object-bob")
    assert bob is not None
    people.end_access(bob.id)
    assert run(database) == 0


def test_nobody_is_reminded_twice_on_a_day(database: Engine, repository: TeamsRepository) -> None:
    chat(repository, "object-ann")
    assert run(database) == 1
    assert run(database) == 0
    assert run(database, DAY + timedelta(days=1)) == 1


def test_nobody_is_reminded_of_nothing(database: Engine, repository: TeamsRepository) -> None:
    chat(repository, "object-ann")
    assert run(database, date(2025, 8, 1)) == 0
