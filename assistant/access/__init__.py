"""Who uses the service and what they may do: people, roles, and the one table of what each role may do."""

from assistant.access.acting import acting_as, acting_person
from assistant.access.person import DEMONSTRATION, Person, Role
from assistant.access.policy import Action, Extent, extent, may, visible_cases
from assistant.access.request import current_person

__all__ = [
    "DEMONSTRATION",
    "Action",
    "Extent",
    "Person",
    "Role",
    "acting_as",
    "acting_person",
    "current_person",
    "extent",
    "may",
    "visible_cases",
]
