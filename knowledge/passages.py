"""Passages: the pieces of a document that answers quote, each able to stand alone.

A list keeps its lead-in sentence, a criterion its code, a table row its column headings, and short
paragraphs that only make sense together stay together. A passage is one slice of the canonical text, so its
quote is verbatim.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from knowledge.blocks import Block, SourceText, clean, collapse
from knowledge.sentences import split_sentences

LIST_CHARACTERS = 1300  # a longer list is cut between items, each part keeping the lead-in as its context
JOIN_CHARACTERS = 420  # a paragraph shorter than this is kept with its neighbour
PASSAGE_CHARACTERS = 950  # neighbours are joined up to this length
TABLE_CHARACTERS = 1200

CRITERION = re.compile(r"^(?:Criterion\s+)?(\d)\.(\d)\.?([a-z])\b")
_GLOSSARY = re.compile(r"glossary|abbreviation|acronym", re.IGNORECASE)
_BELOW = re.compile(r"\b(?:listed below|set out below|as follows|the following)\b")
_FINDING = re.compile(r"^\s*[-•]\s+\([a-z]\)")


@dataclass(frozen=True)
class Unit:
    """One sentence, list item or table row of a passage, as people read it."""

    text: str
    is_item: bool = False


@dataclass(frozen=True)
class Passage:
    """A citable piece of a document.

    `text` is for reading; `quote` is the same piece word for word from the source (white space collapsed);
    `context` is what a reader needs beside it (the lead-in of a list that was cut, the criterion of a
    finding). `start` and `end` are offsets in the canonical text. `id` survives re-indexing an unchanged
    document.
    """

    id: str
    document: str
    section: tuple[str, ...]
    text: str
    quote: str
    start: int
    end: int
    units: tuple[Unit, ...]
    context: str = ""
    code: str | None = None
    page: int | None = None
    kind: str = "paragraph"  # paragraph, list, criterion, finding, row, table, glossary
    before_model: bool = False  # states the position before the document's own rules
    order: int = 0

    @property
    def heading(self) -> str:
        """The section path as one line."""
        return " > ".join(self.section)


@dataclass(frozen=True)
class SpelledRow:
    """A table cell or row that lost its columns: its verbatim quote, and how it reads with its headings."""

    quote: str
    text: str
    section: str | None = None
    before_model: bool = False


@dataclass
class _Draft:
    blocks: list[Block] = field(default_factory=list)
    context: str = ""
    kind: str = "paragraph"
    code: str | None = None
    section: tuple[str, ...] = ()
    units: tuple[Unit, ...] | None = None
    span: tuple[int, int] | None = None
    before_model: bool = False


def locate_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Where `quote` stands in `text`, white space apart: (start, end), or None if it is not verbatim."""
    words = quote.split()
    if not words:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), text)
    return (found.start(), found.end()) if found else None


def make_passages(slug: str, source: SourceText, spelled: Iterable[SpelledRow] = ()) -> list[Passage]:
    """The passages of a document, in reading order. Raises ValueError for a spelled row that is not
    verbatim."""
    rows = _locate_rows(source, spelled)
    drafts = list(_drafts(source, rows))
    counts: dict[str, int] = {}
    passages: list[Passage] = []
    for draft in drafts:
        passage = _finish(slug, source, draft, counts, len(passages))
        if passage is not None:
            passages.append(passage)
    return passages


def _locate_rows(source: SourceText, spelled: Iterable[SpelledRow]) -> list[tuple[int, int, SpelledRow]]:
    located = []
    for row in spelled:
        span = locate_quote(source.text, row.quote)
        if span is None:
            raise ValueError(f"outline: the table quote is not in the document: {row.quote!r}")
        located.append((*span, row))
    return sorted(located, key=lambda item: item[:2])


def _section_runs(source: SourceText) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """The blocks between two headings, with the path of headings above them."""
    path: list[tuple[int, str]] = []
    run: list[Block] = []
    for index, block in enumerate(source.blocks):
        if block.kind != "heading":
            run.append(block)
            continue
        if run:
            yield tuple(text for _, text in path), run
            run = []
        text = clean(re.sub(r"^\s*#+", "", source.raw(block))).strip().rstrip(":")
        path = [entry for entry in path if entry[0] < block.level]
        path.append((block.level, text))
        following = source.blocks[index + 1] if index + 1 < len(source.blocks) else None
        if source.raw(block).rstrip("* ").endswith(":") and following and following.kind == "item":
            run.append(replace(block, kind="paragraph"))  # the heading is the lead-in of the list below it
    if run:
        yield tuple(text for _, text in path), run


