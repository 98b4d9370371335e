"""Reading a file of any supported type; what cannot be read is refused with the reason."""

from pathlib import Path

from knowledge.blocks import SourceText
from knowledge.readers.builder import CONTROL
from knowledge.readers.plain import read_plain

MAX_BYTES = 50 * 1024 * 1024
MAX_CHARACTERS = 8_000_000
MIN_CHARACTERS = 40
TYPES = (".txt", ".md", ".pdf", ".docx", ".html", ".htm")


_BEGINNINGS = (
    (b"%PDF", (".pdf",), "a PDF"),
    (b"PK\x03\x04", (".docx",), "a Word or ZIP file"),
    (b"\xd0\xcf\x11\xe0", (".docx",), "an old Office file"),
    (b"\x89PNG", (), "a picture"),
    (b"\xff\xd8\xff", (), "a picture"),
    (b"GIF8", (), "a picture"),
    (b"{\\rtf", (), "a rich text (RTF) file"),
)


class DocumentUnreadable(ValueError):
    """A document that cannot be added; the message says why and what to do."""


class WrongType(DocumentUnreadable):
    """Not a type of file that can be read."""


class TooLarge(DocumentUnreadable):
    """Larger than can be indexed."""


class EmptyDocument(DocumentUnreadable):
    """Holds no text."""


class ScannedDocument(DocumentUnreadable):
    """Pictures of pages, without text."""


class EncryptedDocument(DocumentUnreadable):
    """Locked with a password."""


def read_document(path: Path) -> SourceText:
    """The canonical text and blocks of a text, Markdown, PDF, DOCX or HTML file.

    Raises a DocumentUnreadable that says what is wrong, and FileNotFoundError for a file that is not there.
    """
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path.name}.")
    kind, size = path.suffix.lower(), path.stat().st_size
    if kind not in TYPES:
        raise WrongType(
            f"{path.name}: files of type {kind or 'none'} cannot be read. Allowed: {', '.join(TYPES)}."
        )
    if size > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise TooLarge(f"{path.name} is {size / 1024 / 1024:.0f} MB. The limit is {limit} MB: split it.")
    if size == 0:
        raise EmptyDocument(f"{path.name} is empty.")
    _refuse_other_type(path, kind)
    try:
        source = _read(path, kind)
    except DocumentUnreadable:
        raise
    except Exception as error:  # damage shows in countless ways inside the libraries that read these formats
        raise WrongType(f"{path.name} is damaged, or is not what its name says ({kind}).") from error
    if len(source.text) > MAX_CHARACTERS:
        raise TooLarge(
            f"{path.name} holds {len(source.text):,} characters. The limit is {MAX_CHARACTERS:,}: split it."
        )
    if sum(1 for character in source.text if character.isalnum()) < MIN_CHARACTERS:
        raise EmptyDocument(f"{path.name} holds no text to index.")
    return source


def _refuse_other_type(path: Path, kind: str) -> None:
    """Refuse a file whose first bytes say that it is of another type than its name does."""
    with path.open("rb") as file:
        first = file.read(8)
    for start, names, what in _BEGINNINGS:
        if first.startswith(start) and kind not in names:
            raise WrongType(f"{path.name} is {what}, not a file of type {kind}. Give it the right ending.")


def _read(path: Path, kind: str) -> SourceText:
    # the readers of each format are imported when they are needed: they are heavy
    if kind == ".pdf":
        from knowledge.readers.pdf import read_pdf

        return read_pdf(path)
    if kind == ".docx":
        from knowledge.readers.word import read_docx

        return read_docx(path)
    data = path.read_bytes()
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise WrongType(f"{path.name} is not a text file.")
    text = CONTROL.sub(" ", _decode(data))
    if kind in (".html", ".htm"):
        from knowledge.readers.html import read_html

        return read_html(text)
    return read_plain(text)


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
