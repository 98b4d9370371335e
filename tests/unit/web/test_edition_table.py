"""A case under each edition, side by side."""

from __future__ import annotations

from datetime import date

import pytest

from actions.rules import FactErrors, RuleBook
from assistant.web.edition_table import EditionTable, edition_table

AS_OF = date(2026, 1, 31)
NPS_CASE = {
    "provider": "NPS",
    "sentence_type": "determinate",
    "sentence_date": "2025-01-03",
    "conditional_release_date": "2027-03-15",
}


@pytest.fixture(scope="module")
def table() -> EditionTable:
    return edition_table(RuleBook.load(), NPS_CASE, AS_OF)


def test_each_edition_has_its_own_handover_date_and_the_row_differs(table: EditionTable) -> None:
    row = next(row for row in table.rows if row.label == "Handover")
    assert dict(zip(table.editions, row.values, strict=True)) == {
        "2019": "15 July 2026",
        "2022": "31 July 2026",
        "2026-service": "1 July 2026",
    }
    assert row.differs


def test_a_duty_that_an_edition_does_not_have_is_empty_there(table: EditionTable) -> None:
    row = next(row for row in table.duties if row.label == "Complete the first OASys and sentence plan")
    assert dict(zip(table.editions, row.values, strict=True)) == {
        "2019": "14 March 2025",
        "2022": "14 March 2025",
        "2026-service": "",
    }


def test_what_the_editions_agree_on_does_not_differ(table: EditionTable) -> None:
    row = next(row for row in table.rows if row.label == "Responsible")
    assert set(row.values) == {"The prison offender manager (POM)"}
    assert not row.differs


def test_facts_that_no_edition_can_take_are_refused() -> None:
    with pytest.raises(FactErrors):
        edition_table(RuleBook.load(), {"sentence_date": "2025-02-31"}, AS_OF)
