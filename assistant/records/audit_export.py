"""The audit as a table for a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = (
    "id",
    "at",
    "person_id",
    "person_name",
    "channel",
    "request_id",
    "action",
    "outcome",
    "case",
    "details",
    "digest",
)


def as_csv(entries: Sequence[Mapping[str, Any]]) -> bytes:
    """Entries as CSV, with nothing in it that a spreadsheet takes for a formula."""
    from assistant.cases.exporting import write_csv

    return write_csv(COLUMNS, ([_cell(entry[column]) for column in COLUMNS] for entry in entries))


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
