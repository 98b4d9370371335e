"""Who is let in after the provider has said who they are: known people, with the roles they have now."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from assistant.access.openid import Identity
from assistant.access.people import PeopleRepository
from assistant.access.person import Person


class NotAdmitted(PermissionError):
    """The person is who they say, but has no access to this service."""


def admit(people: PeopleRepository, identity: Identity) -> Person:
    """The person behind an identity, brought up to date. Raises `NotAdmitted` when they have no access.

    Somebody added by email before they first signed in is recognised by it once, and only when the provider
    vouches for the address: an address that anyone can type into their own profile proves nothing.
    """
    if people.has_ended(identity.subject):
        raise NotAdmitted("access was ended")
    person = people.by_subject(identity.subject)
    if person is None and identity.email_proved:
        person = people.awaited(identity.email)
    if person is None:
        if not identity.roles:
            raise NotAdmitted("nobody has given access")
        person = Person(uuid4().hex, identity.name, "", identity.roles)
    roles = person.roles if identity.roles is None else identity.roles
    if not roles:
        raise NotAdmitted("no role")
    email = _email(people, identity, person)
    person = replace(person, name=identity.name, email=email, roles=roles)
    people.keep(person, identity.subject)
    return person


def _email(people: PeopleRepository, identity: Identity, person: Person) -> str:
    """The address to keep: cases are allocated by it, so never one that is unproved or somebody else's."""
    holder = people.by_email(identity.email) if identity.email_proved else None
    taken = holder is not None and holder.id != person.id
    return identity.email if identity.email_proved and not taken else person.email
