"""Personal details that are not needed are said to be so, and only those."""

from datetime import date
from typing import Any

import pytest

from actions.conversation.state import ConversationState
from actions.conversation.turn import Turn
from actions.privacy import privacy_notes
from actions.texts import text
from assistant.nlu.facts.reader import read_facts


def notes(message: str, intent: str = "give_facts", **state: Any) -> list[str]:
    entities = [fact.as_entity(message) for fact in read_facts(message)]
    return privacy_notes(
        Turn(message, intent, 0.9, entities, ConversationState(**state), date(2026, 1, 31), None)
    )


@pytest.mark.parametrize(
    ("message", "key"),
    [
        ("John Smith, nps, crd 3/3/27", "personal_name"),
        ("A1234 BC nps crd 3/3/27", "prison_number_not_needed"),
        ("dob 12/3/2003, tier b", "date_of_birth_not_needed"),
    ],
)
def test_says_that_a_detail_is_not_needed(message: str, key: str) -> None:
    assert notes(message) == [text(f"problems.{key}")]


def test_a_prison_number_opens_a_stored_case() -> None:
    assert notes("open A1234BC", intent="open_case") == []


def test_a_date_of_birth_that_was_asked_for_is_needed() -> None:
    assert notes("dob 12/3/2003", asking_for="date_of_birth") == []


def test_nothing_is_said_of_an_ordinary_case() -> None:
    assert notes("nps lad at HMP Leeds, 24, crd 3 May 2027, tier B") == []
