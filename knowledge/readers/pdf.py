"""PDF: lines with their place, size and weight, tables by their ruled lines, lists by their marks."""

import ctypes
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from knowledge.blocks import SourceText, collapse
from knowledge.readers.builder import TextBuilder
from knowledge.readers.pdf_tables import PageTable, Shape, drawn_shapes, find_tables
from knowledge.readers.reading import EncryptedDocument, ScannedDocument, WrongType

MARK = (1.5, 9.0)  # points: the size of a drawn list mark
MARK_GAP = 30.0  # points between a list mark and its text
_BULLET = re.compile(r"^(?:[•●▪◦‣·▶✓\uf0b7]\s*|(?:[–*-]|\d{1,2}[.)]|\([a-z]\)|[a-z]\))\s+)")
_NUMBERED = re.compile(r"^\d{1,2}(?:\.\d{1,2})*\.?\s+[A-Z]")


@dataclass(frozen=True)
class _Line:
    text: str
    page: int
    left: float
    top: float
    bottom: float
    right: float
    size: float
    bold: bool
    margin: bool = False  # in the top or bottom twelfth of its page
    marked: bool = False  # a list mark is drawn before it


def read_pdf(path: Path) -> SourceText:
    """Blocks of a PDF with page numbers. Raises EncryptedDocument, ScannedDocument or WrongType."""
    try:
        document = pypdfium2.PdfDocument(str(path))
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedDocument(
                f"{path.name} is locked with a password. Save a copy without one."
            ) from error
        raise WrongType(f"{path.name} is not a PDF, or is damaged.") from error
    try:
        lines, tables = _lines(document)
        pages = len(document)
    finally:
        document.close()
    if sum(len(line.text) for line in lines) < 20 * max(1, pages):
        raise ScannedDocument(
            f"{path.name} holds pictures of pages, not text. Run text recognition (OCR) on it first."
        )
    return _blocks(_without_running_heads(lines, pages), tables, pages)


def _lines(document: pypdfium2.PdfDocument) -> tuple[list[_Line], dict[int, list[PageTable]]]:
    lines: list[_Line] = []
    tables: dict[int, list[PageTable]] = {}
    for number in range(len(document)):
        page = document[number]
        text_page = page.get_textpage()
        height = page.get_height()
        shapes = drawn_shapes(page)
        found = find_tables(page, text_page, shapes)
        if found:
            tables[number + 1] = found
        marks = [s for s in shapes if MARK[0] <= s.width <= MARK[1] and MARK[0] <= s.height <= MARK[1]]
        runs: list[_Line] = []
        at = 0
        for part in text_page.get_text_range().split("\r\n"):
            run = _run(text_page, part, at, number + 1, height)
            at += len(part) + 2
            if run is not None:
                runs.append(replace(run, marked=_has_mark(run, marks, height)))
        lines += _joined(runs)
        text_page.close()
        page.close()
    return lines, tables


def _has_mark(line: _Line, marks: list[Shape], height: float) -> bool:
    return any(
        0 <= line.left - mark.right <= MARK_GAP
        and line.top <= height - (mark.top + mark.bottom) / 2 <= line.bottom
        for mark in marks
    )


def _is_bold(text_page: pypdfium2.PdfTextPage, place: int) -> bool:
    """Whether a character is bold: by the weight of its font, or by its name where the file gives no weight."""
    if pdfium.FPDFText_GetFontWeight(text_page, place) >= 600:
        return True
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text_page, place, name, 128, ctypes.byref(flags))
    return bool(re.search(rb"bold|black|heavy|semibold", name.value, re.IGNORECASE))


def _run(text_page: pypdfium2.PdfTextPage, part: str, at: int, page: int, height: float) -> _Line | None:
    """One line of a page's text, with its place; `at` is the index of its first character on the page."""
    text = collapse(part)
    if not text:
        return None
    first = at + len(part) - len(part.lstrip())
    last = at + len(part.rstrip()) - 1
    count = text_page.count_chars()
    if not 0 <= first <= last < count:
        return _Line(text, page, 0.0, 0.0, 10.0, 500.0, 10.0, False)
    left, bottom, _, top = text_page.get_charbox(first, loose=True)
    right = text_page.get_charbox(last, loose=True)[2]
    size = pdfium.FPDFText_GetFontSize(text_page, first)
    bold = _is_bold(text_page, first) and _is_bold(text_page, last)
    margin = top > 0.92 * height or bottom < 0.08 * height
    return _Line(text, page, left, height - top, height - bottom, right, size or top - bottom, bold, margin)


def _joined(runs: list[_Line]) -> list[_Line]:
    """Runs on one base line as one line, in the order in which the file gives them."""
    lines: list[_Line] = []
    for run in runs:
        last = lines[-1] if lines else None
        level = last is not None and abs(last.bottom - run.bottom) < 0.5 * max(run.size, 6)
        if last is not None and level and run.left >= last.left - 1 and run.left - last.right < 60:
            gap = " " if run.left - last.right > 0.15 * run.size else ""
            lines[-1] = replace(
                last,
                text=last.text + gap + run.text,
                top=min(last.top, run.top),
                bottom=max(last.bottom, run.bottom),
                right=run.right,
                size=max(last.size, run.size),
                bold=last.bold and run.bold,
                margin=last.margin and run.margin,
            )
        else:
            lines.append(run)
    return lines


