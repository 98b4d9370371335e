"""DOCX: headings by style or outline, lists by style or numbering, tables row by row, text boxes where they stand."""

import re
import zipfile
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from knowledge.blocks import SourceText
from knowledge.readers.builder import TextBuilder
from knowledge.readers.reading import EncryptedDocument, TooLarge, WrongType

MAX_UNPACKED = 400 * 1024 * 1024
MAX_TEXT = 80 * 1024 * 1024  # of the parts with text, which take ten times as much memory as on disk
_OLE = b"\xd0\xcf\x11\xe0"  # an encrypted DOCX is an OLE container, and so is an old DOC


def read_docx(path: Path) -> SourceText:
    """Blocks of a DOCX file. Raises EncryptedDocument, WrongType or TooLarge."""
    with path.open("rb") as file:
        if file.read(4) == _OLE:
            raise EncryptedDocument(
                f"{path.name} is locked with a password, or is an old Word file. Save it as DOCX."
            )
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            said = sum(entry.file_size for entry in entries if entry.filename.endswith(".xml"))
            if sum(entry.file_size for entry in entries) > MAX_UNPACKED or said > MAX_TEXT:
                raise TooLarge(f"{path.name} unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB.")
        document = Document(str(path))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        if isinstance(error, TooLarge):
            raise
        raise WrongType(f"{path.name} is not a Word document (DOCX).") from error
    builder = TextBuilder()
    _walk(builder, document, document.element.body, [0])
    return builder.done()


def _walk(builder: TextBuilder, document: DocumentObject, parent: Any, tables: list[int]) -> None:
    """The paragraphs and tables under an element, through content controls and text boxes, in order."""
    for element in parent:
        tag = _local(element)
        if tag == "p":
            _paragraph(builder, Paragraph(element, document))
            for box in element.iterfind(f".//{qn('w:txbxContent')}"):
                if not any(_local(above) == "Fallback" for above in box.iterancestors()):
                    _walk(builder, document, box, tables)
        elif tag == "tbl":
            _table(builder, Table(element, document), tables)
        elif tag == "sdt" and not element.findall(f".//{qn('w:docPartGallery')}"):  # contents are not text
            _walk(builder, document, element.findall(qn("w:sdtContent")), tables)
        elif tag in ("sdtContent", "ins", "customXml", "smartTag"):
            _walk(builder, document, element, tables)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any) -> str:
    """The words of a paragraph or cell: insertions that are tracked count, deletions and text boxes do not."""
    parts: list[str] = []
    for child in element:
        tag = _local(child)
        if tag == "t":
            parts.append(child.text or "")
        elif tag in ("tab", "br", "cr"):
            parts.append(" ")
        elif tag == "noBreakHyphen":
            parts.append("-")
        elif tag not in (
            "del",
            "moveFrom",
            "txbxContent",
            "AlternateContent",
            "pict",
            "drawing",
            "pPr",
            "rPr",
        ):
            parts.append(_text(child))
            if tag == "p":
                parts.append(" ")
    return "".join(parts)


def _table(builder: TextBuilder, table: Table, tables: list[int]) -> None:
    """A table row by row. A cell merged across columns is given once, one merged down in each of its rows."""
    if len(table.columns) == 1 or (len(table.rows) == 1 and len(table.columns) < 3):  # a box around text
        for row in table.rows:
            for cell in dict.fromkeys(cell._tc for cell in row.cells):
                _walk(builder, table.part.document, cell, tables)  # type: ignore[attr-defined]
        return
    tables[0] += 1
    for row in table.rows:
        cells: list[str] = []
        last = None
        for cell in row.cells:  # a merged cell is given once for each column it spans
            cells.append("" if cell._tc is last else _text(cell._tc))
            last = cell._tc
        if any(cell.strip() for cell in cells):
            builder.add("row", "", cells=tuple(cells), table=tables[0])


def _paragraph(builder: TextBuilder, paragraph: Paragraph) -> None:
    text = _text(paragraph._p)
    style, level = _heading_style(paragraph)
    properties = paragraph._p.pPr
    numbering: Any = properties.numPr if properties is not None else None
    if re.match(r"toc \d|Table of|TOC", style):
        return
    if level:
        builder.add("heading", text, level=level)
    elif style.startswith("List") or numbering is not None:
        depth = numbering.ilvl.val if numbering is not None and numbering.ilvl is not None else 0
        named = re.search(r"(\d)$", style)
        builder.add("item", text, level=depth or (int(named.group(1)) - 1 if named else 0))
    elif _bold_heading(paragraph):
        builder.add("heading", text, level=6)
    elif re.match(r"\s*[•●▪◦‣·–-]\s+\S", text):
        builder.add("item", re.sub(r"^\s*[•●▪◦‣·–-]\s+", "", text))
    else:
        builder.add("paragraph", text)


def _heading_style(paragraph: Paragraph) -> tuple[str, int]:
    """The name of a paragraph's style, and the level of heading that it, or a style it is based on, stands for."""
    style = paragraph.style
    name = (style.name or "") if style is not None else ""
    outline = paragraph._p.find(f"./{qn('w:pPr')}/{qn('w:outlineLvl')}")
    for _ in range(8):
        if style is None:
            break
        found = re.match(r"heading (\d)", style.name or "", re.IGNORECASE)
        if found:
            return name, int(found.group(1))
        if style.name == "Title":
            return name, 1
        outline = outline if outline is not None else style.element.find(f".//{qn('w:outlineLvl')}")
        style = style.base_style
    level = int(outline.get(qn("w:val"), "9")) + 1 if outline is not None else 0
    return name, level if 1 <= level <= 9 else 0


def _bold_heading(paragraph: Paragraph) -> bool:
    text = paragraph.text.strip()
    runs = [run for run in paragraph.runs if run.text.strip()]
    plain = 2 < len(text) < 90 and not text.endswith((".", ";", ",", ":"))
    return plain and bool(runs) and all(run.bold for run in runs)
