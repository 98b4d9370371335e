"""The pages that the header of every page names, in one place."""

from __future__ import annotations

from assistant.access import Action, acting_person, may

CHAT = ("chat", "/")
GUIDANCE = ("guidance", "/guidance")
FOR_SOME = {
    ("caseload", "/caseload"): Action.READ_CASE,
    ("team", "/team"): Action.READ_TEAM,
}
"""Pages that only those see who may do something with cases."""


def pages() -> tuple[tuple[str, str], ...]:
    """The name of each page (its words are in the catalogue under `pages.nav`) and its address, in order.

    A template says which of them it is with `{% set here = "guidance" %}`.
    """
    person = acting_person()
    return (CHAT, GUIDANCE, *(entry for entry, action in FOR_SOME.items() if may(person, action)))
