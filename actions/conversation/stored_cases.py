"""Cases kept in a CSV file: a column `prison_number`, then one column for each fact."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

ABSENT = "none"
"""What a cell of a date holds when the date is known not to exist. An empty cell is unknown."""


def stored_case(path: Path, prison_number: str) -> dict[str, Any] | None:
    """The facts of a case, in their JSON form; None when the file holds no such prison number."""
    if not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("prison_number", "").strip().upper() == prison_number.strip().upper():
                return {
                    name: _value(name, cell) for name, cell in row.items() if name != "prison_number" and cell
                }
    return None


def _value(name: str, cell: str) -> Any:
    cell = cell.strip()
    if cell.lower() in ("true", "yes", "false", "no"):
        return cell.lower() in ("true", "yes")
    if name.endswith("_date") and cell.lower() == ABSENT:
        return None
    return cell
