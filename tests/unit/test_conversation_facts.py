"""What a message says of a case becomes facts of the conversation, with the right meaning."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.case_conversation import take_facts
from actions.conversation.open_values import complete, day_of, possible_facts
from actions.conversation.routing import is_general, starts_another_case, topic_in_words
from actions.conversation.state import ConversationState
from actions.conversation.stated_facts import read_facts
from actions.conversation.turn import Turn
from actions.rules import RuleBook
from assistant.nlu.facts.reader import read_facts as read_message

AS_OF = date(2026, 1, 31)


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return RuleBook.load()


def turn(message: str, intent: str = "give_facts", confidence: float = 0.9, **state: Any) -> Turn:
    entities = [fact.as_entity(message) for fact in read_message(message)]
    return Turn(message, intent, confidence, entities, ConversationState(**state), AS_OF, None)


def test_a_bare_date_answers_the_date_that_was_asked_for(book: RuleBook) -> None:
    stated = read_facts(turn("15/3/2027", asking_for="conditional_release_date"), book)
    assert stated.facts == {"conditional_release_date": "2027-03-15"}


def test_a_bare_date_that_nobody_asked_for_is_asked_about(book: RuleBook) -> None:
    stated = read_facts(turn("15/3/2027"), book)
    assert stated.facts == {}
    assert [key for key, _ in stated.problems] == ["date_without_role"]


def test_a_day_and_month_complete_the_year_said_before(book: RuleBook) -> None:
    stated = read_facts(turn("14 august", part_dates={"tariff_expiry_date": "2030"}), book)
    assert stated.facts == {"tariff_expiry_date": "2030-08-14"}


def test_a_year_corrects_a_date_and_a_year_that_agrees_changes_nothing(book: RuleBook) -> None:
    known = {"tariff_expiry_date": "2029-05-05", "sentence_type": "life"}
    corrected = turn("ted is 2030", "correct_fact", facts=known)
    state, _ = take_facts(corrected, read_facts(corrected, book), book)
    assert state.facts == {"sentence_type": "life"}
    assert state.part_dates == {"tariff_expiry_date": "2030"}
    agreeing = turn("ted is 2029", "correct_fact", facts=known)
    state, _ = take_facts(agreeing, read_facts(agreeing, book), book)
    assert (state.facts, state.part_dates) == (known, {})


@pytest.mark.parametrize(("intent", "value"), [("affirm", True), ("deny", False)])
def test_yes_and_no_answer_the_fact_that_was_asked_for(book: RuleBook, intent: str, value: bool) -> None:
    stated = read_facts(turn("yes" if value else "no", intent, asking_for="ea_high_profile"), book)
    assert stated.facts == {"ea_high_profile": value}


def test_a_fact_that_is_not_known_is_not_asked_again(book: RuleBook) -> None:
    stated = read_facts(turn("not sure", "dont_know", asking_for="tier"), book)
    assert (stated.facts, stated.declined) == ({}, ["tier"])


def test_an_impossible_date_is_a_problem_and_no_fact(book: RuleBook) -> None:
    stated = read_facts(turn("crd 31/02/2027"), book)
    assert "conditional_release_date" not in stated.facts
    assert stated.problems[0][0] == "invalid_date"


def test_a_month_is_kept_until_its_day_is_known(book: RuleBook) -> None:
    stated = read_facts(turn("lifer, tariff up in aug 2029"), book)
    assert stated.part_dates == {"tariff_expiry_date": "2029-08"}
    later = turn("the 14th", asking_for="tariff_expiry_date", part_dates={"tariff_expiry_date": "2029-08"})
    assert read_facts(later, book).facts == {"tariff_expiry_date": "2029-08-14"}


def test_a_recall_of_no_stated_type_leaves_its_types_open(book: RuleBook) -> None:
    stated = read_facts(turn("he has been recalled"), book)
    assert stated.open_choices == {"recall_type": ["fixed_term_14", "fixed_term_28", "standard"]}


@pytest.mark.parametrize(
    ("name", "part", "whole"),
    [
        ("recall_return_date", "--01-19", date(2026, 1, 19)),
        ("recall_return_date", "--02-19", date(2025, 2, 19)),
        ("conditional_release_date", "--02-19", date(2026, 2, 19)),
        ("conditional_release_date", "--01-19", date(2027, 1, 19)),
        ("conditional_release_date", "--02-29", date(2028, 2, 29)),
        ("conditional_release_date", "--03", "2026-03"),
        ("sentence_date", "2029-08", "2029-08"),
    ],
)
def test_a_date_without_its_year_is_placed_by_what_it_must_mean(
    name: str, part: str, whole: date | str
) -> None:
    assert complete(name, part, AS_OF) == whole


def test_a_day_must_be_in_its_month() -> None:
    assert day_of("2027-02", 28) == date(2027, 2, 28)
    assert day_of("2027-02", 29) is None


def test_a_month_can_turn_out_as_its_first_or_its_last_day() -> None:
    state = ConversationState(part_dates={"tariff_expiry_date": "2029-02"})
    assert [facts["tariff_expiry_date"] for facts in possible_facts(state)] == ["2029-02-01", "2029-02-28"]


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("nps determinate sentenced 5/1/26 crd 5/7/29, early allocation?", "early_allocation"),
        ("nps, sentenced 5/1/26, crd 5/7/29 do i need a full oasys", "service_level"),
        ("crc man crd 20/4/26 me or the ro?", "responsibility"),
        ("early allocation was agreed last week", None),
        ("nps lad, tier B, high", None),
    ],
)
def test_a_question_among_facts_is_heard(message: str, topic: str | None) -> None:
    assert topic_in_words(message) == topic


KNOWN = {
    "provider": "NPS",
    "sentence_type": "determinate",
    "sentence_date": "2025-01-03",
    "conditional_release_date": "2027-03-15",
}


def test_another_description_is_another_case(book: RuleBook) -> None:
    other = turn("who is responsible for a lifer sentenced 12 dec 2025", "ask_responsibility", facts=KNOWN)
    assert starts_another_case(other, read_facts(other, book))


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("no, CRD is 3 March 2028", "correct_fact"),
        ("tier B", "give_facts"),
        ("what if he was CRC", "what_if"),
    ],
)
def test_a_correction_or_an_addition_is_the_same_case(book: RuleBook, message: str, intent: str) -> None:
    same = turn(message, intent, facts=KNOWN)
    assert not starts_another_case(same, read_facts(same, book))


@pytest.mark.parametrize(
    ("message", "general"),
    [
        ("when does the com take over for lifers", True),
        ("what is due for him", False),
        ("who is responsible, sentenced 3/1/25 crd 15/3/27", False),
    ],
)
def test_people_in_general_are_policy_and_one_person_is_a_case(
    book: RuleBook, message: str, general: bool
) -> None:
    asked = turn(message, "ask_responsibility")
    assert is_general(asked, read_facts(asked, book)) is general
