"""Duties of a case that were done, with who did them and when; and taking that back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from assistant.storage.case_models import CaseRecord, TaskDone
from assistant.storage.cases import lock_case
from assistant.storage.visibility import Visible


@dataclass(frozen=True)
class DoneMark:
    """A duty that was done for a due date (none for a duty without one)."""

    task_id: str
    due: date | None
    done_on: date
    done_by: str


class CaseTaskRepository:
    """Duties done, in the database. A mark that is taken back stays as a record that it was set."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def mark_done(
        self, prison_number: str, task_id: str, due: date | None, *, done_on: date, by: str, visible: Visible
    ) -> bool:
        """Note that a duty was done; False when that was noted already. Raises `CaseNotFound`."""
        with Session(self._engine) as session, session.begin():
            case_id = lock_case(session, prison_number, visible)
            if _standing(session, case_id, task_id, due) is not None:
                return False
            session.add(
                TaskDone(
                    case_id=case_id, task_id=task_id, occurrence=_occurrence(due), done_on=done_on, done_by=by
                )
            )
            return True

    def undo(self, prison_number: str, task_id: str, due: date | None, *, by: str, visible: Visible) -> bool:
        """Take back that a duty was done; False when it was not noted. Raises `CaseNotFound`."""
        with Session(self._engine) as session, session.begin():
            mark = _standing(session, lock_case(session, prison_number, visible), task_id, due)
            if mark is None:
                return False
            mark.undone_by, mark.undone_at = by, datetime.now(UTC)
            return True

    def done(self, visible: Visible) -> dict[int, list[DoneMark]]:
        """The standing marks of all cases a person may see, by the id of the case."""
        with Session(self._engine) as session:
            query = (
                select(TaskDone)
                .join(CaseRecord, CaseRecord.id == TaskDone.case_id)
                .where(TaskDone.undone_at.is_(None), visible)
                .order_by(TaskDone.id)
            )
            return _by_case(session.scalars(query))

    def records(self, case_id: int) -> list[TaskDone]:
        """Every mark ever set on a case that was read before, newest first, those taken back as well."""
        with Session(self._engine, expire_on_commit=False) as session:
            query = select(TaskDone).where(TaskDone.case_id == case_id).order_by(TaskDone.id.desc())
            return list(session.scalars(query))


def _occurrence(due: date | None) -> str:
    return due.isoformat() if due else ""


def _standing(session: Session, case_id: int, task_id: str, due: date | None) -> TaskDone | None:
    return session.scalar(
        select(TaskDone).where(
            TaskDone.case_id == case_id,
            TaskDone.task_id == task_id,
            TaskDone.occurrence == _occurrence(due),
            TaskDone.undone_at.is_(None),
        )
    )


def _by_case(marks: Iterable[TaskDone]) -> dict[int, list[DoneMark]]:
    found: dict[int, list[DoneMark]] = {}
    for mark in marks:
        due = date.fromisoformat(mark.occurrence) if mark.occurrence else None
        found.setdefault(mark.case_id, []).append(DoneMark(mark.task_id, due, mark.done_on, mark.done_by))
    return found
