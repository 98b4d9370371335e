"""A reply arranged for a page loses nothing of what it says."""

from __future__ import annotations

from typing import Any

from actions.answers.duties import task_line
from actions.texts import text
from assistant.web.reply_view import view_of

TASK: dict[str, Any] = {
    "id": "TASK-15",
    "title": "Complete the first OASys: with sentence plan",
    "owner": "POM",
    "due": "2025-03-14",
    "opens": None,
    "kind": "by",
    "status": "overdue",
    "working": "sentence date 3 January 2025 + 10 weeks = 14 March 2025",
    "inferred": False,
    "citation": {"url": "/guidance/model#p-1"},
}
UNDATED = TASK | {"title": "Agree a handover plan", "due": None, "status": "no_date", "kind": "undated"}
QUOTE = "The OASys will be completed within 10 weeks."
CITATION = {
    "document": "model",
    "title": "Model",
    "edition": "2019-model",
    "section": "A > B",
    "quote": QUOTE,
}


def reply(*paragraphs: str, **values: Any) -> dict[str, Any]:
    return {"kind": "assessment", "text": "\n\n".join(paragraphs)} | values


def kinds(view: Any) -> list[str]:
    return [block.kind for block in view.blocks]


def test_plain_text_stays_as_it_is_line_by_line() -> None:
    view = view_of(reply("Hello.\nAgain.", "- one\n- two"))
    assert kinds(view) == ["paragraph", "list"]
    assert view.blocks[0].items == ["Hello.", "Again."]
    assert view.blocks[1].items == ["one", "two"]


def test_the_short_answer_is_found_and_what_stands_before_it_is_a_note() -> None:
    view = view_of(reply("I have changed it.", "Ten weeks.", "More.", answer={"short": "Ten weeks."}))
    assert kinds(view) == ["note", "short", "paragraph"]


def test_a_quotation_in_the_text_is_shown_once_with_its_source() -> None:
    line = text("case.quote_line", quote=QUOTE, title="Model", section="B")
    view = view_of(reply("Ten weeks.", line, answer={"short": "Ten weeks."}, citations=[CITATION]))
    assert kinds(view) == ["short"]
    assert [citation["quote"] for citation in view.citations] == [QUOTE]
    assert not view.opened


def test_a_reply_that_is_only_quotations_shows_them_unfolded() -> None:
    line = text("case.quote_line", quote=QUOTE, title="Model", section="B")
    view = view_of(reply(line, citations=[CITATION]))
    assert view.opened


def test_a_quotation_without_its_source_stays_in_the_text() -> None:
    line = text("case.quote_line", quote="Other words.", title="Model", section="B")
    assert view_of(reply(line, citations=[CITATION])).blocks[0].items == [line]


def test_duties_become_rows_with_date_owner_and_status_in_words() -> None:
    heading = text("due.heading", as_of="1 May 2025")
    counted = text("due.more", count=1)
    view = view_of(
        reply(
            "\n".join([heading, task_line(TASK), counted]),
            answer={"short": heading},
            assessment={"tasks": [TASK, UNDATED]},
        )
    )
    assert kinds(view) == ["short", "tasks"]
    (row,) = view.blocks[1].items
    assert (row.title, row.when, row.owner, row.status_words) == (
        TASK["title"],
        "14 March 2025",
        "POM",
        "Overdue unless done",
    )
    assert [duty.title for duty in view.further_duties] == ["Agree a handover plan"]


def test_a_line_like_a_duty_that_the_assessment_does_not_hold_stays_text() -> None:
    line = task_line(TASK)
    assert view_of(reply(line, assessment={"tasks": []})).blocks[0].items == [line.removeprefix("- ")]


def test_criteria_become_a_checklist() -> None:
    lines = [
        text("early_allocation.criteria"),
        text("early_allocation.met", criterion="TACT offence"),
        text("early_allocation.not_met_line", criterion="High profile"),
    ]
    (block,) = view_of(reply("\n".join(lines))).blocks
    assert block.kind == "criteria"
    assert block.items == [("met", "TACT offence"), ("not-met", "High profile")]


def test_the_summary_for_a_referral_stays_together_to_be_copied() -> None:
    lines = [text("early_allocation.summary"), "Outcome: automatic.", "- TACT offence: yes"]
    (block,) = view_of(reply("\n".join(lines))).blocks
    assert (block.kind, block.items) == ("summary", lines[1:])


def test_how_it_was_worked_out_is_folded_under_its_heading() -> None:
    heading = text("case.how", edition="2022 guide")
    (block,) = view_of(reply(f"{heading}\n- sentenced 3 January 2025")).blocks
    assert (block.kind, block.heading, block.items) == (
        "how",
        heading.rstrip(":"),
        ["sentenced 3 January 2025"],
    )


def test_a_heading_with_nothing_under_it_is_not_shown() -> None:
    assert view_of(reply(text("case.how", edition="2022 guide"))).blocks == []


def test_the_question_and_what_is_taken_for_granted_are_marked_as_such() -> None:
    view = view_of(reply(text("case.assumed", facts="sentenced"), text("case.ask", question="Which tier?")))
    assert kinds(view) == ["facts", "question"]


def test_a_quotation_is_shown_once_though_the_document_marks_it_bold() -> None:
    reply = {
        "kind": "policy_answer",
        "text": 'Within 10 weeks.\n\n"The plan is completed in 10 weeks." (2019 operating model, Tasks)',
        "answer": {"short": "Within 10 weeks.", "status": "answered"},
        "citations": [{"quote": "The plan is **completed in 10 weeks.**", "title": "x", "section": "Tasks"}],
    }
    assert [block.kind for block in view_of(reply).blocks] == ["short"]
