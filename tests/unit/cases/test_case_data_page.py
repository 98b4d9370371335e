"""The page about case data says what the code does."""

import importlib.util
import re
from pathlib import Path

import pytest

from actions.clock import today
from actions.rules import RuleBook
from assistant.cases.cells import read_cell
from assistant.cases.columns import Columns, simplified, vocabulary
from assistant.cases.importing import fact_errors
from assistant.cases.prisoner_search import cells_of, field_table, mapped_fields

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "case-data.md").read_text(encoding="utf-8")
BOOK = RuleBook.load()
COLUMNS = Columns.of(BOOK)


def test_the_page_is_up_to_date() -> None:
    path = ROOT / "scripts" / "write_case_data_page.py"
    spec = importlib.util.spec_from_file_location("write_case_data_page", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.page(PAGE, COLUMNS) == PAGE, "run python scripts/write_case_data_page.py"


def test_every_fact_that_is_entered_has_a_column() -> None:
    entered = {name for name, field in BOOK.fields.items() if field.kind != "derived"} - {"today"}
    assert set(COLUMNS.facts) == entered
    listed = set(re.findall(r"^\| `([a-z_0-9A-Z]+)` \|", PAGE, re.MULTILINE))
    assert entered <= listed


def test_every_heading_means_one_column() -> None:
    meant: dict[str, str] = {}
    for name in ("prison_number", "name", "pom", "synthetic", *COLUMNS.facts):
        for heading in COLUMNS.headings_of(name):
            assert meant.setdefault(simplified(heading), name) == name, heading
            assert COLUMNS.named(heading) == name


def test_every_word_for_a_value_is_of_a_fact_and_a_value_that_there_are() -> None:
    words = vocabulary()
    assert set(words["facts"]) <= set(COLUMNS.facts)
    for name, values in words["values"].items():
        allowed = {str(value) for value in COLUMNS.facts[name].allowed}
        assert {str(value) for value in values} <= allowed
        for value, aliases in values.items():
            for alias in aliases:
                assert str(read_cell(COLUMNS.facts[name], str(alias))) == str(value)


@pytest.mark.parametrize("mapped", mapped_fields(), ids=lambda mapped: mapped.fact)
def test_every_field_of_the_service_says_a_fact_that_can_be_used(mapped: object) -> None:
    field = COLUMNS.facts[mapped.fact]  # type: ignore[attr-defined]
    for said in mapped.words.values() if mapped.words else ("2020-01-31",):  # type: ignore[attr-defined]
        assert fact_errors(BOOK, {field.name: read_cell(field, said)}, today()) == ()


def test_no_field_is_both_taken_and_not() -> None:
    taken = {mapped.field for mapped in mapped_fields()}
    assert not taken & {row["field"] for row in field_table()["not_taken"]}
    assert set(cells_of(dict.fromkeys(taken))) == {"prison_number", "name"}
