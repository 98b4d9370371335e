"""Cases in the database: reading them, correcting a fact, and the history of every fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import EllipsisType
from typing import Any

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from assistant.storage.case_models import CaseAllocation, CaseFact, CaseRecord, FactChange
from assistant.storage.visibility import Visible, allocated_to, person_key


class CaseNotFound(LookupError):
    """There is no such case, or it is not one that this person may see: the two are not told apart."""

    def __init__(self, prison_number: str) -> None:
        self.prison_number = prison_number
        super().__init__(f"there is no case {prison_number} that you can see")


class StaleChange(RuntimeError):
    """Somebody else changed what is being changed. `current` is what stands now; nothing was written."""

    def __init__(self, what: str, current: Any, changed_by: str, changed_at: datetime) -> None:
        self.what, self.current = what, current
        self.changed_by, self.changed_at = changed_by, changed_at
        super().__init__(f"{what} was changed by {changed_by} in the meantime")


@dataclass(frozen=True)
class StoredCase:
    """A case as it stands. A fact that is not among `facts` is unknown; None is known to be absent."""

    id: int
    prison_number: str
    name: str | None
    synthetic: bool
    version: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    revisions: Mapping[str, int] = field(default_factory=dict)
    """How often each fact was changed. A fact that never had a value has revision 0."""
    pom: str | None = None
    """Who the case is allocated to now."""


def normal_number(prison_number: str) -> str:
    """A prison number as it is kept: capital letters without spaces."""
    return "".join(prison_number.split()).upper()


class CaseRepository:
    """Cases in the database. What a person may not see is not there for them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, prison_number: str, visible: Visible) -> StoredCase:
        """One case. Raises `CaseNotFound`."""
        with Session(self._engine) as session:
            return _read_one(session, prison_number, visible)

    def cases(self, visible: Visible, pom: str | None = None) -> list[StoredCase]:
        """All cases a person may see, by prison number; with `pom`, those allocated to that person."""
        with Session(self._engine) as session:
            clause = visible
            if pom is not None:
                clause = clause & allocated_to(pom)
            return _read(session, clause)

    def count(self, visible: Visible) -> int:
        """How many cases a person may see."""
        with Session(self._engine) as session:
            return session.scalar(select(func.count()).select_from(CaseRecord).where(visible)) or 0

    def poms(self) -> list[str]:
        """What names everyone to whom a case is allocated now."""
        with Session(self._engine) as session:
            query = select(CaseAllocation.person_id).where(CaseAllocation.to_date.is_(None)).distinct()
            return list(session.scalars(query))

    def state(self, visible: Visible) -> str:
        """A short mark that changes whenever anything is written about the cases a person may see."""
        with Session(self._engine) as session:
            query = select(func.count(), func.sum(CaseRecord.version), func.max(CaseRecord.id))
            return "-".join(str(value or 0) for value in session.execute(query.where(visible)).one())

    def history(self, prison_number: str, visible: Visible) -> list[FactChange]:
        """Every change of every fact of a case, newest first. Raises `CaseNotFound`."""
        with Session(self._engine, expire_on_commit=False) as session:
            case = _read_one(session, prison_number, visible)
            query = select(FactChange).where(FactChange.case_id == case.id).order_by(FactChange.id.desc())
            return list(session.scalars(query))

    def correct(
        self,
        prison_number: str,
        fact: str,
        value: Any | EllipsisType,
        *,
        seen: int,
        by: str,
        source: str,
        visible: Visible,
    ) -> StoredCase:
        """Change one fact; `...` makes it unknown again. `seen` is the revision that was on the screen.

        The value must have been checked. Raises `CaseNotFound`, and `StaleChange` when the fact was changed
        since it was seen.
        """
        with Session(self._engine) as session, session.begin():
            case_id = lock_case(session, prison_number, visible)
            standing = session.get(CaseFact, (case_id, fact))
            if (standing.revision if standing else 0) != seen:
                raise _stale(session, case_id, fact)
            write_fact(session, case_id, fact, value, by=by, source=source)
            session.flush()
            return _read_one(session, prison_number, visible)

    def allocate(
        self, prison_number: str, person: str | None, *, on: date, by: str, source: str, visible: Visible
    ) -> None:
        """Give a case to a person from a day on, or to nobody. Raises `CaseNotFound`."""
        with Session(self._engine) as session, session.begin():
            allocate_case(
                session, lock_case(session, prison_number, visible), person, on=on, by=by, source=source
            )

    def allocations(self, prison_number: str, visible: Visible) -> list[CaseAllocation]:
        """Everyone a case was ever allocated to, newest first. Raises `CaseNotFound`."""
        with Session(self._engine, expire_on_commit=False) as session:
            case = _read_one(session, prison_number, visible)
            query = (
                select(CaseAllocation)
                .where(CaseAllocation.case_id == case.id)
                .order_by(CaseAllocation.id.desc())
            )
            return list(session.scalars(query))

    def erase(self, prison_number: str, visible: Visible) -> None:
        """Remove a case with everything kept about it. Raises `CaseNotFound`."""
        with Session(self._engine) as session, session.begin():
            session.execute(
                delete(CaseRecord).where(CaseRecord.id == lock_case(session, prison_number, visible))
            )