def _without_running_heads(lines: list[_Line], pages: int) -> list[_Line]:
    """Lines without page numbers and without what is printed in the margin of most pages."""

    body = median(line.size for line in lines) if lines else 0.0

    def place(line: _Line) -> tuple[str, int]:
        numbered = line.size > 1.2 * body  # a heading in large print is another one when its number is
        text = line.text.lower()
        return text if numbered else re.sub(r"\d+", "#", text), round(line.top / 6)

    often = Counter(place(line) for line in lines)
    limit = max(3, pages * 0.4)
    ends = {place for page in _places_by_page(lines).values() for place in (page[0], page[-1])}
    kept = []
    for number, line in enumerate(lines):
        if line.margin and pages > 2 and often[place(line)] >= limit:
            continue
        outside = line.margin or number in ends
        if outside and re.fullmatch(
            r"(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?", line.text, re.IGNORECASE
        ):
            continue
        kept.append(line)
    return kept


def _places_by_page(lines: list[_Line]) -> dict[int, list[int]]:
    places: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        places.setdefault(line.page, []).append(number)
    return places


def _blocks(lines: list[_Line], tables: dict[int, list[PageTable]], pages: int) -> SourceText:
    builder = TextBuilder()
    body = (
        median([line.size for line in lines for _ in range(max(1, len(line.text) // 10))]) if lines else 10.0
    )
    sizes = sorted({round(line.size) for line in lines if line.size > body * 1.12}, reverse=True)
    width = max((line.right for line in lines), default=500.0)
    written: set[tuple[int, int]] = set()
    paragraph: list[_Line] = []
    heading: list[_Line] = []
    number = 0

    def flush() -> None:
        if heading:
            text = " ".join(line.text for line in heading)
            builder.add("heading", text, level=_heading(heading[0], body, sizes), page=heading[0].page)
            heading.clear()
        if paragraph:
            text = _unhyphenated([line.text for line in paragraph])
            bullet = _BULLET.match(text)
            kind = "item" if bullet or paragraph[0].marked else "paragraph"
            shown = _BULLET.sub("", text) if bullet and not text[0].isalnum() and text[0] != "(" else text
            builder.add(kind, shown, page=paragraph[0].page)  # type: ignore[arg-type]
            paragraph.clear()

    for line in lines:
        inside = None
        for place, table in enumerate(tables.get(line.page, ())):
            if table.top - 2 <= (line.top + line.bottom) / 2 <= table.bottom + 2:
                inside = place
        if inside is not None:
            if (line.page, inside) not in written:
                flush()
                written.add((line.page, inside))
                number += 1
                for row in tables[line.page][inside].rows:
                    builder.add("row", "", cells=row, page=line.page, table=number)
            continue
        if heading and _continues(heading, line):
            heading.append(line)
            continue
        if _heading(line, body, sizes):
            flush()
            heading.append(line)
            continue
        if heading or (paragraph and _starts_new(paragraph, line, width)):
            flush()
        paragraph.append(line)
    flush()
    return builder.done(pages)


def _heading(line: _Line, body: float, sizes: list[int]) -> int:
    """The level of the heading that a line is, or 0."""
    text = line.text
    if (
        len(text) > 120
        or text.endswith((".", ";", ","))
        or not re.search(r"[A-Za-z]{3}", text)
        or line.marked
    ):
        return 0
    if _BULLET.match(text) and not _NUMBERED.match(text):
        return 0
    if line.size > body * 1.12:
        return min(3, 1 + sizes.index(round(line.size))) if round(line.size) in sizes else 3
    return 4 if line.bold and len(text) < 90 else 0


def _continues(heading: list[_Line], line: _Line) -> bool:
    """Whether a line goes on with the heading above it: as large and as bold, close below, not numbered anew."""
    last = heading[-1]
    alike = round(last.size) == round(line.size) and last.bold == line.bold and last.page == line.page
    near = 0 <= line.top - last.top < 1.9 * (last.bottom - last.top)
    new = _NUMBERED.match(line.text) or _BULLET.match(line.text) or line.marked
    return alike and near and not new and len(heading) < 3


def _starts_new(paragraph: list[_Line], line: _Line, width: float) -> bool:
    last = paragraph[-1]
    if line.marked or _BULLET.match(line.text):
        return True
    if line.page != last.page:
        return last.text.endswith((".", ":", "!", "?"))
    gap = line.top - last.bottom
    if gap > 0.6 * max(last.bottom - last.top, 6):
        return True
    if line.top < last.top - 2:  # the next column: a sentence goes on in it
        return last.text.endswith((".", ":", "!", "?"))
    if last.text.endswith(":") and line.left > last.left + 6:
        return True
    return last.text.endswith((".", ":", "?")) and last.right < 0.8 * width


def _unhyphenated(texts: list[str]) -> str:
    joined = texts[0]
    for text in texts[1:]:
        if joined.endswith(("-", "\u00ad", "\ufffe", "\x02")) and text[:1].islower():
            joined = joined[:-1] + text
        else:
            joined += " " + text
    return joined
