"""The calendar of a person's own caseload, at a private address that they can stop at any time."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from actions import clock
from actions.texts import text
from assistant.access import Action, Extent, Person, acting_as, current_person, extent
from assistant.access.person import DEMONSTRATION
from assistant.cases.calendar import caseload_calendar
from assistant.channels.caseload import caseloads_of
from assistant.storage.calendar_feeds import CalendarFeedRepository
from assistant.web.rendering import page

router = APIRouter(include_in_schema=False)

Who = Annotated[Person, Depends(current_person)]


@router.get("/caseload/calendar", response_class=HTMLResponse)
def calendar_page(request: Request, person: Who) -> Response:
    """Whether there is an address, and the forms that make and stop it."""
    return _page(request, person)


@router.post("/caseload/calendar")
def make_address(request: Request, person: Who) -> Response:
    """Make an address; an earlier one stops. It is shown this once."""
    secret = _feeds(request).make(person.id)
    return _page(request, person, _base(request) + f"/caseload/calendar/{secret}.ics")


@router.post("/caseload/calendar/revoke")
def revoke_address(request: Request, person: Who) -> Response:
    """Stop the address."""
    _feeds(request).revoke(person.id)
    return RedirectResponse("/caseload/calendar", 303)


@router.get("/caseload/calendar/{secret}.ics")
def calendar(request: Request, secret: str) -> Response:
    """The calendar behind an address. Whoever has the address is let in, as calendar programs cannot sign in."""
    owner = _feeds(request).owner(secret)
    person = _person(request, owner) if owner else None
    if person is None or extent(person, Action.OWN_FEED) is Extent.NONE:
        return Response(status_code=404)
    with acting_as(person):
        caseload = caseloads_of(request).of(person, clock.today(), own=True)
    content = caseload_calendar(
        caseload, text("calendar_page.name"), lambda number: f"{_base(request)}/cases/{number}"
    )
    return Response(
        content,
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="caseload.ics"', "X-Robots-Tag": "noindex"},
    )


def _person(request: Request, owner: str) -> Person | None:
    """Who owns a calendar, as they are now: somebody whose access was ended has none."""
    if owner == DEMONSTRATION.id and not request.app.state.settings.sign_in_configured():
        return DEMONSTRATION
    found: Person | None = request.app.state.people.by_id(owner)
    return found


def _page(request: Request, person: Person, address: str = "") -> Response:
    return page("calendar.html", standing=_feeds(request).standing(person.id), address=address)


def _feeds(request: Request) -> CalendarFeedRepository:
    return CalendarFeedRepository(caseloads_of(request).engine)


def _base(request: Request) -> str:
    public: str | None = request.app.state.settings.public_url
    return (public or str(request.base_url)).rstrip("/")
