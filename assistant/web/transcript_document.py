"""A conversation as a Word document, with the sources, editions and times of its answers."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Cm, Pt

from actions.answers.wording import plain_date
from actions.texts import text
from assistant.storage.models import Message
from assistant.web.rendering import LONDON, clock_time, edition_title, in_london
from assistant.web.reply_view import Block, Duty, ReplyView, grouped, view_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LANGUAGE = "en-GB"

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
"""What XML cannot hold. Somebody may have typed it."""


def write_document(messages: Sequence[Message], made_at: datetime) -> bytes:
    """The lines of a conversation as the bytes of a DOCX file."""
    document = Document()
    _set_up(document)
    document.add_heading(text("pages.transcript.title"), 0)
    local = made_at.astimezone(LONDON)
    made = text("pages.transcript.made", date=plain_date(local.date()), time=clock_time(made_at))
    document.add_paragraph(made)
    if not messages:
        document.add_paragraph(text("pages.transcript.nothing"))
    for message in messages:
        who = text("pages.chat.assistant" if message.reply else "pages.chat.you")
        moment = in_london(message.sent_at)
        document.add_heading(f"{who}, {plain_date(moment.date())}, {clock_time(message.sent_at)}", 2)
        if message.reply:
            _add_reply(document, view_of(message.reply))
        else:
            document.add_paragraph(_clean(message.text))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _set_up(document: WordDocument) -> None:
    document.core_properties.title = text("pages.transcript.title")
    document.core_properties.author = text("name")
    document.core_properties.language = LANGUAGE
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    for section in document.sections:
        section.left_margin = section.right_margin = Cm(2.2)


def _clean(words: str) -> str:
    return _UNWRITABLE.sub(" ", words)


def _add_reply(document: WordDocument, view: ReplyView) -> None:
    for block in view.blocks:
        _add_block(document, block)
    if view.further_duties:
        document.add_heading(text("pages.reply.more_tasks", count=len(view.further_duties)), 3)
        _add_duties(document, view.further_duties)
    if view.citations:
        document.add_heading(text("pages.reply.sources"), 3)
    for citation in view.citations:
        _add_source(document, citation)


def _add_block(document: WordDocument, block: Block) -> None:
    if block.heading:
        document.add_heading(_clean(block.heading.rstrip(":")), 3)
    if block.kind == "tasks":
        _add_duties(document, block.items)
    elif block.kind == "criteria":
        for state, criterion in block.items:
            words = text(f"pages.reply.{state.replace('-', '_')}")
            document.add_paragraph(_clean(f"{words} {criterion}"), style="List Bullet")
    elif block.kind == "editions":
        _add_table(document, [text("pages.reply.edition"), text("pages.reply.says")], block.items)
    else:
        _add_lines(document, block)


def _add_lines(document: WordDocument, block: Block) -> None:
    as_list = block.kind in ("list", "how")
    for group in grouped(block.items):
        style = "List Number" if group.kind == "number" else "List Bullet" if group.kind == "bullet" else None
        for line in group.lines:
            added = document.add_paragraph(style="List Bullet" if as_list else style)
            added.add_run(_clean(line)).bold = block.kind in ("short", "question") and len(line) <= 200


def _add_duties(document: WordDocument, duties: Sequence[Duty]) -> None:
    columns = [text(f"pages.reply.{name}") for name in ("task", "due", "owner", "status")]
    rows = []
    for duty in duties:
        note = f"\n{duty.working}" if duty.working else ""
        if duty.inferred:
            note += f"\n{text('pages.reply.inferred')}"
        rows.append((duty.title + note, duty.when, duty.owner, duty.status_words))
    _add_table(document, columns, rows)


def _add_table(document: WordDocument, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    for cell, words in zip(table.rows[0].cells, columns, strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = _clean(str(words))
    document.add_paragraph()


def _add_source(document: WordDocument, citation: dict[str, Any]) -> None:
    document.add_paragraph(_clean(f"“{citation['quote']}”"), style="Quote")
    places = [citation["title"], str(citation.get("section") or "").replace(" > ", ", ")]
    places.append(edition_title(citation["edition"]))
    document.add_paragraph(_clean(", ".join(filter(None, places))))
