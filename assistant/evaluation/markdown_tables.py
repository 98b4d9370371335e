"""Tables of a Markdown report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

MOST_SHOWN = 240
"""Most characters of one cell."""


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table, or `None.` without rows."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines) if len(lines) > 2 else "None."


def _row(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(shown(cell).replace("|", "\\|") for cell in cells) + " |"


def shown(value: Any) -> str:
    """A value on one line, cut at `MOST_SHOWN` characters."""
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value) or "none"
    words = " ".join(str(value).split())
    return words if len(words) <= MOST_SHOWN else f"{words[:MOST_SHOWN].rstrip()}..."


def percent(share: float | None) -> str:
    """A share between 0 and 1 as a percentage; a dash when there is none."""
    return "-" if share is None else f"{share:.1%}"
