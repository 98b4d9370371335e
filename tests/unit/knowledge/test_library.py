"""Documents are added, answered from and removed while the service runs; nothing unreadable gets in."""

import shutil
from pathlib import Path

import pypdfium2
import pytest
from docx import Document

from knowledge.guidance import Guidance
from knowledge.library import (
    DocumentExists,
    DocumentUnknown,
    ShippedDocument,
    add_document,
    list_documents,
    remove_document,
)
from knowledge.readers.reading import (
    DocumentUnreadable,
    EmptyDocument,
    ScannedDocument,
    TooLarge,
    WrongType,
    read_document,
)

POLICY = """# Laptop passes

## Who may have one

Staff who bring a laptop through the gate must hold a laptop pass signed by the head of security.
A pass lasts for 90 days.

Lost passes must be reported:

- to the gate within 4 hours
- to the head of security within 2 working days
"""


@pytest.fixture
def database(guidance_database: str, tmp_path: Path) -> str:
    """A copy of the indexed guidance that a test may change."""
    shutil.copy(guidance_database.removeprefix("sqlite:///"), tmp_path / "copy.db")
    return f"sqlite:///{tmp_path / 'copy.db'}"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.md"
    path.write_text(POLICY, encoding="utf-8")
    return path


def test_a_running_service_answers_from_a_document_added_by_another(database: str, policy: Path) -> None:
    running = Guidance.open(database)
    assert running.document("laptop-passes") is None
    listed = add_document(database, policy, title="Laptop passes", edition="2026", published="2026-01")
    assert listed.passages >= 2
    answer = running.ask("how long does a laptop pass last?")
    assert answer.citations[0].document == "laptop-passes"
    assert "90 days" in answer.short


def test_removing_a_document_takes_its_answers_with_it(database: str, policy: Path) -> None:
    add_document(database, policy, title="Laptop passes", edition="2026")
    other = policy.with_name("other.md")
    other.write_text(POLICY.replace("laptop", "camera").replace("90 days", "30 days"), encoding="utf-8")
    add_document(database, other, title="Camera passes", edition="2026")
    remove_document(database, "laptop-passes")
    assert "laptop-passes" not in {doc.info.slug for doc in list_documents(database)}
    answer = Guidance.open(database).ask("how long does a camera pass last?")
    assert answer.citations[0].document == "camera-passes"
    assert "30 days" in answer.short


def test_shipped_and_unknown_documents_cannot_be_removed(database: str) -> None:
    with pytest.raises(ShippedDocument):
        remove_document(database, "omic-operating-model-2019")
    with pytest.raises(DocumentUnknown):
        remove_document(database, "no-such-document")


def test_the_same_document_is_not_added_twice(database: str, policy: Path) -> None:
    add_document(database, policy, title="Laptop passes", edition="2026")
    with pytest.raises(DocumentExists, match="same content"):
        add_document(database, policy, title="Laptop passes again", edition="2026")


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("empty.txt", b"", EmptyDocument),
        ("blank.txt", b"  \n \n", EmptyDocument),
        ("sheet.xlsx", b"PK", WrongType),
        ("binary.txt", b"\x00\x01\x02" * 50, WrongType),
        ("broken.pdf", b"%PDF-1.4 nothing here", WrongType),
        ("broken.docx", b"not a zip file at all", WrongType),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_no_trace(
    database: str, tmp_path: Path, name: str, content: bytes, error: type[DocumentUnreadable]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = list_documents(database)
    with pytest.raises(error, match=name.split(".")[0]):
        add_document(database, path, title="Anything", edition="2026")
    assert list_documents(database) == before


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(TooLarge, match="100 MB"):
        read_document(path)


def test_a_scanned_pdf_is_refused(tmp_path: Path) -> None:
    pdf = pypdfium2.PdfDocument.new()
    for _ in range(3):
        pdf.new_page(595, 842)
    pdf.save(str(tmp_path / "scan.pdf"))
    with pytest.raises(ScannedDocument, match="text recognition"):
        read_document(tmp_path / "scan.pdf")


def test_a_word_document_keeps_headings_lists_and_tables(tmp_path: Path) -> None:
    document = Document()
    document.add_heading("Key work at Anytown", 1)
    document.add_paragraph("Custodial managers must:")
    document.add_paragraph("publish the detail on Thursday", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ["Unit", "Lead", "Ash", "A Smith"], strict=True):
        cell.text = words
    document.save(str(tmp_path / "key.docx"))
    kinds = [block.kind for block in read_document(tmp_path / "key.docx").blocks]
    assert kinds == ["heading", "paragraph", "item", "row", "row"]


def test_a_page_keeps_its_main_content_only(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<body><nav>Menu</nav><main><h1>Clothing</h1><p>One set of release clothing may be given on discharge.</p>"
        "<ul><li>One coat.</li></ul></main><footer>Crown copyright</footer></body>",
        encoding="utf-8",
    )
    source = read_document(path)
    assert [block.kind for block in source.blocks] == ["heading", "paragraph", "item"]
    assert "Menu" not in source.text


def test_a_document_may_answer_what_the_shipped_ones_leave_out(database: str, tmp_path: Path) -> None:
    path = tmp_path / "curfew.md"
    path.write_text(
        "# Home detention curfew\n\n## Curfew hours\n\n"
        "The curfew normally runs from 7pm to 7am. It may not be shorter than nine hours.\n",
        encoding="utf-8",
    )
    question = "what hours does the curfew run on hdc"
    assert Guidance.open(database).ask(question).status == "not_in_guidance"
    add_document(database, path, title="Curfew policy", edition="2026", published="2026-01")
    answer = Guidance.open(database).ask(question)
    assert answer.status == "answered"
    assert "7pm to 7am" in answer.short
