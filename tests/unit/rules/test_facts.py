"""What may be given as facts, and what is said when they cannot be used."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.rules import FactErrors, RuleBook

AS_OF = date(2026, 1, 5)


def errors(book: RuleBook, facts: dict[str, Any], **options: Any) -> dict[str, tuple[str, str]]:
    with pytest.raises(FactErrors) as raised:
        book.assess(facts, AS_OF, **options)
    return {error.field: (error.problem, error.allowed) for error in raised.value.errors}


def test_everything_wrong_is_reported_at_once_with_what_is_allowed(book: RuleBook) -> None:
    found = errors(
        book,
        {
            "sentence_typ": "life",
            "provider": "G4S",
            "sentence_date": "2026-02-30",
            "tier": "E",
            "care_experienced": "yes",
            "rsr_score": -1,
        },
    )
    assert set(found) == {
        "sentence_typ",
        "provider",
        "sentence_date",
        "tier",
        "care_experienced",
        "rsr_score",
    }
    assert found["provider"][1] == "one of: NPS, CRC"
    assert found["tier"][1] == "one of: A, B, C, D"
    assert "not a date that exists" in found["sentence_date"][0]
    assert found["care_experienced"][1] == "true or false"


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        (
            {"sentence_date": "2025-05-01", "conditional_release_date": "2025-04-30"},
            "conditional_release_date",
            "release date is before the sentence date",
        ),
        (
            {"sentence_type": "determinate", "tariff_expiry_date": "2030-01-01"},
            "tariff_expiry_date",
            "determinate sentence has no tariff",
        ),
        (
            {"sentence_type": "determinate_parole", "tariff_expiry_date": "2030-01-01"},
            "tariff_expiry_date",
            "determinate sentence has no tariff",
        ),
        ({"conditional_release_date": "03/01/2027"}, "conditional_release_date", "YYYY-MM-DD"),
        ({"conditional_release_date": "2027-13-01"}, "conditional_release_date", "not a date that exists"),
        ({"conditional_release_date": "0027-01-01"}, "conditional_release_date", "outside the years"),
        ({"conditional_release_date": 20270101}, "conditional_release_date", "not a date"),
        ({"release_date": "2027-01-01"}, "release_date", "worked out"),
        ({"today": "2027-01-01"}, "today", "as_of"),
        ({"date_of_birth": "2030-01-01"}, "date_of_birth", "in the future"),
        ({"tier": None}, "tier", "leave it out"),
        ({"early_allocation_agreed": None}, "early_allocation_agreed", "leave it out"),
        (
            {"sentence_date": "2025-05-01", "recall_return_date": "2025-04-01"},
            "recall_return_date",
            "before the sentence date",
        ),
        (
            {"conditional_release_date": "2027-05-01", "sentence_expiry_date": "2027-04-01"},
            "sentence_expiry_date",
            "expires before",
        ),
    ],
)
def test_a_fact_that_cannot_be_is_refused(
    book: RuleBook, facts: dict[str, Any], field: str, words: str
) -> None:
    found = errors(book, facts)
    assert list(found) == [field]
    assert words in found[field][0]


def test_a_misspelt_fact_is_met_with_the_one_meant(book: RuleBook) -> None:
    found = errors(book, {"conditional_relase_date": "2027-01-01"})
    assert "conditional_release_date" in found["conditional_relase_date"][1]


def test_an_unknown_edition_part_or_date_is_refused(book: RuleBook) -> None:
    assert "2022" in errors(book, {}, edition="2018")["edition"][1]
    assert "pom_type" in errors(book, {}, ask=["everything"])["ask"][1]
    with pytest.raises(FactErrors):
        book.assess({}, date(1066, 10, 14))


def test_dates_may_be_given_as_dates_or_as_text(book: RuleBook) -> None:
    text = {"sentence_date": "2025-01-03", "conditional_release_date": "2028-05-03"}
    dates = {name: date.fromisoformat(value) for name, value in text.items()}
    assert book.assess(text, AS_OF).as_dict() == book.assess(dates, AS_OF).as_dict()


def test_null_is_known_to_be_absent_and_left_out_is_unknown(book: RuleBook) -> None:
    facts = {"sentence_type": "determinate", "provider": "NPS", "sentence_date": "2025-01-03"}
    unknown = book.assess(facts, AS_OF).responsibility
    absent = book.assess(
        {**facts, "conditional_release_date": None, "automatic_release_date": None}, AS_OF
    ).responsibility
    assert unknown.status == "needs_facts"
    assert absent.status == "undefined"


def test_a_level_may_be_given_as_a_number_or_as_text(book: RuleBook) -> None:
    assert book.case({"mappa_level": "2"}, AS_OF).value("mappa_level") == 2
    assert book.case({"mappa_level": None}, AS_OF).value("mappa_level") == "none"


def test_every_fact_that_can_be_asked_for_has_a_plain_question(book: RuleBook) -> None:
    asked = [field for field in book.fields.values() if field.ask is not None]
    assert len(asked) > 40
    for field in asked:
        assert field.kind in ("input", "judgement")
        assert field.question[0].isupper(), field.name
        assert "?" in field.question, field.name
        assert "_" not in field.question, field.name
        assert "_" not in field.label, field.name
