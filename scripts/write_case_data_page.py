"""Write the tables of docs/case-data.md: the columns of a file, and the fields of a prisoner search service.

    python scripts/write_case_data_page.py

The lines between `<!-- name -->` and `<!-- end -->` in the page are generated; the rest is written by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from actions.rules import Field, RuleBook  # noqa: E402
from assistant.cases.columns import IDENTITY, Columns  # noqa: E402
from assistant.cases.prisoner_search import field_table, mapped_fields  # noqa: E402

PAGE = ROOT / "docs" / "case-data.md"

OWN = {
    "prison_number": "a letter, four digits and two letters; every row needs it",
    "name": "a name; you can leave it out",
    "pom": "who holds the case; you can leave it out",
    "synthetic": "yes for a made-up case",
}
"""What the columns hold that are no fact."""


def page(text: str, columns: Columns) -> str:
    """The page with its tables brought up to date."""
    tables = {
        "columns": table(("Column", "Also headed", "Holds"), _columns(columns)),
        "fields": table(("Field of the service", "Fact", "Taken when it says", "Any other value"), _fields()),
        "not taken": table(
            ("Field of the service", "Why not"),
            ((f"`{row['field']}`", row["why"]) for row in field_table()["not_taken"]),
        ),
    }
    for name, lines in tables.items():
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = marked.sub(lambda found, lines=lines: f"{found[1]}{lines}{found[2]}", text)
    return text


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(headings)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _columns(columns: Columns) -> Iterator[tuple[str, str, str]]:
    for name in (*IDENTITY, *columns.facts):
        also = ", ".join(dict.fromkeys(str(heading) for heading in columns.headings_of(name)[1:]))
        yield f"`{name}`", also, OWN.get(name) or _holds(columns.facts[name])


def _holds(field: Field) -> str:
    if field.type in ("date", "datetime"):
        return "a date, or none"
    if field.type == "bool":
        return "yes or no"
    if field.type == "number":
        return "a number, or none"
    return ", ".join(str(value) for value in field.allowed)


def _fields() -> Iterator[tuple[str, str, str, str]]:
    identity = field_table()["identity"]
    yield f"`{identity['prison_number']}`", "`prison_number`", "a prison number", "the case is not taken"
    names = " and ".join(f"`{part}`" for part in identity["name"])
    yield names, "`name`", "anything", ""
    for mapped in mapped_fields():
        said = ", ".join(f"`{word}`: {value}" for word, value in mapped.words.items())
        other = f"the case is not taken: {mapped.otherwise}" if mapped.otherwise else "says nothing"
        yield (
            f"`{mapped.field}`",
            f"`{mapped.fact}`",
            said or "a date",
            other if said else "the case is not taken",
        )


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), Columns.of(RuleBook.load())), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
