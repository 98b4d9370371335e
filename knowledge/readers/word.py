"""DOCX: headings by style, lists by style or numbering, tables row by row."""

import re
import zipfile
from pathlib import Path

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from knowledge.blocks import SourceText
from knowledge.readers.builder import TextBuilder
from knowledge.readers.reading import EncryptedDocument, TooLarge, WrongType

MAX_UNPACKED = 400 * 1024 * 1024
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
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise TooLarge(f"{path.name} unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB.")
        document = Document(str(path))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        if isinstance(error, TooLarge):
            raise
        raise WrongType(f"{path.name} is not a Word document (DOCX).") from error
    builder, tables = TextBuilder(), 0
    for element in document.iter_inner_content():
        if isinstance(element, Paragraph):
            _paragraph(builder, element)
        elif isinstance(element, Table):
            tables += 1
            for row in element.rows:
                cells: list[str] = []
                for cell in row.cells:  # a merged cell is given once for each column it spans
                    cells.append("" if cells and cell.text == cells[-1] and cell.text else cell.text)
                if any(cell.strip() for cell in cells):
                    builder.add("row", "", cells=tuple(cells), table=tables)
    return builder.done()


def _paragraph(builder: TextBuilder, paragraph: Paragraph) -> None:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    heading = re.match(r"(?:Heading|heading) (\d)", style)
    text = paragraph.text
    if heading:
        builder.add("heading", text, level=int(heading.group(1)))
    elif style == "Title":
        builder.add("heading", text, level=1)
    elif style.startswith("List") or (paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None):
        builder.add("item", text)
    elif _bold_heading(paragraph):
        builder.add("heading", text, level=3)
    else:
        builder.add("paragraph", text)


def _bold_heading(paragraph: Paragraph) -> bool:
    text = paragraph.text.strip()
    runs = [run for run in paragraph.runs if run.text.strip()]
    plain = 2 < len(text) < 90 and not text.endswith((".", ";", ",", ":"))
    return plain and bool(runs) and all(run.bold for run in runs)