def _drafts(source: SourceText, rows: list[tuple[int, int, SpelledRow]]) -> Iterator[_Draft]:
    for section, blocks in _section_runs(source):
        tables: dict[int, list[Block]] = {}
        for block in blocks:
            if block.kind == "row" and block.table is not None:
                tables.setdefault(block.table, []).append(block)
        spelled = {
            number: [row for row in rows if table[0].start <= row[0] < table[-1].end]
            for number, table in tables.items()
        }
        done: set[int] = set()
        text: list[Block] = []
        for block in blocks:
            if block.kind != "row" or block.table is None:
                text.append(block)
                continue
            if block.table in done:
                continue
            done.add(block.table)
            title = text[-1] if text and text[-1].kind == "paragraph" else None
            is_title = title is not None and len(source.read(title)) < 60
            if is_title:
                text.pop()
            yield from _prose(source, section, text)
            text = []
            found = spelled[block.table]
            if found:
                yield from _spelled(section, found)
            else:
                yield from _table(source, section, tables[block.table], title if is_title else None)
        yield from _prose(source, section, text)


def _spelled(section: tuple[str, ...], found: list[tuple[int, int, SpelledRow]]) -> Iterator[_Draft]:
    for start, end, row in found:
        path = (*section, row.section) if row.section else section
        if row.before_model:
            path = (*section, "Before the model", *((row.section,) if row.section else ()))
        units = tuple(Unit(sentence) for sentence in split_sentences(row.text))
        yield _Draft(kind="row", section=path, units=units, span=(start, end), before_model=row.before_model)


def _table(
    source: SourceText, section: tuple[str, ...], table: list[Block], title: Block | None
) -> Iterator[_Draft]:
    cells = [[clean(cell) for cell in row.cells] for row in table]
    width = max(len(row) for row in cells)
    numbered = sum(1 for row in cells if len(row) > 1 and re.fullmatch(r"(?:Page|\d{1,3})?", row[-1]))
    if width == 2 and len(cells) > 3 and numbered > 0.6 * len(cells):
        return  # a list of contents
    if width == 2 and any(_GLOSSARY.search(part) for part in section):
        for block, row in zip(table, cells, strict=True):
            yield _Draft(
                [block], kind="glossary", section=section, units=(Unit(" – ".join(filter(None, row))),)
            )
        return
    header = cells[0] if width > 2 and all(len(cell) < 60 for cell in cells[0]) and len(cells) > 1 else None
    path = (*section, source.read(title)) if title else section
    group: list[tuple[Block, str]] = []
    size = 0
    first: list[Block] = [title] if title else []
    for block, row in zip(table, cells, strict=True):
        if header is row:
            first.append(block)
            continue
        if header:
            named = zip(header, row, strict=False)
            spelled = "; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell)
        else:
            spelled = ": ".join(filter(None, row)) if width == 2 else "; ".join(filter(None, row))
        if group and size + len(spelled) > TABLE_CHARACTERS:
            yield _Draft(
                first + [b for b, _ in group],
                kind="table",
                section=path,
                units=tuple(Unit(t, True) for _, t in group),
            )
            group, size, first = [], 0, []
        group.append((block, spelled))
        size += len(spelled)
    if group:
        yield _Draft(
            first + [b for b, _ in group],
            kind="table",
            section=path,
            units=tuple(Unit(t, True) for _, t in group),
        )


def _prose(source: SourceText, section: tuple[str, ...], blocks: list[Block]) -> Iterator[_Draft]:
    """Paragraphs and lists of one section."""
    pending: list[Block] = []  # short paragraphs waiting for a neighbour
    size = 0
    statement = ""  # the criterion that the findings below it are about
    index = 0

    def flush() -> Iterator[_Draft]:
        nonlocal pending, size
        if pending:
            yield _Draft(list(pending), section=section, context="")
        pending, size = [], 0

    while index < len(blocks):
        block = blocks[index]
        text = source.read(block)
        code = _criterion_code(text)
        is_statement = (
            bool(section and re.search(r"^\d\.\d[a-z] Specific Criterion", section[-1])) and index == 0
        )
        if is_statement:
            yield from flush()
            found = re.match(r"(\d\.\d[a-z])", section[-1])
            statement = text
            yield _Draft([block], kind="criterion", section=section, code=found.group(1) if found else None)
        elif code and (text.startswith("Criterion") or block.kind == "item"):
            yield from flush()
            yield _Draft([block], kind="criterion", section=section, code=code)
        elif block.kind == "item" and _FINDING.match(source.raw(block)):
            yield from flush()
            yield _Draft([block], kind="finding", section=section, context=statement)
        elif block.kind == "item" or (_leads(text) and _items_after(blocks, index)):
            items = _items_after(blocks, index) if block.kind != "item" else _items_after(blocks, index - 1)
            leads = [block] if block.kind != "item" else []
            if pending and (not leads or len(text) < 60) and _belongs_to_list(source, pending):
                leads = [*pending, *leads]
                pending = []
            yield from flush()
            yield from _list(source, section, leads, items)
            index += len(items) + (1 if block.kind != "item" else 0)
            continue
        elif block.kind == "footnote":
            pass
        else:
            long = len(text) >= JOIN_CHARACTERS and not _leads(text)
            if size and size + len(text) > PASSAGE_CHARACTERS:
                yield from flush()
            if long and not (pending and _leads(source.read(pending[-1]))):
                if pending and size < JOIN_CHARACTERS and size + len(text) <= PASSAGE_CHARACTERS:
                    pending.append(block)
                    yield from flush()
                else:
                    yield from flush()
                    pending, size = [block], len(text)
                    following = blocks[index + 1] if index + 1 < len(blocks) else None
                    short = following is not None and following.kind == "paragraph"
                    if not (short and following and len(source.read(following)) < JOIN_CHARACTERS):
                        yield from flush()
            else:
                pending.append(block)
                size += len(text)
        index += 1
    yield from flush()


