"""Passages of the shipped documents: each stands alone, and quotes its source word for word."""

import pytest

from knowledge.blocks import collapse
from knowledge.catalogue import LoadedDocument, load_shipped
from knowledge.passages import Passage, SpelledRow, make_passages, split_sentences
from knowledge.readers.plain import read_plain

DOCUMENTS = {doc.slug: doc for doc in load_shipped()}
MODEL = DOCUMENTS["omic-operating-model-2019"]


def holding(document: LoadedDocument, words: str) -> Passage:
    return next(p for p in document.passages if words in p.quote)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=lambda doc: doc.slug)
def test_every_quote_is_verbatim_in_its_document(document: LoadedDocument) -> None:
    source = collapse(document.source.text)
    assert [p.id for p in document.passages if p.quote not in source] == []


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=lambda doc: doc.slug)
def test_ids_are_unique_and_survive_reading_again(document: LoadedDocument) -> None:
    load_shipped.cache_clear()
    again = next(doc for doc in load_shipped() if doc.slug == document.slug)
    assert [p.id for p in again.passages] == [p.id for p in document.passages]
    assert len({p.id for p in document.passages}) == len(document.passages)


def test_a_list_keeps_its_lead_in() -> None:
    passage = holding(MODEL, "Prison Offender Managers will either be:")
    assert passage.kind == "list"
    assert "Band 4 prison member of staff" in passage.quote


def test_a_heading_that_introduces_a_list_is_its_lead_in() -> None:
    passage = holding(MODEL, "The following case management tasks will take place in the first two weeks")
    assert "within 1 week of someone being sentenced to life" in passage.quote


def test_a_paragraph_cut_by_a_page_break_is_one_passage() -> None:
    passage = holding(MODEL, "In making this decision, the")
    assert "Head of Offender Management Delivery will take into consideration" in passage.text


def test_annex_rows_are_spelled_out_with_their_columns() -> None:
    passage = holding(MODEL, "ISP and Life sentence all")
    assert passage.quote == "ISP and Life sentence all POM 16 weeks"
    assert passage.text == "Indeterminate sentence, initial OASys. ISP and life sentence, all: POM, 16 weeks."
    assert not passage.before_model


def test_the_current_columns_of_the_annexes_are_marked_as_before_the_model() -> None:
    old = holding(MODEL, "ISP and Life sentence under 2 years")
    assert old.before_model
    assert "Before the model" in old.section
    assert not any("COM 8 weeks" in p.quote for p in MODEL.passages if not p.before_model)


def test_criteria_keep_their_codes() -> None:
    codes = [p.code for p in DOCUMENTS["omi-criteria-custody"].passages if p.kind == "criterion"]
    assert len(codes) == 40
    assert {"2.3a", "2.2b", "4.4e"} <= set(codes)


def test_a_finding_knows_the_criterion_it_is_about() -> None:
    finding = holding(
        DOCUMENTS["omi-report-yorkshire-humberside-2008"], "Two of the prisons noted difficulties"
    )
    assert finding.kind == "finding"
    assert "2.2e Specific Criterion" in finding.section
    assert finding.context.startswith("Following recall, clear explanations")


def test_footnote_marks_and_markup_are_left_out_of_the_text_to_read() -> None:
    passage = holding(MODEL, "EQuIP is a process mapping")
    assert not any(mark in p.text for p in MODEL.passages for mark in ("**", "¹", "<p>"))
    assert passage.text.startswith("EQuIP is a process mapping software tool")


def test_lists_of_contents_are_not_guidance() -> None:
    assert not any(
        "Acknowledgements 2" in p.quote for p in DOCUMENTS["omic-effective-practice-guide-2022"].passages
    )


def test_a_table_is_spelled_out_with_its_headings() -> None:
    source = read_plain("Unit\tSessions\tLead\nAsh\t40\tA Smith\nBirch\t36\tB Jones\n")
    (passage,) = make_passages("rota", source)
    assert passage.units[1].text == "Unit: Birch; Sessions: 36; Lead: B Jones"


def test_a_spelled_row_that_is_not_in_the_document_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in the document"):
        make_passages(
            "rota", read_plain("Unit\tLead\nAsh\tA Smith\n"), [SpelledRow("Elm C Brown", "Elm: C Brown")]
        )


def test_sentences_do_not_end_at_abbreviations() -> None:
    assert split_sentences("Use common forms, e.g. The MAPPA form. Then wait.") == [
        "Use common forms, e.g. The MAPPA form.",
        "Then wait.",
    ]
