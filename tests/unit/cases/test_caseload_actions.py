"""The caseload in the chat: lists over all cases of a person, and recording what was done for one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import true

from actions import resources
from actions.caseload_actions import RecordCaseWork, ShowCaseload
from actions.caseload_request import CaseloadRequest, RecordRequest, asked_list, asked_record
from actions.conversation.state import ConversationState
from actions.conversation.turn import Turn
from actions.reply import Reply
from actions.rules import RuleBook
from assistant.access import Person, Role, acting_as
from assistant.cases.caseload import Caseloads
from assistant.cases.cells import PRISON_NUMBER
from assistant.storage.case_intake import CaseIntake, IncomingCase
from assistant.storage.database import connect, migrate

DAY = date(2026, 11, 23)
ANN = Person("ann", "Ann Poe", "ann@example.org", frozenset({Role.POM}))
RAE = Person("rae", "Rae Donly", "rae@example.org", frozenset({Role.READ_ONLY}))


def determinate(release: str) -> dict[str, Any]:
    return {
        "legal_status": "sentenced",
        "sentence_type": "determinate",
        "provider": "CRC",
        "sentence_date": "2025-06-02",
        "conditional_release_date": release,
        "recall_type": "none",
        "rosh": "medium",
        "tier": "C",
        "mappa_level": "none",
    }


class NoGuidance:
    """Guidance in which nothing is indexed."""

    def cite(self, slug: str, quote: str) -> None:
        return None


@pytest.fixture(autouse=True)
def caseloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caseloads:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    migrate(url)
    given = [
        IncomingCase("A0001AA", determinate("2027-02-27"), pom="ann@example.org"),
        IncomingCase("A0002AA", determinate("2029-05-05"), pom="ann@example.org"),
        IncomingCase("A0003AA", determinate("2027-02-28"), pom="bob@example.org"),
        IncomingCase(
            "A0004AA", {"sentence_type": "life", "sentence_date": "2015-01-01"}, pom="ann@example.org"
        ),
    ]
    made = Caseloads(connect(url), RuleBook.load(), "2022")
    CaseIntake(made.engine).take(given, source="a file", by="pat", on=DAY)
    monkeypatch.setattr(resources, "caseloads", lambda: made)
    monkeypatch.setattr(resources, "guidance", NoGuidance)
    return made


def say(action: Any, words: str, person: Person = ANN, state: ConversationState | None = None) -> Reply:
    numbers = [word for word in words.split() if PRISON_NUMBER.fullmatch(word)]
    entities = [{"entity": "prison_number", "value": number} for number in numbers[:1]]
    turn = Turn(words, "x", 0.9, entities, state or ConversationState(), DAY, None)
    with acting_as(person):
        reply, _ = action().answer(turn)
    return reply


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("what's due this week", CaseloadRequest("week")),
        ("show my overdue tasks", CaseloadRequest("overdue")),
        ("my handovers", CaseloadRequest("handovers")),
        ("handovers in the next 4 weeks", CaseloadRequest("handovers", 28)),
        ("what's due in the next two months on my caseload", CaseloadRequest("ahead", 62)),
        ("what have I got due next week across my cases", CaseloadRequest("ahead", 7)),
        ("what's due today across my cases", CaseloadRequest("ahead", 0)),
        ("which cases have missing facts", CaseloadRequest("missing")),
        ("which cases are without a release date", CaseloadRequest("missing")),
        ("early allocation reviews due", CaseloadRequest("early")),
        ("parole windows opening soon", CaseloadRequest("parole")),
        ("list my cases", CaseloadRequest("cases")),
        ("next 999 months please", CaseloadRequest("ahead", 366)),
    ],
)
def test_a_message_asks_for_a_list(words: str, wanted: CaseloadRequest) -> None:
    assert asked_list(words) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("mark the handover task done for A1234BC", RecordRequest("done")),
        ("can you mark the handover report done?", RecordRequest("done")),
        ("take the handover meeting back for A1234BC", RecordRequest("undone")),
        ("the handover was not done, undo it", RecordRequest("undone")),
        ("mark the early allocation check done", RecordRequest("done")),
        ("record an early allocation referral", RecordRequest("early_allocation", "referred")),
        (
            "log early allocation as accepted",
            RecordRequest("early_allocation", "community_decided", "accepted"),
        ),
        (
            "the community refused early allocation",
            RecordRequest("early_allocation", "community_decided", "refused"),
        ),
        (
            "early allocation was not accepted",
            RecordRequest("early_allocation", "community_decided", "refused"),
        ),
        ("save an early allocation assessment", RecordRequest("early_allocation", "saved")),
        ("record early allocation in effect", RecordRequest("early_allocation", "in_effect")),
        ("record the early allocation decision", RecordRequest("early_allocation")),
        ("has the early allocation referral been recorded?", None),
        ("when was the handover done", None),
        ("should I mark it done", None),
        ("is the first OASys done?", None),
    ],
)
def test_a_message_says_what_to_record_or_only_asks(words: str, wanted: RecordRequest | None) -> None:
    assert asked_record(words) == wanted


def test_what_is_due_this_week_names_the_days_the_cases_and_the_sum() -> None:
    reply = say(ShowCaseload, "what's due this week")
    assert reply.text.startswith(
        "Due this week, from 23 November 2026 to 29 November 2026, over your 3 cases:"
    )
    assert "A0001AA: Hand over to the community offender manager: 27 November 2026" in reply.text
    assert "3 months" in reply.text
    assert "A0003AA" not in reply.text
    assert reply.citations[0].quote


def test_each_list_keeps_to_the_cases_of_the_person_who_asks() -> None:
    for words in ("my overdue tasks", "my handovers", "which cases have missing facts", "list my cases"):
        assert "A0003AA" not in say(ShowCaseload, words).text
        assert "A0003AA" in say(ShowCaseload, "list my cases", RAE).text
    assert (
        "A0004AA: What is the tariff expiry date?" in say(ShowCaseload, "which cases have missing facts").text
    )


def test_somebody_without_cases_is_told_so() -> None:
    nobody = Person("x", "X", "x@example.org", frozenset({Role.POM}))
    assert say(ShowCaseload, "my caseload", nobody).text == "There are no cases that you can see."


def done_of(caseloads: Caseloads) -> list[str]:
    return [mark.task_id for marks in caseloads.tasks.done(true()).values() for mark in marks]


def test_a_duty_is_marked_done_by_its_name_and_taken_back(caseloads: Caseloads) -> None:
    words = "mark hand over to the community offender manager done for A0001AA"
    reply = say(RecordCaseWork, words)
    assert reply.text.startswith("Marked done for case A0001AA: Hand over to the community offender manager")
    assert done_of(caseloads) == ["HAND-03"]
    assert "already" in say(RecordCaseWork, words).text
    undo = say(RecordCaseWork, "undo hand over to the community offender manager for A0001AA")
    assert "is not marked done any more" in undo.text
    assert done_of(caseloads) == []


def test_which_duty_is_asked_where_several_are_meant(caseloads: Caseloads) -> None:
    reply = say(RecordCaseWork, "mark the handover done for A0001AA")
    assert reply.kind == "question"
    assert done_of(caseloads) == []
    chosen = next(item for item in reply.suggestions if "report" in item.title)
    assert say(RecordCaseWork, chosen.payload).text.startswith(
        "Marked done for case A0001AA: Send the handover report"
    )
    assert len(done_of(caseloads)) == 1


def test_nothing_is_recorded_without_a_case_or_for_another_persons(caseloads: Caseloads) -> None:
    assert "Which case" in say(RecordCaseWork, "mark the handover meeting done").text
    other = say(RecordCaseWork, "mark the handover meeting done for A0003AA").text
    none = say(RecordCaseWork, "mark the handover meeting done for A9999AA").text
    assert other.replace("A0003AA", "A9999AA") == none
    refused = say(
        RecordCaseWork, "mark hand over to the community offender manager done for A0001AA", RAE
    ).text
    assert "not change it" in refused
    assert done_of(caseloads) == []


def test_the_case_that_was_opened_is_meant_where_none_is_named(caseloads: Caseloads) -> None:
    opened = ConversationState(facts=determinate("2027-02-27"), prison_number="A0001AA")
    reply = say(RecordCaseWork, "record an early allocation referral", state=opened)
    assert reply.text.startswith("Recorded for case A0001AA, dated today (23 November 2026)")
    assert caseloads.early_allocation.status("A0001AA", true()).state == "referred"


def test_only_allowed_moves_of_early_allocation_are_recorded(caseloads: Caseloads) -> None:
    reply = say(RecordCaseWork, "record that the community accepted early allocation for A0002AA")
    assert "Nothing was recorded" in reply.text
    which = say(RecordCaseWork, "record the early allocation decision for A0002AA")
    assert which.kind == "question"
    assert [item.payload for item in which.suggestions] == [
        "save an early allocation assessment for A0002AA",
        "record an early allocation referral for A0002AA",
    ]
    assert caseloads.early_allocation.status("A0002AA", true()).state == "not_assessed"
