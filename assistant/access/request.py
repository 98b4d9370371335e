"""The person behind a request, for routes."""

from __future__ import annotations

from fastapi import HTTPException, Request

from assistant.access.acting import acting_person
from assistant.access.person import DEMONSTRATION, Person


def current_person(request: Request) -> Person:
    """The person behind a request: `person: Annotated[Person, Depends(current_person)]`.

    Raises 401 when nobody is signed in, which the gate before every route has ruled out already.
    """
    person = acting_person()
    if person is None and not request.app.state.settings.sign_in_configured():
        person = DEMONSTRATION
    if person is None:
        raise HTTPException(401, "Sign in to use this.")
    return person
