"""Text and Markdown: headings with `#` or standing alone, `- ` and `1.` lists, tab and pipe tables."""

import re
from dataclasses import dataclass, field, replace

from knowledge.blocks import Block, SourceText, clean

HEADING_LENGTH = 100
_MARKDOWN_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_ITEM = re.compile(r"^(\s*)(?:[-•▶*✓]|\d{1,2}[.)]|\([a-z]\))\s+\S")
_RULE = re.compile(r"^[\s|:-]*-{2,}[\s|:-]*$")
_PAGE_NUMBER = re.compile(r"^\s*(?:page\s+)?\d{1,3}\s*$", re.IGNORECASE)
_FOOTNOTE = re.compile(r"^\s*[¹²³⁴⁵⁶⁷⁸⁹]+\s+\S")
_FIGURE = re.compile(r"^(?:Figure|Table)\s+\d+\s*[:.]")
_OPEN_END = re.compile(
    r"(?:,|\b(?:the|a|an|of|and|or|in|to|by|with|for|from|that|were|was|is|are|as|at|on))$"
)
_ENDS = (".", "!", "?", ":", ";", "”", '"', ")", "’", "*")


@dataclass(frozen=True)
class Outline:
    """What a reviewer knows of a document's layout and its file does not say (see guidance/outlines.yaml).

    `headings` maps the text of a heading to its level; `patterns` the same for many headings at once;
    `ignore` names lines that are artefacts of extraction; `skip` names sections that are not guidance.
    """

    headings: dict[str, int] = field(default_factory=dict)
    patterns: tuple[tuple[re.Pattern[str], int], ...] = ()
    ignore: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()  # a heading where it first stands, plain text after that
    complete: bool = False  # the outline names every heading: guess none


def _heading_level(line: str, alone: bool, outline: Outline) -> int:
    """The level of the heading that `line` is, or 0."""
    marked = _MARKDOWN_HEADING.match(line)
    text = clean(marked.group(2) if marked else line)
    if not marked and ("\t" in line or _ITEM.match(line)):
        return 0
    if text in outline.headings:
        return outline.headings[text]
    for pattern, level in outline.patterns:
        if pattern.search(text):
            return level
    if marked:
        return len(marked.group(1))
    if outline.complete or not alone:
        return 0
    numbered = re.match(r"^(\d{1,2}(?:\.\d{1,2})*)\.?\s+[A-Z]", text)
    plain = (
        2 < len(text) <= HEADING_LENGTH and text[0].isupper() and not text.endswith((".", ";", ",", ":", "?"))
    )
    if numbered and plain:
        return 1 + numbered.group(1).count(".")
    if text.isupper() and plain:
        return 1
    return 2 if plain and len(text.split()) <= 12 else 0


def _cells(line: str) -> tuple[str, ...]:
    if "\t" in line:
        return tuple(line.split("\t"))
    return tuple(line.strip().strip("|").split("|"))


def _is_row(line: str) -> bool:
    return "\t" in line.strip("\n ") or (line.lstrip().startswith("|") and line.count("|") > 2)


def read_plain(text: str, outline: Outline | None = None) -> SourceText:
    """Blocks of a text or Markdown document."""
    outline = outline or Outline()
    blocks: list[Block] = []
    position, table, lines = 0, 0, text.splitlines(keepends=True)
    blank_before, skipping = True, 0
    in_table = False
    seen: set[str] = set()
    for number, line in enumerate(lines):
        start, position = position, position + len(line)
        body = line.rstrip("\r\n")
        if not body.strip():
            blank_before = True
            continue
        end = start + len(body)
        start += len(body) - len(body.lstrip()) if not _ITEM.match(body) else 0
        following = lines[number + 1] if number + 1 < len(lines) else ""
        level = _heading_level(body.strip(), blank_before and not following.strip(), outline)
        if skipping and (not level or level > skipping):
            blank_before = False
            continue
        skipping = 0
        if level and clean(body) in outline.once:
            if clean(body) in seen:
                level = 0
            seen.add(clean(body))
        if level and clean(re.sub(r"^#+", "", body)) in outline.skip:
            skipping = level
            continue
        if level and clean(body.lstrip("# ")) in outline.ignore:
            continue
        if clean(body) in outline.ignore or _PAGE_NUMBER.match(body) or not re.search(r"\w", body):
            continue
        if level:
            blocks.append(Block("heading", start, end, level))
            in_table = False
        elif _is_row(body):
            if not in_table:
                table += 1
            in_table = True
            if not _RULE.match(body.replace("\t", "")):
                blocks.append(Block("row", start, end, cells=_cells(body), table=table))
        else:
            in_table = False
            item = _ITEM.match(body)
            if item:
                blocks.append(Block("item", start, end, level=1 if item.group(1) else 0))
            elif _FOOTNOTE.match(body):
                blocks.append(Block("footnote", start, end))
            elif _FIGURE.match(clean(body)):
                blocks.append(Block("figure", start, end))
            elif blocks and not blank_before and blocks[-1].kind in ("paragraph", "item"):
                blocks[-1] = replace(blocks[-1], end=end)  # a line of the same paragraph
            else:
                blocks.append(Block("paragraph", start, end))
        blank_before = False
    return SourceText(text, _join_broken(text, blocks))


def _join_broken(text: str, blocks: list[Block]) -> list[Block]:
    """Paragraphs and items that a page break cut in two, as one block again (a footnote may stand
    between)."""
    joined: list[Block] = []
    for block in blocks:
        if block.kind == "paragraph" and joined:
            last = joined[-1] if joined[-1].kind != "footnote" or len(joined) < 2 else joined[-2]
            before, after = text[last.start : last.end].rstrip(), text[block.start : block.end].lstrip()
            cut = not before.endswith(_ENDS) and len(before) > 60
            runs_on = after[0].islower() or bool(_OPEN_END.search(before))
            if last.kind == "paragraph" and len(before) > 200:
                runs_on = True
            if last.kind in ("paragraph", "item") and cut and runs_on:
                joined[joined.index(last)] = replace(last, end=block.end)
                continue
        joined.append(block)
    return joined
