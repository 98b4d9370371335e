"""People in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from assistant.access.models import PersonRecord
from assistant.access.person import Person, Role


class PersonExists(ValueError):
    """There is a person with that email address already."""


class PersonUnknown(LookupError):
    """There is no such person."""


class PeopleRepository:
    """The people who may use the service. Someone whose access was ended is not found, but is kept."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def by_id(self, person_id: str) -> Person | None:
        """The person with this id, or None."""
        return self._one(PersonRecord.id == person_id)

    def by_subject(self, subject: str) -> Person | None:
        """The person whom the sign-in provider (or Teams, by Entra object id) calls this, or None."""
        return self._one(PersonRecord.subject == subject)

    def by_email(self, email: str) -> Person | None:
        """The person with this email address, in any case of letters, or None."""
        wanted = email.strip().lower()
        return self._one(func.lower(PersonRecord.email) == wanted) if wanted else None

    def awaited(self, email: str) -> Person | None:
        """The person who was added with this address and has not signed in yet, or None."""
        return self._one(
            (func.lower(PersonRecord.email) == email.strip().lower()) & PersonRecord.subject.is_(None)
        )

    def has_ended(self, subject: str) -> bool:
        """Whether access was ended for whom the provider calls this."""
        with Session(self._engine) as session:
            ended = select(PersonRecord.id).where(
                PersonRecord.subject == subject, PersonRecord.ended_at.is_not(None)
            )
            return session.scalar(ended) is not None

    def everyone(self) -> list[Person]:
        """All who have access, by name."""
        with Session(self._engine) as session:
            query = select(PersonRecord).where(PersonRecord.ended_at.is_(None)).order_by(PersonRecord.name)
            return [as_person(record) for record in session.scalars(query)]

    def add(self, name: str, email: str, roles: Iterable[Role], subject: str | None = None) -> Person:
        """Add a person before they first sign in. Raises `PersonExists`."""
        if self.by_email(email):
            raise PersonExists(f"email: there is a person with the address {email} already")
        person = Person(uuid4().hex, name.strip(), email.strip(), frozenset(roles))
        self.keep(person, subject)
        return person

    def keep(self, person: Person, subject: str | None = None) -> None:
        """Add a person as they are, or bring what is held about them up to date."""
        with Session(self._engine) as session, session.begin():
            record = session.get(PersonRecord, person.id)
            if record is None:
                record = PersonRecord(id=person.id)
                session.add(record)
            record.name, record.email = person.name, person.email
            record.roles = sorted(person.roles)
            record.subject = subject or record.subject

    def give_roles(self, person_id: str, roles: Iterable[Role]) -> None:
        """Replace the roles of a person. Raises `PersonUnknown`."""
        with Session(self._engine) as session, session.begin():
            self._record(session, person_id).roles = sorted(set(roles))

    def end_access(self, person_id: str) -> None:
        """Let a person in no more. What they did stays on record. Raises `PersonUnknown`."""
        with Session(self._engine) as session, session.begin():
            self._record(session, person_id).ended_at = datetime.now(UTC)

    def _one(self, condition: ColumnElement[bool]) -> Person | None:
        with Session(self._engine) as session:
            record = session.scalars(
                select(PersonRecord).where(condition, PersonRecord.ended_at.is_(None))
            ).first()
            return as_person(record) if record else None

    @staticmethod
    def _record(session: Session, person_id: str) -> PersonRecord:
        record = session.get(PersonRecord, person_id)
        if record is None:
            raise PersonUnknown(f"person: there is nobody with the id {person_id}")
        return record


def as_person(record: PersonRecord) -> Person:
    """A person as they are kept."""
    return Person(record.id, record.name, record.email, frozenset(Role(role) for role in record.roles))
