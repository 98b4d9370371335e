"""On whose behalf this piece of work is done, for code too deep to be handed a person.

It follows the work into threads and into the conversation engine, so that a case opened in a conversation
is checked against the person who typed, whatever way the message came in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from assistant.access.person import DEMONSTRATION, Person
from assistant.settings import current_settings

_UNSET = Person("", "", "", frozenset())
_ACTING: ContextVar[Person | None] = ContextVar("acting_person", default=_UNSET)


def acting_person() -> Person | None:
    """The person on whose behalf this is done; None when nobody is known, who may see no case.

    In development mode, where nobody signs in, it is the demonstration person unless somebody else is named.
    """
    person = _ACTING.get()
    if person is _UNSET:
        return None if current_settings().sign_in_configured() else DEMONSTRATION
    return person


@contextmanager
def acting_as(person: Person | None) -> Iterator[None]:
    """Do what is inside on behalf of a person."""
    before = _ACTING.set(person)
    try:
        yield
    finally:
        _ACTING.reset(before)
