"""Taking over many cases at once, all or none: new cases, changed facts, new allocations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.orm import Session

from assistant.storage.case_models import (
    CaseAllocation,
    CaseFact,
    CaseImport,
    CaseRecord,
    FactChange,
)
from assistant.storage.cases import allocate_case, same_kind, write_fact
from assistant.storage.visibility import person_key

CHUNK = 500
"""Cases looked up at once: a database takes only so many values in one query."""

_ONE_AT_A_TIME = 0x504F4D
"""The lock that keeps two imports of PostgreSQL apart. SQLite has one writer anyway."""


@dataclass(frozen=True)
class IncomingCase:
    """A case as a source gives it. A fact that is left out says nothing about what is known already."""

    prison_number: str
    facts: Mapping[str, Any]
    name: str | None = None
    pom: str | None = None
    synthetic: bool = False


@dataclass(frozen=True)
class Refusal:
    """A case that was not taken over, because its facts do not go together with those known already."""

    prison_number: str
    problems: tuple[Any, ...]


@dataclass
class Intake:
    """What came of taking cases over."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept_corrections: int = 0
    """Facts that were corrected by hand, and that the source still gives as it did before."""
    refused: list[Refusal] = field(default_factory=list)


class IntakeRefused(ValueError):
    """Some cases could not be taken over, and all or none was asked for. Nothing was written."""

    def __init__(self, refused: Sequence[Refusal]) -> None:
        self.refused = list(refused)
        super().__init__(f"{len(self.refused)} cases could not be taken over")


Check = Callable[[Mapping[str, Any]], Sequence[Any]]
"""What is wrong with the facts of a case taken together; nothing when they are fine."""


