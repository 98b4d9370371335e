"""Reads CSV, XLSX and JSON files as rows of cells, safely: nothing in a file is run or evaluated."""

from __future__ import annotations

import csv
import io
import json
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from assistant.cases.cells import Cell

SUFFIXES = (".csv", ".xlsx", ".json")
MOST_BYTES = 50 * 1024 * 1024
"""The largest file that is read."""
MOST_UNPACKED = 400 * 1024 * 1024
"""The most that the parts of a workbook may come to once they are unpacked."""
MOST_RATIO = 150
"""How many times its packed size a part of a workbook may be: more is a file made to fill the memory."""
MOST_ROWS = 100_000
MOST_COLUMNS = 300
MOST_CELL = 5_000
HEADING_ROWS = 20
"""Where the row of headings is looked for: titles and notes may stand above it."""


class FileUnreadable(ValueError):
    """A file cannot be read as a table at all, with the reason."""


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet shows it, and its cells by heading. `problems` are cells that
    cannot be used whatever they say, by heading."""

    number: int
    cells: Mapping[str, Cell]
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table: its headings in order, and its rows."""

    headings: Sequence[str]
    rows: Sequence[Row]


class Formula(str):
    """A cell that holds a formula. It is not worked out."""


Grid = list[tuple[int, list[Cell]]]
"""The rows that are not blank, each with the number that a spreadsheet shows."""

Recognise = Callable[[str], str | None]
"""Which column a heading means, None for none."""


def read_table(path: Path, recognise: Recognise) -> Table:
    """The table in a file. `recognise` finds the row of headings among titles and notes.

    Raises `FileUnreadable` with the reason.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise FileUnreadable(f"{path.name} is not a {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file")
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise FileUnreadable(
                f"{path.name} has {size:,} bytes; the most that is read is {MOST_BYTES:,}. Split it"
            )
        data = path.read_bytes()
    except OSError as problem:
        raise FileUnreadable(f"{path.name} cannot be read: {problem.strerror}") from problem
    if not data.strip():
        raise FileUnreadable(f"{path.name} is empty")
    if suffix == ".json":
        return _json_table(data)
    grid = _csv_grid(data) if suffix == ".csv" else _xlsx_grid(data)
    return _with_headings(grid, recognise)


# CSV


def _csv_grid(data: bytes) -> Grid:
    if data[:2] == b"PK":
        raise FileUnreadable("it is a workbook; give it the ending .xlsx")
    words = decoded(data)
    if "\x00" in words:
        raise FileUnreadable("it is not a text file")
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=separator_of(words))
    try:
        return _grid(reader)
    except csv.Error as problem:
        raise FileUnreadable(f"line {reader.line_num} cannot be read as CSV: {problem}") from problem


def _grid(rows: Iterable[Sequence[Cell]]) -> Grid:
    grid: Grid = []
    for number, cells in enumerate(rows, start=1):
        values = [*cells]
        while values and _blank(values[-1]):
            values.pop()
        if not values:
            continue
        if len(grid) >= MOST_ROWS:
            raise FileUnreadable(f"it has more than {MOST_ROWS:,} rows. Split it")
        if len(values) > MOST_COLUMNS:
            raise FileUnreadable(f"row {number} has {len(values)} columns; the most is {MOST_COLUMNS}")
        grid.append((number, values))
    return grid


def decoded(data: bytes) -> str:
    """The text of a file: as its byte order mark says, else UTF-8, else Windows-1252 as older programs write."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as problem:
                raise FileUnreadable(f"it is not the {encoding} text that it says it is") from problem
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def separator_of(words: str) -> str:
    """What stands between the cells: the comma, semicolon or tab that the first lines have most of."""
    first = words.splitlines()[:HEADING_ROWS]
    if first and first[0].lower().startswith("sep=") and len(first[0].strip()) == 5:
        return first[0].strip()[4]
    return max(
        ",;\t|", key=lambda mark: max((_outside_quotes(line).count(mark) for line in first), default=0)
    )


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


# XLSX


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
)
"""What openpyxl raises for a workbook with a part missing or damaged."""


def _xlsx_grid(data: bytes) -> Grid:
    from openpyxl import load_workbook

    _check_archive(data)
    try:
        with warnings.catch_warnings(action="ignore"):  # of parts that a caseload does not need
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            sheet = next((item for item in book.worksheets if item.sheet_state == "visible"), None)
            if sheet is None:
                raise FileUnreadable("the workbook has no sheet")
            sheet.reset_dimensions()  # what the file says of its own size is not always true
            grid = _grid([_xlsx_cell(cell) for cell in cells] for cells in sheet.iter_rows())
            book.close()
    except FileUnreadable:
        raise
    except _BROKEN as problem:
        raise FileUnreadable(
            f"it cannot be read as an .xlsx workbook ({type(problem).__name__})"
        ) from problem
    return grid


def _xlsx_cell(cell: Any) -> Cell:
    if cell.data_type == "f":
        return Formula(cell.value)
    if cell.data_type == "e":
        return Formula(f"error {cell.value}")
    value: Cell = cell.value
    return value


