"""A labelled set that cannot be used is refused with the file, the entry and the key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from assistant.evaluation.labelled_sets import LabelledSetError, load_dialogues, load_messages
from assistant.evaluation.routes import ROUTE_OF_INTENT, TAKES_FACTS
from assistant.settings import PROJECT_ROOT


def written(folder: Path, text: str) -> Path:
    path = folder / "set.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_message_holds_what_it_states_and_what_may_be_read_from_it(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'messages: [{id: M-1, message: "IPP, ped 3/4/27", intent: give_facts, as_of: "2026-01-31",'
        ' facts: {sentence_type: ipp, parole_eligibility_date: "2027-04-03"},'
        ' optional: {first_parole_eligibility_date: "2027-04-03"}}]',
    )
    (message,) = load_messages(path)
    assert message.facts == {"sentence_type": "ipp", "parole_eligibility_date": "2027-04-03"}
    assert message.optional == {"first_parole_eligibility_date": "2027-04-03"}
    assert message.as_of == date(2026, 1, 31)


def test_a_date_without_quotation_marks_is_the_same_fact(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "messages: [{id: M-1, message: crd 3/4/27, intent: give_facts, as_of: 2026-01-31,"
        " facts: {conditional_release_date: 2027-04-03}}]",
    )
    assert load_messages(path)[0].facts == {"conditional_release_date": "2027-04-03"}


def test_an_expectation_of_nobody_is_not_the_same_as_no_expectation(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "dialogues: [{id: d, as_of: 2026-01-31, turns: [{say: a, expect: {responsible: null}},"
        " {say: b, expect: {kind: question}}]}]",
    )
    first, second = load_dialogues(path)[0].turns
    assert first.expect.asks("responsible")
    assert not second.expect.asks("responsible")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("messages: []", "must hold a list of messages"),
        ("questions: [a]", "must hold a list of messages"),
        ("messages: [", "is not YAML"),
        (
            "messages: [{id: M-1, message: hi, intent: greeting, as_of: 2026-01-31}]",
            "M-1: intent: 'greeting' is not",
        ),
        ("messages: [{id: M-1, message: hi, intent: greet, as_of: soon}]", "M-1: as_of"),
        ("messages: [{id: M-1, message: hi, intent: greet}]", "M-1: as_of"),
        (
            "messages: [{id: M-1, message: hi, intent: greet, as_of: 2026-01-31, fact: {}}]",
            "M-1: fact: is not a key",
        ),
        (
            "messages: [{id: M-1, message: hi, intent: greet, as_of: 2026-01-31},"
            " {id: M-1, message: bye, intent: goodbye, as_of: 2026-01-31}]",
            "'M-1' twice",
        ),
        ("messages: [greet]", "entry 1"),
    ],
)
def test_messages_that_cannot_be_used_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(LabelledSetError) as problem:
        load_messages(written(tmp_path, text))
    assert reason in str(problem.value)


def test_an_expectation_that_nothing_checks_is_refused(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "dialogues: [{id: lifer, as_of: 2026-01-31, turns: [{say: hi, expect: {text_includes: [a]}}]}]",
    )
    with pytest.raises(
        LabelledSetError, match=r"lifer: turns\.0\.expect\.text_includes: is not a key; allowed: kind,"
    ):
        load_dialogues(path)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(LabelledSetError, match=r"nowhere\.yaml cannot be read"):
        load_messages(tmp_path / "nowhere.yaml")


def test_the_development_sets_are_large_enough_and_can_be_read() -> None:
    folder = PROJECT_ROOT / "data" / "conversation"
    assert len(load_messages(folder / "development_messages.yaml")) >= 400
    assert len(load_dialogues(folder / "dialogues.yaml")) >= 60


def actions_by_intent() -> dict[str, str]:
    rules = yaml.safe_load((PROJECT_ROOT / "data" / "rules" / "rules.yml").read_text(encoding="utf-8"))
    return {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules["rules"]}


def test_every_intent_of_the_dialogue_rules_has_a_route() -> None:
    assert set(actions_by_intent()) == set(ROUTE_OF_INTENT)


def test_the_intents_that_take_facts_are_those_whose_action_does() -> None:
    taking = {
        "action_answer_case_question",
        "action_take_facts",
        "action_suppose_facts",
        "action_start_another_case",
    }
    assert {intent for intent, action in actions_by_intent().items() if action in taking} == TAKES_FACTS
