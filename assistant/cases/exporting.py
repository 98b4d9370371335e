"""Writes cases as CSV, XLSX or JSON, so that the import takes back exactly what was written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from assistant.cases.columns import Columns
from assistant.storage.cases import StoredCase

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that starts like this for a formula."""


def neutralised(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula. Numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV, marked as UTF-8 so that a spreadsheet reads every letter."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(headings)
    writer.writerows([neutralised(_plain(value)) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def write_xlsx(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as a workbook with one sheet: dates are dates, and text is never a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"

    def cell(value: Any, bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            made.data_type = "s"
        if isinstance(value, date):
            made.number_format = "dd/mm/yyyy"
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(heading, bold=True) for heading in headings])
    for row in rows:
        sheet.append([cell(value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def export_cases(cases: Sequence[StoredCase], columns: Columns, suffix: str) -> bytes:
    """The cases as a file with the ending `.csv`, `.xlsx` or `.json`. Raises `KeyError` for another ending."""
    return {".csv": _cases_csv, ".xlsx": _cases_xlsx, ".json": _cases_json}[suffix](cases, columns)


def _cases_csv(cases: Sequence[StoredCase], columns: Columns) -> bytes:
    names = _columns_of(cases, columns)
    return write_csv(names, (_row(case, names, columns, as_date=str) for case in cases))


def _cases_xlsx(cases: Sequence[StoredCase], columns: Columns) -> bytes:
    names = _columns_of(cases, columns)
    rows = (_row(case, names, columns, as_date=date.fromisoformat) for case in cases)
    return write_xlsx("Cases", names, rows)


def _cases_json(cases: Sequence[StoredCase], columns: Columns) -> bytes:
    given = [
        {
            "prison_number": case.prison_number,
            "name": case.name,
            "pom": case.pom,
            "synthetic": case.synthetic,
            "facts": dict(case.facts),
        }
        for case in cases
    ]
    return json.dumps({"cases": given}, indent=2, ensure_ascii=False).encode()


def _columns_of(cases: Sequence[StoredCase], columns: Columns) -> list[str]:
    """The columns that any of the cases needs, in the order of the list of facts."""
    used = {name for case in cases for name in case.facts}
    names = ["prison_number"]
    names += ["name"] if any(case.name for case in cases) else []
    names += ["pom"] if any(case.pom for case in cases) else []
    names += ["synthetic"] if any(case.synthetic for case in cases) else []
    return names + [name for name in columns.facts if name in used]


def _row(case: StoredCase, names: Sequence[str], columns: Columns, as_date: Any) -> list[Any]:
    own: Mapping[str, Any] = {
        "prison_number": case.prison_number,
        "name": case.name or "",
        "pom": case.pom or "",
        "synthetic": "yes" if case.synthetic else "no",
    }
    return [own[name] if name in own else _cell(case, name, columns, as_date) for name in names]


def _cell(case: StoredCase, name: str, columns: Columns, as_date: Any) -> Any:
    if name not in case.facts:
        return ""
    value = case.facts[name]
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if columns.facts[name].type == "date":
        return as_date(value)
    return value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
