"""Who may do what: the one place that decides, from the table in `policy.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import yaml
from sqlalchemy import ColumnElement, false, true

from assistant.access.person import Person, Role

TABLE = Path(__file__).with_name("policy.yaml")


class Action(StrEnum):
    """What can be done in the service. Each has its row in `policy.yaml`, which says what it means."""

    READ_GUIDANCE = "guidance.read"
    ASSESS_CASE = "case.assess"
    HOLD_CONVERSATION = "conversation.hold"
    READ_CASE = "case.read"
    CHANGE_CASE = "case.change"
    IMPORT_CASES = "case.import"
    ALLOCATE_CASE = "case.allocate"
    READ_TEAM = "team.read"
    OWN_FEED = "feed.own"
    OWN_TOKENS = "token.own"
    READ_FEEDBACK = "feedback.read"
    MANAGE_PEOPLE = "people.manage"
    READ_AUDIT = "audit.read"
    EXPORT_RECORDS = "records.export"
    ERASE_RECORDS = "records.erase"


class Extent(StrEnum):
    """With which cases an action may be done."""

    NONE = "none"
    ALLOCATED = "allocated"
    ALL = "all"


class AllocatedCase(Protocol):
    """A case that knows the ids of the people it is allocated to now."""

    @property
    def allocated_to(self) -> Collection[str]: ...


def extent(person: Person | None, action: Action) -> Extent:
    """With which cases a person may do something: the widest that any of their roles gives."""
    if person is None or (person.scopes is not None and action not in person.scopes):
        return Extent.NONE
    row = _table()[action]
    given = [Extent(row.get(role, Extent.NONE)) for role in person.roles]
    return max(given, key=list(Extent).index, default=Extent.NONE)


def may(person: Person | None, action: Action, case: AllocatedCase | None = None) -> bool:
    """Whether a person may do something, with this case if one is given.

    Without a case it says whether there can be any case, so that a page may be opened at all. A refusal
    about a case must be answered as if there were no such case.
    """
    match extent(person, action):
        case Extent.ALL:
            return True
        case Extent.ALLOCATED:
            return case is None or (person is not None and person.id in case.allocated_to)
        case _:
            return False


def visible_cases(
    person: Person | None,
    allocated_to: Callable[[str], ColumnElement[bool]],
    action: Action = Action.READ_CASE,
) -> ColumnElement[bool]:
    """The condition of a query that leaves only the cases with which a person may do something.

    `allocated_to` gives, for the id of a person, the condition that a case is allocated to them now:

        select(Case).where(visible_cases(person, lambda id: Case.id.in_(current_allocations(id))))
    """
    match extent(person, action):
        case Extent.ALL:
            return true()
        case Extent.ALLOCATED:
            assert person is not None
            return allocated_to(person.id)
        case _:
            return false()


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    """The table, checked: every action has its row, and a row names only roles and extents there are."""
    table: dict[str, dict[str, Any]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["actions"]
    if set(table) != set(Action):
        raise ValueError(f"policy.yaml and Action differ in {sorted(set(table) ^ set(Action))}")
    for action, row in table.items():
        for role, given in row.items():
            if role != "means":
                Role(role), Extent(given)
        if not row.get("means"):
            raise ValueError(f"policy.yaml: {action} does not say what it means")
    return table
