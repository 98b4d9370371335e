"""What a message says of a person that is not needed: a name, a prison number, a date of birth.

A likely name is said to be unnecessary whatever is asked. A prison number is needed to open a stored case, and a date
of birth only where it was asked for.
"""

from __future__ import annotations

from actions.conversation.turn import Turn
from actions.reply import Reply
from actions.texts import text

_USES_A_NUMBER = ("open_case",)


def privacy_notes(turn: Turn) -> list[str]:
    """A line for each kind of personal detail in the latest message that is not needed."""
    given = {entity.get("entity") for entity in turn.entities}
    notes = []
    if "personal_name" in given:
        notes.append(text("problems.personal_name"))
    if "prison_number" in given and turn.intent not in _USES_A_NUMBER:
        notes.append(text("problems.prison_number_not_needed"))
    if "date_of_birth" in given and turn.state.asking_for != "date_of_birth":
        notes.append(text("problems.date_of_birth_not_needed"))
    return notes


def with_privacy_notes(reply: Reply, turn: Turn) -> Reply:
    """The reply with these lines at its end; an error stays as it is."""
    notes = [note for note in privacy_notes(turn) if note not in reply.text]
    if notes and reply.kind != "error":
        reply.text = "\n\n".join([reply.text, "\n".join(notes)])
    return reply
