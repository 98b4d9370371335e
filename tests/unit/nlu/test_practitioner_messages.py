"""What the conversation takes from messages as practitioners type them: all that is said, and nothing that is not."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import resources
from actions.conversation.state import ConversationState
from actions.conversation.stated_facts import read_facts
from actions.conversation.turn import Turn
from assistant.nlu.facts.reader import read_facts as read_message

SOURCE = Path(__file__).with_name("practitioner_messages.yaml")
MESSAGES: list[dict[str, Any]] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["messages"]
AS_OF = date(2026, 1, 31)
FOLLOWS = {"gender", "mappa_active_level", "sentence_type", "estate", "in_open_conditions"}
"""Facts that follow from others in plain words, and so may be read beside them."""


def stated(message: str) -> Any:
    entities = [fact.as_entity(message) for fact in read_message(message)]
    turn = Turn(message, "give_facts", 0.9, entities, ConversationState(), AS_OF, None)
    return read_facts(turn, resources.rule_book())


@pytest.mark.parametrize("labelled", MESSAGES, ids=lambda labelled: labelled["message"][:60])
def test_takes_what_is_said(labelled: dict[str, Any]) -> None:
    found = stated(labelled["message"])
    read = found.part_dates | found.facts
    assert {name: read.get(name) for name in labelled["facts"]} == labelled["facts"]
    assert set(labelled.get("not_known", [])) <= set(found.declined)
    assert set(read) - set(labelled["facts"]) - FOLLOWS <= set(labelled.get("besides", []))


@pytest.mark.parametrize(
    "question",
    [
        "can a prison officer be the POM of a tier B",
        "does MAPPA 2 alone qualify",
        "who holds tier A cases in a closed prison?",
        "how many hours does a tier C get",
        "do high risk men in open get key work",
        "when does a CRC case hand over",
        "is very high RoSH enough for early allocation",
        "does HDC change the handover date",
    ],
)
def test_the_words_of_a_general_question_are_facts_of_nobody(question: str) -> None:
    found = stated(question)
    assert found.indefinite == {*found.facts, *found.open_choices}


def test_a_hearing_that_lies_behind_was_the_last_review() -> None:
    assert stated("parole hearing on 14 may 2026").facts == {"target_hearing_date": "2026-05-14"}
    assert stated("parole hearing on 3/1/26").facts == {"last_parole_review_date": "2026-01-03"}


def test_a_move_to_come_is_not_yet_made() -> None:
    assert stated("moving to open on 3 april 2026").facts == {"open_conditions_move_date": "2026-04-03"}