def lock_case(session: Session, prison_number: str, visible: Visible) -> int:
    """The id of a case that is about to be written, with other writers kept waiting. Raises `CaseNotFound`.

    The write comes before any reading, so that SQLite never reads a state that another writer has replaced.
    """
    number = normal_number(prison_number)
    written = session.scalar(
        update(CaseRecord)
        .where(CaseRecord.prison_number == number, visible)
        .values(version=CaseRecord.version + 1, updated_at=datetime.now(UTC))
        .returning(CaseRecord.id)
        .execution_options(synchronize_session=False)
    )
    if written is None:
        raise CaseNotFound(number)
    return written


def write_fact(
    session: Session, case_id: int, fact: str, value: Any | EllipsisType, *, by: str, source: str
) -> bool:
    """Set one fact of a locked case and keep the change; False when it stands like that already."""
    known, plain = value is not ..., None if value is ... else value
    standing = session.get(CaseFact, (case_id, fact))
    old_known, old_value = (standing.known, standing.value) if standing else (False, None)
    if (old_known, old_value if old_known else None) == (known, plain) and same_kind(old_value, plain):
        return False
    if standing is None:
        standing = CaseFact(case_id=case_id, fact=fact, known=known, value=plain, revision=1)
        session.add(standing)
    else:
        standing.known, standing.value, standing.revision = known, plain, standing.revision + 1
        flag_modified(standing, "value")  # 1 and true are equal, so that the change would not be seen
    session.add(
        FactChange(
            case_id=case_id,
            fact=fact,
            revision=standing.revision,
            old_known=old_known,
            old_value=old_value,
            new_known=known,
            new_value=plain,
            changed_by=by,
            source=source,
        )
    )
    return True


def same_kind(first: Any, second: Any) -> bool:
    """Whether two values that are equal also say the same: 1 and true are equal in Python."""
    return isinstance(first, bool) == isinstance(second, bool)


def allocate_case(
    session: Session, case_id: int, person: str | None, *, on: date, by: str, source: str
) -> bool:
    """Give a locked case to a person from a day on; False when it is theirs already."""
    key = person_key(person) if person else None
    standing = session.scalar(
        select(CaseAllocation).where(CaseAllocation.case_id == case_id, CaseAllocation.to_date.is_(None))
    )
    if (standing.person_id if standing else None) == key:
        return False
    if standing is not None:
        standing.to_date = on
        session.flush()
    if key:
        session.add(
            CaseAllocation(case_id=case_id, person_id=key, from_date=on, recorded_by=by, source=source)
        )
    return True


def _stale(session: Session, case_id: int, fact: str) -> StaleChange:
    newest = session.scalars(
        select(FactChange)
        .where(FactChange.case_id == case_id, FactChange.fact == fact)
        .order_by(FactChange.revision.desc())
    ).first()
    assert newest is not None, "a revision other than the one seen was written by somebody"
    current = newest.new_value if newest.new_known else ...
    return StaleChange(fact, current, newest.changed_by, newest.changed_at)


def _read_one(session: Session, prison_number: str, visible: Visible) -> StoredCase:
    number = normal_number(prison_number)
    found = _read(session, (CaseRecord.prison_number == number) & visible)
    if not found:
        raise CaseNotFound(number)
    return found[0]


def _read(session: Session, clause: Any) -> list[StoredCase]:
    query = (
        select(CaseRecord, CaseAllocation.person_id)
        .outerjoin(
            CaseAllocation, (CaseAllocation.case_id == CaseRecord.id) & CaseAllocation.to_date.is_(None)
        )
        .where(clause)
        .order_by(CaseRecord.prison_number)
    )
    records = session.execute(query.execution_options(populate_existing=True)).all()
    facts: dict[int, dict[str, Any]] = {record.id: {} for record, _ in records}
    revisions: dict[int, dict[str, int]] = {record.id: {} for record, _ in records}
    rows = session.execute(
        select(CaseFact.case_id, CaseFact.fact, CaseFact.known, CaseFact.value, CaseFact.revision)
        .join(CaseRecord, CaseRecord.id == CaseFact.case_id)
        .where(clause)
        .order_by(CaseFact.case_id, CaseFact.fact)
    )
    for case_id, fact, known, value, revision in rows:
        if case_id not in facts:
            continue
        revisions[case_id][fact] = revision
        if known:
            facts[case_id][fact] = value
    return [
        StoredCase(
            record.id,
            record.prison_number,
            record.name,
            record.synthetic,
            record.version,
            facts[record.id],
            revisions[record.id],
            pom,
        )
        for record, pom in records
    ]
