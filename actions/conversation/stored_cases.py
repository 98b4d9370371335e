"""What a conversation needs of the stored cases: the facts of one, opened by its prison number."""

from __future__ import annotations

from typing import Any, Protocol

from actions import resources
from assistant.access import Person, acting_person
from assistant.records.notes import note_case


class CaseStore(Protocol):
    """Where cases are kept. A case that a person may not see is not there for them."""

    def facts_of(self, person: Person | None, prison_number: str) -> dict[str, Any] | None:
        """The facts of a case in their JSON form; None when there is no such case for this person."""


def stored_case(prison_number: str, store: CaseStore | None = None) -> dict[str, Any] | None:
    """The facts of a case for the person on whose behalf the conversation is held; None without such a case."""
    facts = (store or resources.caseloads()).facts_of(acting_person(), prison_number)
    note_case(prison_number, found=facts is not None)
    return facts