def _criterion_code(text: str) -> str | None:
    found = CRITERION.match(text)
    return f"{found.group(1)}.{found.group(2)}{found.group(3)}" if found else None


def _leads(text: str) -> bool:
    return text.endswith((":", ": –")) or bool(_BELOW.search(text))


def _items_after(blocks: list[Block], index: int) -> list[Block]:
    items: list[Block] = []
    for block in blocks[index + 1 :]:
        if block.kind != "item":
            break
        items.append(block)
    return items


def _belongs_to_list(source: SourceText, pending: list[Block]) -> bool:
    """Whether short paragraphs before a list introduce it ("In relation to staff, we expect that: ...")."""
    texts = [source.read(block) for block in pending]
    return _leads(texts[-1]) or (len(" ".join(texts)) < 250 and any(_leads(text) for text in texts))


def _list(
    source: SourceText, section: tuple[str, ...], leads: list[Block], items: list[Block]
) -> Iterator[_Draft]:
    """A list with its lead-in; cut between items when it is long."""
    context = " ".join(source.read(block) for block in leads)
    part: list[Block] = list(leads)
    whole = part[:1]
    size = len(context)
    for item in items:
        length = len(source.read(item))
        if size + length > LIST_CHARACTERS and any(block.kind == "item" for block in part):
            yield _Draft(part, kind="list", section=section, context="" if part[:1] == whole else context)
            part, size = [], 0
        part.append(item)
        size += length
    if part:
        yield _Draft(part, kind="list", section=section, context="" if part[:1] == whole else context)


def _finish(
    slug: str, source: SourceText, draft: _Draft, counts: dict[str, int], order: int
) -> Passage | None:
    if draft.span:
        start, end = draft.span
    else:
        start, end = draft.blocks[0].start, draft.blocks[-1].end
    units = draft.units if draft.units is not None else tuple(_units(source, draft.blocks))
    if draft.kind == "finding":  # the report letters its findings: "(a) ..."
        units = (replace(units[0], text=re.sub(r"^\([a-z]\)\s+", "", units[0].text)), *units[1:])
    if not units or not any(re.search(r"[A-Za-z]{2}", unit.text) for unit in units):
        return None
    text = _layout(units)
    quote = collapse(re.sub(r"^\s*(?:[-•▶]\s+)", "", source.text[start:end]))
    fingerprint = hashlib.sha256(f"{slug}\n{quote}".encode()).hexdigest()[:10]
    counts[fingerprint] = counts.get(fingerprint, 0) + 1
    if counts[fingerprint] > 1:
        fingerprint += f"-{counts[fingerprint]}"
    pages = [block.page for block in draft.blocks if block.page is not None]
    return Passage(
        id=f"p-{fingerprint}",
        document=slug,
        section=draft.section,
        text=text,
        quote=quote,
        start=start,
        end=end,
        units=units,
        context=draft.context,
        code=draft.code,
        page=pages[0] if pages else None,
        kind=draft.kind,
        before_model=draft.before_model,
        order=order,
    )


def _units(source: SourceText, blocks: list[Block]) -> Iterator[Unit]:
    for block in blocks:
        text = source.read(block)
        bare = block.kind == "paragraph" and len(blocks) > 2 and not re.search(r"[.:;!?”\"')]$", text)
        if block.kind == "item" or bare:  # lines without full stops are a list that lost its marks
            yield Unit(text, is_item=True)
        elif block.kind != "footnote":
            yield from (Unit(sentence) for sentence in split_sentences(text))


def _layout(units: tuple[Unit, ...]) -> str:
    lines: list[str] = []
    for unit in units:
        if unit.is_item:
            lines.append(f"• {unit.text}")
        elif lines and not lines[-1].startswith("•"):
            lines[-1] += " " + unit.text
        else:
            lines.append(unit.text)
    return "\n".join(lines)
