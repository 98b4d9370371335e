"""Files of every type come out as they read on paper; damaged ones get an error that says so, and nothing else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.blocks import SourceText, collapse
from knowledge.catalogue import load_shipped
from knowledge.passages import make_passages
from knowledge.quotes import QuoteFinder
from knowledge.readers.reading import TYPES, DocumentUnreadable, WrongType, read_document

BODY = (
    "The residential manager must make sure that every card is checked against the cell",
    "within five working days of reception, and that any differ-",
    "ence is recorded in the wing observation book before the end of the shift.",
)
Page = list[tuple[str, float, float, float, str]]  # font (F1 plain, F2 bold), size, x, y, text


def write_pdf(path: Path, pages: list[Page], drawn: dict[int, str] | None = None) -> Path:
    """A PDF with lines of text where they are asked for, and other drawing operators by page."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    ]
    kids = []
    for number, page in enumerate(pages):
        ops = "".join(
            f"BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n" for font, size, x, y, text in page
        ) + (drawn or {}).get(number, "")
        objects.append(f"<< /Length {len(ops)} >>\nstream\n{ops}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> "
            f"/Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    out += f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\n"
    path.write_bytes((out + f"startxref\n{len(out) - len(table) - 60}\n%%EOF\n").encode("latin-1"))
    return path


@pytest.fixture
def framework(tmp_path: Path) -> SourceText:
    """Four pages with running heads, page numbers, a broken heading, a list, a table and two columns."""
    pages: list[Page] = []
    for number in range(1, 5):
        pages.append(
            [
                ("F1", 9, 230, 810, "OFFICIAL - Property framework"),
                ("F2", 18, 70, 760, f"{number}. In-possession limits in the"),
                ("F2", 18, 70, 738, f"establishment of group {number}"),
                *(("F1", 11, 70, 700 - 13 * at, line) for at, line in enumerate(BODY)),
                ("F2", 11, 70, 640, f"{number}.1 Opening hours"),
                ("F1", 11, 70, 615, "The custodial manager must:"),
                ("F1", 11, 90, 602, "open the store on Tuesday"),
                ("F1", 11, 90, 589, "sign the register"),
                ("F1", 11, 75, 540, "Level"),
                ("F1", 11, 175, 540, "Boxes"),
                ("F1", 11, 275, 540, "Review"),
                ("F1", 11, 75, 520, "Basic"),
                ("F1", 11, 175, 520, f"{number} boxes"),
                ("F1", 11, 275, 520, "two weeks"),
                ("F1", 11, 70, 470, "The left column tells of appeals, which the"),
                ("F1", 11, 70, 457, "deputy governor answers and"),
                ("F1", 11, 330, 470, "records in the ledger within 20 days of receipt."),
                ("F1", 9, 290, 30, str(number)),
            ]
        )
    lines = [f"{x} 512 m {x} 554 l S\n" for x in (70, 170, 270, 370)]
    lines += [f"70 {y} m 370 {y} l S\n" for y in (512, 533, 554)]
    marks = [f"80 {y} 4 4 re f\n" for y in (604, 591)]
    return read_document(
        write_pdf(tmp_path / "f.pdf", pages, dict.fromkeys(range(4), "".join(lines + marks)))
    )


def _texts(source: SourceText, kind: str) -> list[str]:
    return [collapse(source.raw(block)) for block in source.blocks if block.kind == kind]


def test_the_headings_of_a_pdf_are_found_by_size_and_weight(framework: SourceText) -> None:
    assert _texts(framework, "heading")[:4] == [
        "1. In-possession limits in the establishment of group 1",
        "1.1 Opening hours",
        "2. In-possession limits in the establishment of group 2",
        "2.1 Opening hours",
    ]


def test_running_heads_and_page_numbers_of_a_pdf_are_left_out(framework: SourceText) -> None:
    assert "OFFICIAL" not in framework.text
    assert not any(re.fullmatch(r"\d", line) for line in framework.text.splitlines())


def test_pages_of_a_pdf_are_counted_from_one(framework: SourceText) -> None:
    assert framework.pages == 4
    tops = [block for block in framework.blocks if block.kind == "heading" and block.level == 1]
    assert [block.page for block in tops] == [1, 2, 3, 4]


def test_a_word_broken_at_the_end_of_a_line_is_whole_again(framework: SourceText) -> None:
    assert "any difference is recorded" in framework.text


def test_a_list_with_drawn_marks_keeps_its_lead_in(framework: SourceText) -> None:
    passage = next(p for p in make_passages("f", framework) if p.kind == "list")
    assert passage.text == ("The custodial manager must:\n• open the store on Tuesday\n• sign the register")
    assert passage.section[-1] == "1.1 Opening hours"


def test_a_table_of_a_pdf_is_spelled_out_with_its_column_headings(framework: SourceText) -> None:
    tables = [p for p in make_passages("f", framework) if p.kind == "table"]
    assert [p.text for p in tables[:2]] == [
        "• Level: Basic; Boxes: 1 boxes; Review: two weeks",
        "• Level: Basic; Boxes: 2 boxes; Review: two weeks",
    ]
    assert [p.page for p in tables] == [1, 2, 3, 4]


def test_a_sentence_goes_on_in_the_next_column(framework: SourceText) -> None:
    assert "deputy governor answers and records in the ledger within 20 days" in framework.text


@pytest.fixture
def word(tmp_path: Path) -> SourceText:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "OFFICIAL"
    document.add_heading("Reporting an abscond", 1)
    document.add_paragraph("The orderly officer must:")
    document.add_paragraph("ring the police within 30 minutes", style="List Bullet")
    document.add_paragraph("in writing within 2 hours", style="List Bullet 2")
    table = document.add_table(rows=4, cols=3)
    rows = (("Record", "Kept for", "Kept by"), ("Sheet", "7 years", "Security"), ("CCTV", "31 days", ""))
    for number, row in enumerate(rows):
        for column, words in enumerate(row):
            table.cell(number, column).text = words
    table.cell(1, 2).merge(table.cell(2, 2))
    table.cell(3, 0).merge(table.cell(3, 1)).text = "Both"
    table.cell(3, 2).text = "Head"
    tracked = document.add_paragraph("Costs fall on the region.")._p
    tracked.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t> Always.</w:t></w:r></w:ins>"))
    tracked.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText> Never.</w:delText></w:r></w:del>"))
    box = (
        f"<w:r {nsdecls('w')}><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
        "<w:p><w:r><w:t>Boxed advice.</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    document.add_paragraph("")._p.append(parse_xml(box))
    document.add_paragraph("")._p.addnext(
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        )
    )
    document.save(str(tmp_path / "w.docx"))
    return read_document(tmp_path / "w.docx")


def test_a_word_document_reads_as_it_is_printed(word: SourceText) -> None:
    found = [(block.kind, block.level, word.raw(block)) for block in word.blocks]
    assert found == [
        ("heading", 1, "Reporting an abscond"),
        ("paragraph", 0, "The orderly officer must:"),
        ("item", 0, "- ring the police within 30 minutes"),
        ("item", 1, "- in writing within 2 hours"),
        ("row", 0, "Record\tKept for\tKept by"),
        ("row", 0, "Sheet\t7 years\tSecurity"),
        ("row", 0, "CCTV\t31 days\tSecurity"),
        ("row", 0, "Both\t\tHead"),
        ("paragraph", 0, "Costs fall on the region. Always."),
        ("paragraph", 0, "Boxed advice."),
        ("paragraph", 0, "In a control."),
    ]


def test_every_quote_is_verbatim_and_every_id_stable(framework: SourceText, word: SourceText) -> None:
    samples = [("framework", framework), ("word", word)]
    samples += [(document.slug, document.source) for document in load_shipped()]
    for slug, source in samples:
        passages = make_passages(slug, source) if slug in ("framework", "word") else _shipped(slug)
        finder = QuoteFinder(source.text, passages)
        assert passages
        assert len({passage.id for passage in passages}) == len(passages)
        for passage in passages:
            assert finder.span(passage.quote, exact=True), passage.id
        if slug in ("framework", "word"):
            assert [p.id for p in make_passages(slug, source)] == [p.id for p in passages]


def test_no_list_item_stands_without_its_lead_in(framework: SourceText, word: SourceText) -> None:
    for source in (framework, word):
        for passage in make_passages("x", source):
            if passage.kind == "list":
                assert passage.context or not passage.units[0].is_item


def _shipped(slug: str) -> list:  # type: ignore[type-arg]
    return next(document.passages for document in load_shipped() if document.slug == slug)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("policy.txt", b"%PDF-1.7\n%", "is a PDF"),
        ("policy.md", b"PK\x03\x04abc", "Word or ZIP"),
        ("policy.html", b"\x89PNG\r\n\x1a\n", "picture"),
        ("policy.docx", b"%PDF-1.7\n%", "is a PDF"),
        ("policy.pdf", b"<html><p>hello</p></html>", "not a PDF"),
    ],
)
def test_a_file_that_lies_about_its_type_is_refused(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WrongType, match=reason):
        read_document(tmp_path / name)