def _check_archive(data: bytes) -> None:
    """Refuse a workbook that would unpack to far more than it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError) as problem:
        raise FileUnreadable("it is not an .xlsx workbook, or a part of it is missing") from problem
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileUnreadable("it is protected by a password; save it without one")
    unpacked = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > 1_000_000 and part.file_size > MOST_RATIO * part.compress_size for part in parts
    )
    if len(parts) > 2_000 or unpacked > MOST_UNPACKED or swollen:
        raise FileUnreadable(
            f"it would unpack from {len(data):,} to {unpacked:,} bytes, far more than a caseload has"
        )


# JSON


def _json_table(data: bytes) -> Table:
    try:
        given = json.loads(decoded(data))
    except (json.JSONDecodeError, RecursionError) as problem:
        raise FileUnreadable(f"it is not JSON: {problem}") from problem
    records = given.get("cases") if isinstance(given, dict) else given
    if not isinstance(records, list):
        raise FileUnreadable('it must hold a list of cases, or {"cases": [...]}')
    if len(records) > MOST_ROWS:
        raise FileUnreadable(f"it has more than {MOST_ROWS:,} cases. Split it")
    rows = []
    headings: dict[str, None] = {}
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise FileUnreadable(f"case {number} is not an object with a prison number and facts")
        rows.append(json_row(number, record))
        headings |= dict.fromkeys(rows[-1].cells) | dict.fromkeys(rows[-1].problems)
    if not rows:
        raise FileUnreadable("there is no case in it")
    return Table(list(headings), rows)


def json_row(number: int, record: Mapping[str, Any]) -> Row:
    """An object with facts beside the prison number, or under `facts`, as a row. Null is known to be absent."""
    facts = record.get("facts", {})
    flat = {key: value for key, value in record.items() if key != "facts"}
    flat |= facts if isinstance(facts, Mapping) else {"facts": facts}
    cells: dict[str, Cell] = {}
    problems: dict[str, str] = {}
    for name, value in flat.items():
        if value is None:
            cells[name] = None if name in ("prison_number", "name", "pom", "synthetic") else "none"
        elif isinstance(value, (list, dict)):
            problems[name] = "it is a list or an object, not a value"
        elif isinstance(value, str) and len(value) > MOST_CELL:
            problems[name] = f"it has {len(value):,} characters"
        else:
            cells[name] = value
    return Row(number, cells, problems)


# Headings


def _with_headings(grid: Grid, recognise: Recognise) -> Table:
    """The rows below the headings. Headings may stand in two rows where cells are merged."""
    at = next(
        (
            place
            for place, (_, cells) in enumerate(grid[:HEADING_ROWS])
            if any(recognise(_as_heading(cell)) == "prison_number" for cell in cells)
        ),
        None,
    )
    if at is None:
        raise FileUnreadable(
            "no column is headed prison_number (or Prison number, NOMIS number) in the first "
            f"{HEADING_ROWS} rows"
        )
    headings = [_as_heading(cell) for cell in grid[at][1]]
    first = at + 1
    if first < len(grid) and _continues(headings, grid[first][1], recognise):
        below = [_as_heading(cell) for cell in grid[first][1]]
        headings = [low or high for high, low in zip_longest(headings, below, fillvalue="")]
        first += 1
    rows = [_row(number, headings, cells) for number, cells in grid[first:]]
    if not rows:
        raise FileUnreadable("there is no row below the headings")
    return Table([heading for heading in headings if heading], rows)


def _as_heading(cell: Cell) -> str:
    return " ".join(str(cell).split()) if isinstance(cell, str) and not isinstance(cell, Formula) else ""


def _blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _continues(headings: Sequence[str], cells: Sequence[Cell], recognise: Recognise) -> bool:
    """Whether a row goes on with the headings: no prison number in it, and the name of another column."""
    place = next(number for number, name in enumerate(headings) if recognise(name) == "prison_number")
    if place < len(cells) and not _blank(cells[place]):
        return False
    return any(recognise(_as_heading(cell)) is not None for cell in cells if not _blank(cell))


def _row(number: int, headings: Sequence[str], cells: Sequence[Cell]) -> Row:
    found: dict[str, Cell] = {}
    problems: dict[str, str] = {}
    for place, cell in enumerate(cells):
        heading = headings[place] if place < len(headings) else ""
        if isinstance(cell, Formula):
            problems[heading or f"column {place + 1}"] = (
                "it holds a formula, which is not worked out; copy the column and paste its values"
            )
        elif isinstance(cell, str) and len(cell) > MOST_CELL:
            problems[heading or f"column {place + 1}"] = f"it has {len(cell):,} characters"
        elif heading:
            if heading in found and not _blank(found[heading]) and not _blank(cell):
                problems[heading] = "there are two columns with this heading"
            elif heading not in found or _blank(found[heading]):
                found[heading] = cell
        elif not _blank(cell):
            problems[f"column {place + 1}"] = "there is a value but no heading above it"
    return Row(number, found, problems)
