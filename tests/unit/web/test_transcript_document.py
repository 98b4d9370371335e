"""A conversation as a Word document."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from docx import Document

from actions.answers.duties import task_line
from actions.texts import text
from assistant.storage.models import Message
from assistant.web.transcript_document import write_document

MADE_AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
QUOTE = "The OASys will be completed within 10 weeks."
TASK: dict[str, Any] = {
    "title": "Complete the first OASys",
    "owner": "POM",
    "due": "2025-03-14",
    "opens": None,
    "kind": "by",
    "status": "overdue",
    "working": "sentence date 3 January 2025 + 10 weeks = 14 March 2025",
    "inferred": False,
}
CITATION = {
    "title": "Custody Model",
    "edition": "2019-model",
    "section": "Early Allocation > Process",
    "quote": QUOTE,
}


def read(messages: list[Message]) -> tuple[list[str], list[list[str]]]:
    """The paragraphs and the rows of the tables of the document that is written."""
    document = Document(io.BytesIO(write_document(messages, MADE_AT)))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    return [paragraph.text for paragraph in document.paragraphs], rows


def person(words: str) -> Message:
    return Message(sent_by="person", text=words, sent_at=datetime(2026, 7, 1, 9, 0))


def assistant(*paragraphs: str, **values: Any) -> Message:
    reply = {"kind": "assessment", "text": "\n\n".join(paragraphs)} | values
    return Message(sent_by="assistant", text=reply["text"], reply=reply, sent_at=datetime(2026, 7, 1, 9, 0))


def test_it_names_each_speaker_with_the_day_and_the_time_in_london() -> None:
    paragraphs, _ = read([person("what is due?"), assistant("The OASys.")])
    assert "You, 1 July 2026, 10:00am" in paragraphs
    assert "Assistant, 1 July 2026, 10:00am" in paragraphs
    assert any("1 July 2026 at 10:30am" in line for line in paragraphs)


def test_an_answer_keeps_its_quotation_source_and_edition() -> None:
    paragraphs, _ = read([assistant("Ten weeks.", answer={"short": "Ten weeks."}, citations=[CITATION])])
    place = paragraphs.index(f"“{QUOTE}”")
    assert paragraphs[place + 1] == "Custody Model, Early Allocation, Process, 2019 operating model"


def test_duties_are_a_table_with_the_working() -> None:
    _, rows = read([assistant(task_line(TASK), assessment={"tasks": [TASK]})])
    assert rows[0] == ["Task", "Due", "Owner", "Status"]
    assert rows[1] == [
        f"{TASK['title']}\n{TASK['working']}",
        "14 March 2025",
        "POM",
        text("pages.reply.statuses.overdue"),
    ]


def test_what_xml_cannot_hold_does_not_spoil_it() -> None:
    paragraphs, _ = read([person("before\x00\x0bafter <b>bold</b>")])
    assert "before  after <b>bold</b>" in paragraphs


def test_a_conversation_with_nothing_in_it_says_so() -> None:
    paragraphs, _ = read([])
    assert text("pages.transcript.nothing") in paragraphs
