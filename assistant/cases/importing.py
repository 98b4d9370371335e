"""Checks the rows of a source with the rules' own checks, and takes the cases over, all or none as asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Engine

from actions.rules import FactError, FactErrors, RuleBook
from assistant.cases.cells import CellUnreadable, read_cell, read_flag, read_line, read_prison_number
from assistant.cases.columns import Columns
from assistant.cases.sources import CaseSource, SourceFailure, SourceRead
from assistant.cases.tables import Row
from assistant.storage.case_intake import CaseIntake, IncomingCase, Intake, IntakeRefused

Report = Callable[[str, int, int], None]
"""Told what is being done, how many steps are finished, and how many there are."""


@dataclass(frozen=True)
class RowProblem:
    """One thing that is wrong with one cell: where it is, what is wrong, and what is allowed."""

    row: int
    column: str
    problem: str
    allowed: str = ""

    def __str__(self) -> str:
        allowed = f" Allowed: {self.allowed}." if self.allowed else ""
        return f"row {self.row}, {self.column}: {self.problem}.{allowed}"


@dataclass
class CheckedRows:
    """The cases that can be taken over, and what is wrong with the others."""

    cases: dict[str, IncomingCase] = field(default_factory=dict)
    """The cases by prison number."""
    rows: dict[str, int] = field(default_factory=dict)
    """The row of each prison number."""
    problems: list[RowProblem] = field(default_factory=list)
    bad_rows: int = 0
    repeated_rows: int = 0
    unused: list[str] = field(default_factory=list)
    """Columns that mean nothing here."""
    slips: dict[str, str] = field(default_factory=dict)
    """Headings that are nearly those of a column, with that column."""


@dataclass
class ImportResult:
    """What came of an import."""

    source: str
    taken: bool
    """Whether anything was written."""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept_corrections: int = 0
    bad_rows: int = 0
    repeated_rows: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    unused_columns: list[str] = field(default_factory=list)
    misspelt_columns: dict[str, str] = field(default_factory=dict)
    failures: list[SourceFailure] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything in the source was taken over."""
        return self.taken and not self.problems and not self.failures and not self.misspelt_columns


def import_cases(
    source: CaseSource,
    engine: Engine,
    book: RuleBook,
    *,
    by: str,
    on: date,
    skip_bad: bool = False,
    synthetic: bool = False,
    report: Report = lambda doing, done, steps: None,
) -> ImportResult:
    """Take over the cases of a source.

    With a problem in any row nothing is taken over, or with `skip_bad` only the rows without one. Everything
    is written in one transaction. Raises what the source raises when it cannot be read at all.
    """
    read = source.read()
    columns = Columns.of(book)
    checked = check_rows(read, columns, book, on, report)
    result = ImportResult(
        source.name,
        taken=False,
        bad_rows=checked.bad_rows,
        repeated_rows=checked.repeated_rows,
        problems=checked.problems,
        unused_columns=checked.unused,
        misspelt_columns=checked.slips,
        failures=read.failures,
    )
    if (checked.problems or checked.slips or read.failures) and not skip_bad:
        return result
    cases = [replace(case, synthetic=True) if synthetic else case for case in checked.cases.values()]
    try:
        done = CaseIntake(engine).take(
            cases,
            source=source.name,
            by=by,
            on=on,
            check=_together(book, on),
            all_or_none=not skip_bad,
            report=lambda seen: report("Taking over", seen, len(cases)),
        )
    except IntakeRefused as refused:
        done = Intake(refused=refused.refused)
    else:
        result.taken = True
    result.added, result.changed, result.unchanged = done.added, done.changed, done.unchanged
    result.kept_corrections = done.kept_corrections
    result.bad_rows += len(done.refused)
    for refusal in done.refused:
        row = checked.rows[refusal.prison_number]
        result.problems += [
            RowProblem(row, error.field, f"{error.problem}, with the facts known already", error.allowed)
            for error in refusal.problems
        ]
    return result


