"""Whose conversation it is: nobody reads or continues another's."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from sqlalchemy import Engine, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assistant.access.acting import acting_person
from assistant.access.models import ConversationOwner
from assistant.access.person import DEMONSTRATION, Person
from assistant.storage.models import Message

REMEMBERED = 20_000
"""Owners kept in memory: an owner never changes."""


class ConversationNotYours(LookupError):
    """The conversation is another person's. To be answered as if there were no such conversation."""


class ConversationOwners:
    """The owners of conversations. Where nobody signs in a conversation has none: its name is its secret."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def claim(self, conversation_id: str, person: Person | None = None) -> None:
        """Make a conversation the person's who acts, unless it is another's. Raises `ConversationNotYours`."""
        person = person or acting_person()
        if person is not None and person.id == DEMONSTRATION.id:
            return
        if person is None or not conversation_id:
            raise ConversationNotYours(conversation_id)
        owner = self._owner(conversation_id) or self._take(conversation_id, person)
        if owner != person.id:
            raise ConversationNotYours(conversation_id)

    def readable(self, conversation_id: str, person: Person | None = None) -> bool:
        """Whether the person who acts may read a conversation."""
        person = person or acting_person()
        if person is None or person.id == DEMONSTRATION.id:
            return person is not None
        return self._owner(conversation_id) == person.id

    def usable(self, conversation_id: str, person: Person | None = None) -> bool:
        """Whether the person who acts may go on with a conversation, or begin one under this name."""
        try:
            self.claim(conversation_id, person)
        except ConversationNotYours:
            return False
        return True

    def forget(self, conversation_id: str) -> None:
        """Forget whose it was, after it was erased."""
        with Session(self._engine) as session, session.begin():
            record = session.get(ConversationOwner, conversation_id)
            if record is not None:
                session.delete(record)
        with self._lock:
            self._known.pop(conversation_id, None)

    def _owner(self, conversation_id: str) -> str | None:
        with self._lock:
            if conversation_id in self._known:
                return self._known[conversation_id]
        with Session(self._engine) as session:
            record = session.get(ConversationOwner, conversation_id)
        return self._remember(conversation_id, record.person_id) if record else None

    def _take(self, conversation_id: str, person: Person) -> str:
        try:
            with Session(self._engine) as session, session.begin():
                if session.scalar(select(exists().where(Message.conversation_id == conversation_id))):
                    return ""  # it was held before people signed in: whoever finds its name may not have it
                session.add(ConversationOwner(conversation_id=conversation_id, person_id=person.id))
        except IntegrityError:
            # Another request took it in between.
            return self._owner(conversation_id) or ""
        return self._remember(conversation_id, person.id)

    def _remember(self, conversation_id: str, person_id: str) -> str:
        with self._lock:
            self._known[conversation_id] = person_id
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return person_id
