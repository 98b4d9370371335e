"""Who may do what."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import literal

from assistant.access import (
    DEMONSTRATION,
    Action,
    Extent,
    Person,
    Role,
    acting_as,
    acting_person,
    extent,
    may,
    visible_cases,
)
from assistant.settings import current_settings


@dataclass(frozen=True)
class Case:
    allocated_to: Collection[str]


def person(*roles: Role) -> Person:
    return Person("p1", "Pat Example", "pat@example.org", frozenset(roles))


OWN, OTHER = Case({"p1"}), Case({"p2"})


@pytest.mark.parametrize("action", [Action.READ_CASE, Action.CHANGE_CASE])
def test_a_pom_works_with_allocated_cases_only(action: Action) -> None:
    pom = person(Role.POM)
    assert may(pom, action, OWN)
    assert not may(pom, action, OTHER)
    assert not may(pom, action, Case(()))


def test_a_head_of_delivery_sees_and_changes_every_case() -> None:
    head = person(Role.HEAD_OF_DELIVERY)
    assert may(head, Action.READ_CASE, OTHER)
    assert may(head, Action.CHANGE_CASE, OTHER)
    assert may(head, Action.READ_TEAM)


def test_read_only_sees_every_case_and_changes_none() -> None:
    reader = person(Role.READ_ONLY)
    assert may(reader, Action.READ_CASE, OTHER)
    assert not may(reader, Action.CHANGE_CASE, OWN)
    assert not may(reader, Action.CHANGE_CASE)


def test_an_administrator_keeps_records_and_sees_no_caseload() -> None:
    administrator = person(Role.ADMINISTRATOR)
    assert may(administrator, Action.READ_AUDIT)
    assert not may(administrator, Action.READ_CASE, OWN)
    assert not may(person(Role.POM, Role.HEAD_OF_DELIVERY, Role.READ_ONLY), Action.READ_AUDIT)


def test_several_roles_give_what_any_of_them_gives() -> None:
    both = person(Role.POM, Role.READ_ONLY)
    assert may(both, Action.READ_CASE, OTHER)
    assert may(both, Action.CHANGE_CASE, OWN)
    assert not may(both, Action.CHANGE_CASE, OTHER)


def test_a_token_narrows_and_never_widens() -> None:
    head = replace(person(Role.HEAD_OF_DELIVERY), scopes=frozenset({"case.read", "audit.read"}))
    assert may(head, Action.READ_CASE, OTHER)
    assert not may(head, Action.CHANGE_CASE, OTHER)
    assert not may(head, Action.READ_AUDIT)


@pytest.mark.parametrize("action", Action)
def test_nobody_and_somebody_without_a_role_may_do_nothing(action: Action) -> None:
    assert not may(None, action)
    assert not may(person(), action)
    assert extent(None, action) is Extent.NONE


def test_the_condition_of_a_query_says_the_same_as_may() -> None:
    def allocated_to(person_id: str):
        return literal("allocated") == person_id

    conditions = [
        str(visible_cases(person(role), allocated_to))
        for role in (Role.HEAD_OF_DELIVERY, Role.ADMINISTRATOR, Role.POM)
    ]
    assert conditions[:2] == ["true", "false"]
    assert "=" in conditions[2]
    assert str(visible_cases(None, allocated_to)) == "false"


def test_work_is_done_on_behalf_of_one_person_at_a_time() -> None:
    with acting_as(person(Role.POM)):
        with acting_as(None):
            assert acting_person() is None
        assert acting_person() == person(Role.POM)
    assert acting_person() == DEMONSTRATION


def test_where_people_sign_in_nobody_is_the_demonstration_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POM_ASSISTANT_OIDC_DISCOVERY_URL", "https://login.example.org/discovery")
    current_settings.cache_clear()
    try:
        assert acting_person() is None
    finally:
        current_settings.cache_clear()
