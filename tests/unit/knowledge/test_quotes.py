"""Quotes are found whatever the white space, and belong to the passage that holds them."""

import pytest
import yaml

from knowledge.bank import BankInvalid, bank_files, load_bank
from knowledge.catalogue import load_shipped
from knowledge.quotes import QuoteFinder

FINDERS = {doc.slug: QuoteFinder(doc.source.text, doc.passages) for doc in load_shipped()}
MODEL = "omic-operating-model-2019"


def test_a_quote_is_found_across_line_and_column_breaks() -> None:
    assert FINDERS[MODEL].passage_of("ISP and Life sentence all POM 16 weeks", exact=True) is not None


def test_words_that_are_not_printed_are_not_found() -> None:
    assert FINDERS[MODEL].passage_of("ISP and Life sentence all POM 26 weeks") is None


def test_markup_may_be_left_out_unless_the_quote_must_be_exact() -> None:
    said = "The progression plan is a voluntary tool"
    assert FINDERS[MODEL].passage_of(said) is not None
    assert FINDERS[MODEL].passage_of(said, exact=True) is None


def test_the_question_bank_holds() -> None:
    questions = load_bank(FINDERS, bank_files())
    assert len(questions) >= 1500
    assert len({question.question.lower() for question in questions}) == len(questions)


def test_a_bank_entry_that_is_not_verbatim_is_named(tmp_path) -> None:  # type: ignore[no-untyped-def]
    entry = {"quote": "Handover happens whenever it suits.", "questions": ["when is handover"]}
    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump({"document": MODEL, "entries": [entry]}), encoding="utf-8")
    with pytest.raises(BankInvalid, match=r"bad\.yaml, entry 1: the quote is not verbatim"):
        load_bank(FINDERS, [path])