class CaseIntake:
    """Takes cases over into the database in one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(
        self,
        cases: Iterable[IncomingCase],
        *,
        source: str,
        by: str,
        on: date,
        check: Check = lambda facts: (),
        all_or_none: bool = True,
        report: Callable[[int], None] = lambda done: None,
    ) -> Intake:
        """Add the cases that are new and change those that differ. Taking the same again changes nothing.

        A fact that a person corrected stays as long as the source says what it said before. `check` sees the
        facts a case would have; what it finds wrong refuses the case, or with `all_or_none` everything
        (`IntakeRefused`). `report` is told after each chunk how many cases were looked at.
        """
        result = Intake()
        with Session(self._engine) as session, session.begin():
            record = CaseImport(source=source, imported_by=by, added=0, changed=0, unchanged=0)
            if self._engine.dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            session.add(record)
            session.flush()  # the first write: from here on SQLite keeps other writers waiting
            seen = 0
            for chunk in _chunks(cases, CHUNK):
                _Chunk(session, source, by, on, check, result).take(chunk)
                seen += len(chunk)
                report(seen)
            if all_or_none and result.refused:
                raise IntakeRefused(result.refused)
            record.added, record.changed, record.unchanged = result.added, result.changed, result.unchanged
        return result


@dataclass
class _Chunk:
    session: Session
    source: str
    by: str
    on: date
    check: Check
    result: Intake

    def take(self, cases: Sequence[IncomingCase]) -> None:
        numbers = [case.prison_number for case in cases]
        known = {
            record.prison_number: record
            for record in self.session.scalars(
                select(CaseRecord).where(CaseRecord.prison_number.in_(numbers)).with_for_update()
            )
        }
        ids = [record.id for record in known.values()]
        facts: dict[int, dict[str, Any]] = {key: {} for key in ids}
        for row in self.session.scalars(select(CaseFact).where(CaseFact.case_id.in_(ids))):
            if row.known:
                facts[row.case_id][row.fact] = row.value
        current = self.session.execute(
            select(CaseAllocation.case_id, CaseAllocation.person_id).where(
                CaseAllocation.case_id.in_(ids), CaseAllocation.to_date.is_(None)
            )
        )
        poms = {row.case_id: row.person_id for row in current}
        fresh = [case for case in cases if case.prison_number not in known]
        self._add([case for case in fresh if self._accepts(case, case.facts)])
        for case in cases:
            record = known.get(case.prison_number)
            if record is not None:
                self._change(case, record, facts[record.id], poms.get(record.id))

    def _accepts(self, case: IncomingCase, facts: Mapping[str, Any]) -> bool:
        problems = tuple(self.check(facts))
        if problems:
            self.result.refused.append(Refusal(case.prison_number, problems))
        return not problems

    def _add(self, cases: Sequence[IncomingCase]) -> None:
        if not cases:
            return
        made = self.session.execute(
            insert(CaseRecord).returning(CaseRecord.prison_number, CaseRecord.id),
            [
                {"prison_number": case.prison_number, "name": case.name, "synthetic": case.synthetic}
                for case in cases
            ],
        )
        ids = {row.prison_number: row.id for row in made}
        stated = [
            {"case_id": ids[case.prison_number], "fact": fact, "revision": 1, "value": value}
            for case in cases
            for fact, value in case.facts.items()
        ]
        now = datetime.now(UTC)
        if stated:
            self.session.execute(insert(CaseFact), [{**row, "known": True} for row in stated])
            self.session.execute(
                insert(FactChange),
                [
                    {
                        "case_id": row["case_id"],
                        "fact": row["fact"],
                        "revision": 1,
                        "old_known": False,
                        "old_value": None,
                        "new_known": True,
                        "new_value": row["value"],
                        "changed_by": self.by,
                        "source": self.source,
                        "changed_at": now,
                    }
                    for row in stated
                ],
            )
        allocated = [
            {
                "case_id": ids[case.prison_number],
                "person_id": person_key(case.pom),
                "from_date": self.on,
                "recorded_by": self.by,
                "source": self.source,
            }
            for case in cases
            if case.pom
        ]
        if allocated:
            self.session.execute(insert(CaseAllocation), allocated)
        self.result.added += len(cases)

    def _change(
        self, case: IncomingCase, record: CaseRecord, facts: Mapping[str, Any], pom: str | None
    ) -> None:
        different = {
            fact: value
            for fact, value in case.facts.items()
            if fact not in facts or facts[fact] != value or not same_kind(facts[fact], value)
        }
        for fact in [*different]:
            if self._was_corrected(record.id, fact, different[fact]):
                del different[fact]
                self.result.kept_corrections += 1
        if different and not self._accepts(case, {**facts, **different}):
            return
        renamed = bool(case.name) and case.name != record.name
        moved = bool(case.pom) and person_key(case.pom or "") != pom
        if not different and not renamed and not moved:
            self.result.unchanged += 1
            return
        self.session.execute(
            update(CaseRecord)
            .where(CaseRecord.id == record.id)
            .values(
                version=CaseRecord.version + 1,
                updated_at=datetime.now(UTC),
                name=case.name or CaseRecord.name,
            )
            .execution_options(synchronize_session=False)
        )
        for fact, value in different.items():
            write_fact(self.session, record.id, fact, value, by=self.by, source=self.source)
        if moved:
            allocate_case(self.session, record.id, case.pom, on=self.on, by=self.by, source=self.source)
        self.result.changed += 1

    def _was_corrected(self, case_id: int, fact: str, value: Any) -> bool:
        """Whether the fact now stands as somebody else left it, and this source says only what it said before."""
        changes = self.session.execute(
            select(FactChange.source, FactChange.new_known, FactChange.new_value)
            .where(FactChange.case_id == case_id, FactChange.fact == fact)
            .order_by(FactChange.revision.desc())
        ).all()
        if not changes or changes[0].source == self.source:
            return False
        ours = next((change for change in changes if change.source == self.source), None)
        return (
            ours is not None
            and ours.new_known
            and ours.new_value == value
            and same_kind(ours.new_value, value)
        )


def imports_taken(engine: Engine) -> int:
    """How many imports were taken over so far."""
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(CaseImport)) or 0


def _chunks(cases: Iterable[IncomingCase], size: int) -> Iterator[list[IncomingCase]]:
    going = iter(cases)
    while chunk := list(islice(going, size)):
        yield chunk
