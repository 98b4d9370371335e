"""With which stored cases a person may do something: what `assistant.access` decides, on the cases' own tables."""

from __future__ import annotations

from assistant.access import Action, Person, visible_cases
from assistant.storage.visibility import Visible, allocated_to


def reach(person: Person | None, action: Action = Action.READ_CASE) -> Visible:
    """The condition of a query that leaves the cases with which a person may do something."""
    names = (person.id, person.email) if person else ()
    return visible_cases(person, lambda _: allocated_to(*names), action)


def own_cases(person: Person) -> Visible:
    """The cases allocated to the person, whatever else they may see."""
    return allocated_to(person.id, person.email)
