"""The pieces that cards are made of, in the Adaptive Cards version that Teams takes from a bot.

Text goes into rich text blocks: unlike text blocks they show what they are given, and read no markdown into a
quotation or into what a person typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any, Literal

from microsoft_teams.cards import (
    ActionSet,
    CardElement,
    Choice,
    ChoiceSetInput,
    ColumnDefinition,
    Container,
    ExecuteAction,
    Image,
    RichTextBlock,
    SubmitAction,
    Table,
    TableCell,
    TableRow,
    TextBlock,
    TextInput,
    TextRun,
    ToggleVisibilityAction,
)

from actions.texts import text

LONGEST_TEXT = 6000
"""Most characters of one piece of text: longer ones are cut between words, so that a card can be parted anywhere."""

ROWS_AT_ONCE = 12
ROW_OF_BUTTONS = 36
"""Most characters of the buttons in one row: on a telephone a longer row would be cut off."""

_BOLD = re.compile(r"(?:\*\*(?=\S)|<b>)(.+?)(?:\*\*|</b>)")
_OTHER_MARK = re.compile(r"</?(?:b|i|p|br|sup|sub|em|u|ul|ol|li)\s*/?>|\*\*")

Weight = Literal["Bolder"]
Spacing = Literal["Small", "None"]


def words(
    line: str, weight: Weight | None = None, subtle: bool = False, spacing: Spacing | None = None
) -> CardElement:
    """A line shown exactly as it is."""
    run = TextRun(text=line, weight=weight, is_subtle=subtle or None)
    return RichTextBlock(inlines=[run], spacing=spacing)


def paragraphs(lines: Iterable[str], weight: Weight | None = None, subtle: bool = False) -> list[CardElement]:
    """Lines one below the other; those that are very long in several pieces."""
    return [words(piece, weight, subtle) for line in lines for piece in _pieces(line)]


def bullets(lines: Iterable[str], mark: str = "•") -> list[CardElement]:
    """Lines as a list."""
    return [words(f"{mark} {piece}", spacing="Small") for line in lines for piece in _pieces(line)]


def numbered(lines: Iterable[str], first: int = 1) -> list[CardElement]:
    """Lines as a list with numbers."""
    return [
        words(f"{number}. {line}", spacing="Small") for number, line in zip(count(first), lines, strict=False)
    ]


def heading(line: str) -> CardElement:
    """A heading, of the catalogue's own words."""
    return TextBlock(text=markdown_safe(line), weight="Bolder", wrap=True, style="heading", spacing="Medium")


def link(title: str, url: str) -> CardElement:
    """A link."""
    return TextBlock(text=f"[{markdown_safe(title)}]({url})", wrap=True, spacing="Small")


def quotation(quote: str) -> CardElement:
    """A quotation, word for word, with the marks for bold in the source shown as bold."""
    items: list[CardElement] = [
        RichTextBlock(
            inlines=[
                TextRun(text=part, weight="Bolder" if bold else None) for part, bold in _bold_parts(piece)
            ]
        )
        for piece in _pieces(quote)
    ]
    return Container(style="emphasis", items=items, spacing="Small")


def _bold_parts(quote: str) -> list[tuple[str, bool]]:
    """A quotation in runs, each with whether it is bold; other marks of the source are not shown."""
    parts = []
    for number, part in enumerate(_BOLD.split(quote)):
        shown = part if number % 2 else _OTHER_MARK.sub(" ", part)
        if shown:
            parts.append((shown, bool(number % 2)))
    return parts


def table(
    headings: Sequence[str], rows: Sequence[Sequence[CardElement]], widths: Sequence[int]
) -> list[CardElement]:
    """A table, its first row the headings; one with many rows as several tables with the same headings."""
    header = TableRow(cells=[TableCell(items=[words(line, "Bolder")]) for line in headings])
    return [
        Table(
            columns=[ColumnDefinition(width=width) for width in widths],
            first_row_as_headers=True,
            show_grid_lines=True,
            rows=[
                header,
                *(
                    TableRow(cells=[TableCell(items=[item]) for item in row])
                    for row in rows[start : start + ROWS_AT_ONCE]
                ),
            ],
        )
        for start in range(0, len(rows), ROWS_AT_ONCE)
    ]


def stacked(*items: CardElement) -> CardElement:
    """Pieces one below the other, as one."""
    return Container(items=list(items), spacing="None")


def folded(name: str, title: str, items: list[CardElement]) -> list[CardElement]:
    """Pieces that are shown when asked for. `name` is unique in the card."""
    return [
        ActionSet(
            spacing="Small",
            actions=[
                ToggleVisibilityAction(title=text("teams.card.show", what=title), target_elements=[name]),
            ],
        ),
        Container(id=name, is_visible=False, items=items, spacing="Small"),
    ]


def picture(url: str, instead: str) -> CardElement:
    """A picture, with the words for those who do not see it."""
    return Image(url=url, alt_text=instead, size="Stretch")


def said(title: str, payload: str) -> SubmitAction:
    """A button that says something in the chat, as if it were typed."""
    return SubmitAction(title=title, data={"msteams": {"type": "imBack", "value": payload}})


def sent(title: str, verb: str, **data: Any) -> ExecuteAction:
    """A button that is answered with a new state of the card."""
    return ExecuteAction(title=title, verb=verb, data=data)


def buttons(actions: Iterable[Any]) -> list[CardElement]:
    """Buttons, as many beside each other as have room."""
    rows: list[list[Any]] = []
    for action in actions:
        if not rows or sum(len(item.title) + 4 for item in [*rows[-1], action]) > ROW_OF_BUTTONS:
            rows.append([])
        rows[-1].append(action)
    return [ActionSet(actions=row, spacing="Small") for row in rows]


def choice(name: str, label: str, choices: Sequence[tuple[str, str]], chosen: str) -> CardElement:
    """One of a few answers: pairs of what is sent and what is shown."""
    return ChoiceSetInput(
        id=name,
        label=label,
        style="compact",
        choices=[Choice(title=title, value=value) for value, title in choices],
        value=chosen,
    )


def lines_typed(name: str, label: str, placeholder: str, limit: int) -> CardElement:
    """Room to type a few lines."""
    return TextInput(id=name, label=label, placeholder=placeholder, is_multiline=True, max_length=limit)


def as_json(element: Any) -> dict[str, Any]:
    """A piece in the form in which it is sent."""
    found: dict[str, Any] = element.model_dump(by_alias=True, exclude_none=True)
    return found


def size_of(content: Any) -> int:
    """The bytes of something when it is sent as JSON."""
    return len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def markdown_safe(line: str) -> str:
    """Text for a text block, with the marks that it would read as markdown taken as they are."""
    return "".join(f"\\{mark}" if mark in "\\`*_[]<>#" else mark for mark in line)


def plain_text(content: Any) -> str:
    """All that pieces say, line by line, for where no card can be shown."""
    return "\n".join(_said(content))


def _said(content: Any) -> Iterator[str]:
    if isinstance(content, list):
        for item in content:
            yield from _said(item)
    elif isinstance(content, dict):
        if content.get("type") == "RichTextBlock":
            yield "".join(run["text"] for run in content["inlines"])
        elif content.get("type") == "TextBlock":
            yield content["text"]
        for name in ("items", "rows", "cells"):
            yield from _said(content.get(name, []))


def _pieces(line: str) -> Iterator[str]:
    while len(line) > LONGEST_TEXT:
        end = line.rfind(" ", 0, LONGEST_TEXT)
        end = end if end > 0 else LONGEST_TEXT
        yield line[:end]
        line = line[end:].lstrip()
    yield line
