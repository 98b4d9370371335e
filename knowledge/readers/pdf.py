"""PDF: lines with their place and size from pypdfium2, tables of ruled pages from pdfplumber."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium

from knowledge.blocks import SourceText, collapse
from knowledge.readers.builder import TextBuilder
from knowledge.readers.reading import EncryptedDocument, ScannedDocument, WrongType

RULED = 8  # drawn lines from which a page is searched for tables
TABLE_PAGES = 80  # finding tables is slow: no more pages than this are searched
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
        lines, ruled = _lines(document)
        pages = len(document)
    finally:
        document.close()
    if sum(len(line.text) for line in lines) < 20 * max(1, pages):
        raise ScannedDocument(
            f"{path.name} holds pictures of pages, not text. Run text recognition (OCR) on it first."
        )
    tables = _tables(path, ruled[:TABLE_PAGES]) if ruled else {}
    return _blocks(_without_running_heads(lines, pages), tables, pages)


def _lines(document: pypdfium2.PdfDocument) -> tuple[list[_Line], list[int]]:
    lines: list[_Line] = []
    ruled: list[int] = []
    for number in range(len(document)):
        page = document[number]
        text_page = page.get_textpage()
        height = page.get_height()
        paths = sum(1 for item in page.get_objects(max_depth=2) if item.type == pdfium.FPDF_PAGEOBJ_PATH)
        if paths >= RULED:
            ruled.append(number)
        runs: list[_Line] = []
        at = 0
        for part in text_page.get_text_range().split("\r\n"):
            run = _run(text_page, part, at, number + 1, height)
            at += len(part) + 2
            if run is not None:
                runs.append(run)
        lines += _joined(runs)
        text_page.close()
        page.close()
    return lines, ruled


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
    bold = pdfium.FPDFText_GetFontWeight(text_page, first) >= 600
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
            lines[-1] = _Line(
                last.text + gap + run.text,
                run.page,
                last.left,
                min(last.top, run.top),
                max(last.bottom, run.bottom),
                run.right,
                max(last.size, run.size),
                last.bold and run.bold,
                last.margin and run.margin,
            )
        else:
            lines.append(run)
    return lines


def _without_running_heads(lines: list[_Line], pages: int) -> list[_Line]:
    """Lines without page numbers and without what is printed in the margin of most pages."""

    def place(line: _Line) -> tuple[str, int]:
        return re.sub(r"\d+", "#", line.text.lower()), round(line.top / 6)

    often = Counter(place(line) for line in lines)
    limit = max(3, pages * 0.4)
    kept = []
    for line in lines:
        if line.margin and pages > 2 and often[place(line)] >= limit:
            continue
        if re.fullmatch(r"(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?", line.text, re.IGNORECASE):
            continue
        kept.append(line)
    return kept


def _tables(
    path: Path, ruled: list[int]
) -> dict[int, list[tuple[tuple[float, float], list[tuple[str, ...]]]]]:
    """Tables of the ruled pages: for each page, their (top, bottom) and rows of cells."""
    found: dict[int, list[tuple[tuple[float, float], list[tuple[str, ...]]]]] = {}
    with pdfplumber.open(path) as document:
        for number in ruled:
            page = document.pages[number]
            for table in page.find_tables():
                rows = [tuple(collapse(cell or "") for cell in row) for row in table.extract()]
                rows = [row for row in rows if any(row)]
                if len(rows) > 1 and len(rows[0]) > 1:
                    found.setdefault(number + 1, []).append(((table.bbox[1], table.bbox[3]), rows))
            page.close()
    return found


def _blocks(
    lines: list[_Line],
    tables: dict[int, list[tuple[tuple[float, float], list[tuple[str, ...]]]]],
    pages: int,
) -> SourceText:
    builder = TextBuilder()
    body = (
        median([line.size for line in lines for _ in range(max(1, len(line.text) // 10))]) if lines else 10.0
    )
    sizes = sorted({round(line.size) for line in lines if line.size > body * 1.12}, reverse=True)
    width = max((line.right for line in lines), default=500.0)
    written: set[tuple[int, int]] = set()
    paragraph: list[_Line] = []
    number = 0

    def flush() -> None:
        if paragraph:
            text = _unhyphenated([line.text for line in paragraph])
            bullet = _BULLET.match(text)
            kind = "item" if bullet else "paragraph"
            shown = _BULLET.sub("", text) if bullet and not text[0].isalnum() and text[0] != "(" else text
            builder.add(kind, shown, page=paragraph[0].page)  # type: ignore[arg-type]
            paragraph.clear()

    for line in lines:
        inside = None
        for place, ((top, bottom), _) in enumerate(tables.get(line.page, ())):
            if top - 2 <= (line.top + line.bottom) / 2 <= bottom + 2:
                inside = place
        if inside is not None:
            if (line.page, inside) not in written:
                flush()
                written.add((line.page, inside))
                number += 1
                for row in tables[line.page][inside][1]:
                    builder.add("row", "", cells=row, page=line.page, table=number)
            continue
        level = _heading(line, body, sizes)
        if level:
            flush()
            builder.add("heading", line.text, level=level, page=line.page)
            continue
        if paragraph and _starts_new(paragraph[-1], line, width):
            flush()
        paragraph.append(line)
    flush()
    return builder.done(pages)


def _heading(line: _Line, body: float, sizes: list[int]) -> int:
    text = line.text
    if len(text) > 120 or text.endswith((".", ";", ",")) or not re.search(r"[A-Za-z]{3}", text):
        return 0
    if line.size > body * 1.12 and not _BULLET.match(text):
        return min(3, 1 + sizes.index(round(line.size))) if round(line.size) in sizes else 3
    if line.bold and len(text) < 90 and (not _BULLET.match(text) or _NUMBERED.match(text)):
        return 4
    return 0


def _starts_new(last: _Line, line: _Line, width: float) -> bool:
    if _BULLET.match(line.text):
        return True
    if line.page != last.page:
        return last.text.endswith((".", ":", "!", "?"))
    gap = line.top - last.bottom
    if gap > 0.75 * max(line.size, 6) or line.top < last.top - 2:
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
