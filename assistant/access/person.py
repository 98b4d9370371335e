"""A person who uses the service, and the roles they hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person does in the service. `policy.yaml` says what each role may do."""

    POM = "pom"
    """Prison offender manager: works with the cases allocated to them."""
    HEAD_OF_DELIVERY = "head_of_delivery"
    """Head of offender management delivery: sees and changes every case, and the team."""
    ADMINISTRATOR = "administrator"
    """Looks after people, tokens and records; holds no caseload and sees none."""
    READ_ONLY = "read_only"
    """Sees every case and changes nothing."""


@dataclass(frozen=True)
class Person:
    """Someone who is signed in, or on whose behalf a program asks.

    `scopes` narrows what they may do when a token speaks for them: the names of actions, or None for
    everything that their roles allow.
    """

    id: str
    name: str
    email: str
    roles: frozenset[Role]
    scopes: frozenset[str] | None = None


DEMONSTRATION = Person(
    id="demonstration",
    name="Demonstration person",
    email="demonstration@example.org",
    roles=frozenset(Role),
)
"""Who uses the service in development mode, where nobody signs in. Every role, so everything can be shown."""
