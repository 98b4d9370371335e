"""A document as its reader sees it: headings, paragraphs, list items, table rows and figures, each with its
place.

Every reader (text, PDF, DOCX, HTML) produces the same `SourceText`: one canonical string, and blocks that are
slices of it. A quote is a slice of the canonical string, so it is verbatim whatever the document came as.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["heading", "paragraph", "item", "row", "figure", "footnote"]

_TAG = re.compile(r"</?(?:b|i|p|br|sup|sub|strong|em|u|ul|ol|li)\b[^>]*>", re.IGNORECASE)
_ORDINAL = re.compile(r"<sup>(st|nd|rd|th)</sup>", re.IGNORECASE)
_LINK = re.compile(r"\[([^\]]+)\]\((?:https?://|mailto:)?[^)]*\)")
_BRACKETED = re.compile(r"(?<!\w)\[((?:You can|Video|DWRM|Read|Procedural|HM |Desistance)[^\]]*)\]")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{2})(?=\S)(.+?)(?<=\S)\1(?!\w)")
_FOOTNOTE_MARK = re.compile(r"(?<=[\w%.,;:)’”\"'])\s?[¹²³⁴⁵⁶⁷⁸⁹⁰]+")
_SPACE = re.compile(r"\s+")


def collapse(text: str) -> str:
    """`text` with every run of white space as one space: the form in which quotes are compared and shown."""
    return _SPACE.sub(" ", text).strip()


def clean(text: str) -> str:
    """`text` for reading: no markup, footnote marks, list marks or extraction artefacts.

    >>> clean("- **Key work** is <b>core</b>.¹")
    'Key work is core.'
    """
    text = _ORDINAL.sub(r"\1", text)
    text = _TAG.sub(" ", text)
    text = _LINK.sub(r"\1", text)
    text = _BRACKETED.sub(r"\1", text)
    for _ in range(2):  # emphasis may be nested
        text = _EMPHASIS.sub(r"\2", text)
    text = _FOOTNOTE_MARK.sub("", text)
    text = collapse(text).replace("**", "").replace("\\(", "(").replace("\\)", ")")
    text = re.sub(r"^(?:[-•▶✓–]\s+)+", "", text)
    return re.sub(r"\s+([.,;:)])", r"\1", text).strip("* ").strip()


@dataclass(frozen=True)
class Block:
    """One block: `source[start:end]` of the canonical text. `level` is the rank of a heading (1 is the top)
    or the depth of a list item; `page` counts from 1 and is None where the source has no pages."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    page: int | None = None
    cells: tuple[str, ...] = ()  # of a table row, empty cells kept
    code: str | None = None  # "2.3a" of a criterion
    table: int | None = None  # which table a row belongs to


@dataclass(frozen=True)
class SourceText:
    """The canonical text of a document and its blocks in reading order."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    pages: int | None = None

    def raw(self, block: Block) -> str:
        """The block's exact text."""
        return self.text[block.start : block.end]

    def read(self, block: Block) -> str:
        """The block's text for display."""
        return clean(self.raw(block))