SAMPLES: dict[str, Callable[[Path], None]] = {
    ".docx": lambda path: Document().save(str(path)),
    ".pdf": lambda path: void(write_pdf(path, [[("F1", 11, 70, 700, "Some words of a policy")]])),
    ".html": lambda path: void(path.write_text("<main><h1>A</h1><table><tr><td>b</table>", encoding="utf-8")),
}


def void(_: object) -> None:
    """Nothing, whatever is given."""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(TYPES), data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path: Path, kind: str, data: bytes) -> None:
    path = tmp_path / f"random{kind}"
    path.write_bytes(data)
    _read_or_refuse(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(SAMPLES)), cut=st.floats(0, 1), at=st.floats(0, 1), byte=st.integers(0, 255)
)
def test_a_damaged_file_is_read_or_refused(
    tmp_path: Path, kind: str, cut: float, at: float, byte: int
) -> None:
    path = tmp_path / f"damaged{kind}"
    SAMPLES[kind](path)
    data = bytearray(path.read_bytes())
    data[int(at * (len(data) - 1))] = byte
    path.write_bytes(bytes(data[: int(cut * len(data)) + 1]))
    _read_or_refuse(path)


def _read_or_refuse(path: Path) -> None:
    refused = ""
    try:
        make_passages("x", read_document(path))
    except DocumentUnreadable as error:
        refused = str(error)
    assert not refused or path.name in refused