def check_rows(read: SourceRead, columns: Columns, book: RuleBook, on: date, report: Report) -> CheckedRows:
    """Every row as a case, or what is wrong with it."""
    checked = CheckedRows()
    named = {heading: columns.named(heading) for heading in read.headings}
    for heading, name in named.items():
        if name is None and heading:
            nearest = columns.nearest(heading)
            if nearest is None:
                checked.unused.append(heading)
            else:
                checked.slips[heading] = nearest
    meant = {heading: name for heading, name in named.items() if name is not None}
    seen: dict[str, tuple[int, IncomingCase]] = {}
    for done, row in enumerate(read.rows, start=1):
        case, problems = _check_row(row, meant, columns, book, on)
        if case is not None and case.prison_number in seen:
            earlier_row, earlier = seen[case.prison_number]
            if earlier == case:
                checked.repeated_rows += 1
                continue
            problems.append(
                RowProblem(
                    row.number,
                    "prison_number",
                    f"{case.prison_number} stands in row {earlier_row} too, and the two rows differ",
                    "one row for each prison number",
                )
            )
            if checked.cases.pop(case.prison_number, None):
                checked.bad_rows += 1
        elif case is not None:
            seen[case.prison_number] = (row.number, case)
            if not problems:
                checked.cases[case.prison_number] = case
                checked.rows[case.prison_number] = row.number
        checked.problems += problems
        checked.bad_rows += bool(problems)
        if done % 500 == 0 or done == len(read.rows):
            report("Checking", done, len(read.rows))
    return checked


def _check_row(
    row: Row, meant: Mapping[str, str], columns: Columns, book: RuleBook, on: date
) -> tuple[IncomingCase | None, list[RowProblem]]:
    """The case of a row, if it has a prison number, and what is wrong with the row."""
    problems = [
        RowProblem(row.number, heading, problem)
        for heading, problem in row.problems.items()
        if heading in meant or heading.startswith("column ")
    ]
    values: dict[str, Any] = {}
    came_from: dict[str, str] = {}
    for heading, cell in row.cells.items():
        name = meant.get(heading)
        if name is None:
            continue
        try:
            if name == "prison_number":
                value: Any = read_prison_number(cell)
            elif name in ("name", "pom"):
                value = read_line(cell)
            elif name == "synthetic":
                value = read_flag(cell)
            else:
                value = read_cell(columns.facts[name], cell)
        except CellUnreadable as problem:
            problems.append(RowProblem(row.number, heading, str(problem), problem.allowed))
            continue
        if value in (..., None) and name in values and name not in columns.facts:
            continue
        if value is ...:
            continue
        if name in values and values[name] != value:
            problems.append(
                RowProblem(
                    row.number, heading, f"it says otherwise than the column {came_from[name]}", "one value"
                )
            )
        values[name], came_from[name] = value, heading
    if "prison_number" not in values:
        if not any(item.column in meant and meant[item.column] == "prison_number" for item in problems):
            problems.append(RowProblem(row.number, "prison_number", "there is no prison number"))
        return None, problems
    facts = {name: value for name, value in values.items() if name in columns.facts}
    for error in fact_errors(book, facts, on):
        problems.append(
            RowProblem(row.number, came_from.get(error.field, error.field), error.problem, error.allowed)
        )
    case = IncomingCase(
        values["prison_number"],
        facts,
        name=values.get("name"),
        pom=values.get("pom"),
        synthetic=bool(values.get("synthetic", False)),
    )
    return case, problems


def fact_errors(book: RuleBook, facts: Mapping[str, Any], on: date) -> Sequence[FactError]:
    """What the rules find wrong with the facts of a case taken together."""
    try:
        book.case(facts, on)
    except FactErrors as errors:
        return errors.errors
    return ()


def _together(book: RuleBook, on: date) -> Callable[[Mapping[str, Any]], Sequence[FactError]]:
    return lambda facts: fact_errors(book, facts, on)
