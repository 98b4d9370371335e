"""What a person reads about a case: the answer first, hedged where a fact can still change it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.answers.case_reply import CaseQuestion, case_reply
from actions.answers.duties import duties_named
from actions.answers.wording import fact_in_words, plain_date, readable_quote
from actions.conversation.processes import named_process
from actions.conversation.routing import asks_about_a_duty
from actions.reply import Reply
from actions.rules import RuleBook
from actions.texts import catalogue, entry

AS_OF = date(2026, 1, 31)
NPS_CASE = {
    "provider": "NPS",
    "sentence_type": "determinate",
    "sentence_date": "2026-01-12",
    "conditional_release_date": "2026-08-01",
}


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return RuleBook.load()


def reply_to(book: RuleBook, topic: str, facts: dict[str, Any]) -> Reply:
    assessment = book.assess(facts, AS_OF).as_dict()
    reply, _ = case_reply(CaseQuestion((topic,), facts, assessment), book)
    return reply


def test_an_answer_that_a_fact_can_change_says_so_and_asks_for_it(book: RuleBook) -> None:
    reply = reply_to(book, "service_level", NPS_CASE)
    assert reply.kind == "question"
    assert reply.answer is not None
    assert reply.answer.status == "partly"
    assert "so far" in reply.answer.short
    assert reply.asking_for == "care_experienced"


def test_a_settled_answer_is_not_hedged(book: RuleBook) -> None:
    reply = reply_to(book, "responsibility", NPS_CASE)
    assert reply.kind == "assessment"
    assert reply.answer is not None
    assert reply.answer.short.startswith("The community offender manager (COM) is responsible")
    assert "so far" not in reply.answer.short


def test_every_case_answer_cites_its_rule(book: RuleBook) -> None:
    for topic in ("responsibility", "handover", "due", "early_allocation", "parole", "recall"):
        reply = reply_to(book, topic, NPS_CASE | {"ea_terrorism_offence": True})
        if reply.kind == "assessment":
            assert reply.citations, topic


def test_a_question_that_names_a_duty_gets_its_date_and_owner(book: RuleBook) -> None:
    assessment = book.assess(NPS_CASE, AS_OF).as_dict()
    named = duties_named("who does the oasys and when", assessment)
    assert [(task["owner"], task["due"]) for task in named] == [("COM", "2026-02-09")]
    assert duties_named("who line manages the poms", assessment) == []


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("who does the oasys and when", True),
        ("when is a lifer's oasys due for someone on remand", False),
        ("what is a PIPE", False),
    ],
)
def test_a_duty_of_one_person_is_told_from_one_of_people_in_general(message: str, wanted: bool) -> None:
    assert asks_about_a_duty(message) is wanted


@pytest.mark.parametrize(
    ("message", "process"),
    [
        ("take me through a recall", "recall"),
        ("steps for handover please", "handover"),
        ("take me through det parole", "parole_determinate"),
        ("talk me thru the parole process for a lifer", "parole_isp"),
        ("what happens with early alocation", "early_allocation"),
        ("take me through adjudications", None),
    ],
)
def test_a_process_is_known_by_the_names_people_use(message: str, process: str | None) -> None:
    assert named_process(message) == process


def test_every_process_that_is_offered_has_steps(book: RuleBook) -> None:
    for key in entry("processes"):
        assert book.steps(key)


def test_facts_and_dates_read_as_people_say_them(book: RuleBook) -> None:
    assert plain_date("2027-03-03") == "3 March 2027"
    assert (
        fact_in_words(book, "conditional_release_date", "2027-03-15")
        == "conditional release date 15 March 2027"
    )
    assert fact_in_words(book, "recall_type", "none") == "not recalled"
    assert fact_in_words(book, "ea_high_profile", False) == "not high profile"
    assert fact_in_words(book, "conditional_release_date", None) == "no conditional release date"


def test_a_quote_is_shown_without_the_marks_of_its_file() -> None:
    assert readable_quote("<p>Probation POM</p> **very** rarely") == "Probation POM very rarely"


def test_every_fact_that_has_words_of_its_own_is_a_fact(book: RuleBook) -> None:
    texts = catalogue()
    for name in [*texts["fact_values"], *texts["fact_formats"], *texts["open_choices"]]:
        assert name in book.fields
