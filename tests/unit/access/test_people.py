"""People in the database."""

from dataclasses import replace

import pytest

from assistant.access import DEMONSTRATION, Role
from assistant.access.people import PeopleRepository, PersonExists, PersonUnknown


def test_a_person_is_found_by_email_in_any_case_and_by_what_the_provider_calls_them(
    people: PeopleRepository,
) -> None:
    added = people.add("Pat Example", "Pat@Example.org", [Role.POM], subject="entra-1")
    assert people.by_email("pat@example.ORG") == added
    assert people.by_subject("entra-1") == added
    assert people.by_id(added.id) == added
    assert people.by_subject("entra-2") is None
    with pytest.raises(PersonExists, match=r"pat@example\.org"):
        people.add("Another", "pat@example.org", [Role.POM])


def test_roles_are_replaced_and_access_ends(people: PeopleRepository) -> None:
    added = people.add("Pat Example", "pat@example.org", [Role.POM])
    people.give_roles(added.id, [Role.ADMINISTRATOR, Role.READ_ONLY])
    assert people.by_id(added.id) == replace(added, roles=frozenset({Role.ADMINISTRATOR, Role.READ_ONLY}))
    people.end_access(added.id)
    assert people.by_id(added.id) is None
    assert people.everyone() == []
    with pytest.raises(PersonUnknown):
        people.give_roles("nobody", [Role.POM])


def test_a_person_is_kept_once(people: PeopleRepository) -> None:
    people.keep(DEMONSTRATION)
    people.keep(DEMONSTRATION)
    assert people.everyone() == [DEMONSTRATION]
