"""Where cases come from: one interface, whatever is behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from assistant.cases.columns import Columns
from assistant.cases.tables import Row, read_table


@dataclass(frozen=True)
class SourceFailure:
    """A part of a source that could not be read: nothing is known of the cases in it."""

    what: str
    reason: str


@dataclass
class SourceRead:
    """What was read from a source. `failures` are parts that could not be read."""

    headings: Sequence[str] = ()
    rows: list[Row] = field(default_factory=list)
    failures: list[SourceFailure] = field(default_factory=list)


class CaseSource(Protocol):
    """Gives cases as rows of cells, none of them checked yet: the import checks them all alike."""

    @property
    def name(self) -> str:
        """What the history of a fact names as its source."""

    def read(self) -> SourceRead:
        """Every case that the source has. Raises when nothing at all could be read."""


@dataclass(frozen=True)
class FileSource:
    """A CSV, XLSX or JSON file."""

    path: Path
    columns: Columns
    name: str = "file import"

    def read(self) -> SourceRead:
        """The rows of the file. Raises `assistant.cases.tables.FileUnreadable`."""
        table = read_table(self.path, self.columns.named)
        return SourceRead(table.headings, [*table.rows])


def numbered(rows: Iterator[Row] | Sequence[Row]) -> list[Row]:
    """Rows numbered from 1, for a source that has no numbers of its own."""
    return [Row(number, row.cells, row.problems) for number, row in enumerate(rows, start=1)]
