"""Everything held about one prison number: given out as a whole, or erased as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, Table, delete, select
from sqlalchemy.orm import Session

from assistant.access.models import ConversationOwner
from assistant.records.audit import Audit, Filter, as_data
from assistant.storage.case_models import CaseRecord
from assistant.storage.feedback import Feedback
from assistant.storage.models import Base, ConversationEvent, Message
from assistant.storage.teams import TeamsIncoming, TeamsOutgoing

SHORTEST_NAME = 2
"""Words that a name must have to be looked for in conversations: one word alone is too many people's."""

OF_CONVERSATIONS = (Message, ConversationEvent, Feedback, TeamsIncoming, TeamsOutgoing)
"""Tables that hold what was said, by the conversation it was said in."""


@dataclass(frozen=True)
class SubjectRecord:
    """What is held about one prison number."""

    prison_number: str
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The rows of the case, by table."""
    conversations: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    """The conversations that mention the number or the name, whole, by their id and then by table."""
    audit: list[dict[str, Any]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing is held."""
        return not (any(self.tables.values()) or self.conversations or self.audit)


@dataclass(frozen=True)
class Erasure:
    """What was erased."""

    prison_number: str
    cases: int
    conversations: int
    audit_entries: int
    pseudonym: str | None
    """Stands for the prison number in the audit from now on."""


def collect(engine: Engine, prison_number: str) -> SubjectRecord:
    """Everything held about a prison number."""
    number = normal(prison_number)
    with Session(engine) as session:
        case = session.scalar(select(CaseRecord).where(CaseRecord.prison_number == number))
        tables = dict(_case_rows(session, case.id)) if case else {}
        mentioning = _conversations(session, number, case.name if case else None)
        conversations = {item: _conversation_rows(session, item) for item in sorted(mentioning)}
    entries = Audit(engine).entries(Filter(prison_number=number))
    return SubjectRecord(number, tables, conversations, [as_data(entry) for entry in reversed(entries)])


def erase(engine: Engine, prison_number: str) -> Erasure:
    """Erase everything held about a prison number, all or none. The audit keeps that things were done.

    A conversation that mentions the number or the name goes as a whole: what follows a number is about the
    person too, without saying so.
    """
    number = normal(prison_number)
    audit = Audit(engine)
    with Session(engine) as session, session.begin():
        case = session.scalar(select(CaseRecord).where(CaseRecord.prison_number == number))
        mentioning = _conversations(session, number, case.name if case else None)
        for model in (*OF_CONVERSATIONS, ConversationOwner):
            for part in _parts(sorted(mentioning)):
                session.execute(delete(model).where(model.conversation_id.in_(part)))
        if case is not None:
            session.delete(case)
        entries, pseudonym = audit.erase_subject(number, session)
    return Erasure(number, int(case is not None), len(mentioning), entries, pseudonym)


def normal(prison_number: str) -> str:
    """A prison number as it is kept: capital letters without spaces."""
    return "".join(prison_number.split()).upper()


def _case_rows(session: Session, case_id: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The rows of a case in every table that points to it, near or far."""
    known: dict[Table, list[Any]] = {CaseRecord.__table__: [case_id]}  # type: ignore[dict-item]
    for table in Base.metadata.sorted_tables:
        if table not in known:
            keys = [key for key in table.foreign_keys if key.column.table in known]
            if not keys:
                continue
            condition = keys[0].parent.in_(known[keys[0].column.table])
        else:
            condition = table.c.id == case_id
        rows = [dict(row) for row in session.execute(select(table).where(condition)).mappings()]
        if "id" in table.c:
            known[table] = [row["id"] for row in rows]
        yield table.name, [_plain(row) for row in rows]


def _conversations(session: Session, number: str, name: str | None) -> set[str]:
    """The conversations in which the number or the name stands anywhere."""
    mentions = _mentions(number, name)
    found: set[str] = set()
    for model in OF_CONVERSATIONS:
        for row in session.execute(select(model).execution_options(yield_per=500)).scalars():
            if row.conversation_id not in found and mentions(row):
                found.add(row.conversation_id)
    return found


def _mentions(number: str, name: str | None) -> Callable[[Any], bool]:
    words = (name or "").casefold().split()

    def mentioned(row: Any) -> bool:
        text = str([getattr(row, column.key) for column in row.__table__.columns])
        if number in "".join(text.split()).upper():
            return True
        return len(words) >= SHORTEST_NAME and " ".join(words) in " ".join(text.casefold().split())

    return mentioned


def _conversation_rows(session: Session, conversation_id: str) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for model in OF_CONVERSATIONS:
        query = select(model).where(model.conversation_id == conversation_id).order_by(model.id)
        found = [
            _plain({column.key: getattr(row, column.key) for column in row.__table__.columns})
            for row in session.scalars(query)
        ]
        if found:
            rows[model.__tablename__] = found
    return rows


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with moments and days as text."""
    return {
        name: value.isoformat() if isinstance(value, datetime | date) else value
        for name, value in row.items()
    }


def _parts(items: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def in_words(record: SubjectRecord) -> str:
    """The record as a text that the person it is about can read."""
    lines = [
        f"Everything held about prison number {record.prison_number}",
        f"Made on {datetime.now(UTC):%d %B %Y at %H:%M} UTC",
        "",
    ]
    for table, rows in record.tables.items():
        lines += [f"{table.replace('_', ' ').capitalize()}: {len(rows)}", ""]
        for row in rows:
            lines += [f"  {name.replace('_', ' ')}: {_said(value)}" for name, value in row.items()] + [""]
    lines += [f"Conversations that mention it: {len(record.conversations)}", ""]
    for conversation, tables in record.conversations.items():
        lines += [f"  Conversation {conversation}"]
        for message in tables.get("messages", ()):
            who = "Practitioner" if message["sent_by"] == "person" else "Assistant"
            lines += [f"    {message['sent_at']} {who}: {message['text']}"]
        for given in tables.get("feedback", ()):
            lines += [f"    Feedback on {given['given_at']}: {given['comment'] or 'no comment'}"]
        lines += [""]
    lines += [f"Audit entries: {len(record.audit)}", ""]
    lines += [
        f"  {item['at']} {item['person_name']}: {item['action']} ({item['outcome']})" for item in record.audit
    ]
    return "\n".join(lines) + "\n"


def _said(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
