"""The team: every prison offender manager's caseload, for the head of offender management delivery."""

from __future__ import annotations

from calendar import month_abbr
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from actions import clock
from actions.texts import text
from assistant.access import Person, current_person
from assistant.cases.caseload import Caseload
from assistant.cases.team import Team, team_of
from assistant.channels.case_pages import PICTURE_HEADERS
from assistant.channels.caseload import caseloads_of
from assistant.web.bar_chart import draw_bars
from assistant.web.caseload_view import Names
from assistant.web.rendering import page

router = APIRouter(include_in_schema=False)

Who = Annotated[Person, Depends(current_person)]


@router.get("/team", response_class=HTMLResponse)
def team_page(request: Request, person: Who) -> Response:
    """Caseloads, handovers to come and early allocation of the whole team."""
    names = Names(request.app.state.people)
    caseload, team = _team(request, person, names)
    rows = sorted(
        ((names.of(row.key), row) for row in team.rows),
        key=lambda item: (not item[1].key, item[0].casefold()),
    )
    return page("team.html", caseload=caseload, team=team, rows=rows)


@router.get("/team/handovers.svg")
def handovers_picture(request: Request, person: Who) -> Response:
    """The handovers to the community by month as a chart."""
    _, team = _team(request, person, Names(request.app.state.people))
    bars = [(month_abbr[month.first.month], str(month.first.year), month.count) for month in team.months]
    bars.append((text("team.later"), "", team.later))
    return Response(
        draw_bars(text("team.pipeline"), bars, grey=1), media_type="image/svg+xml", headers=PICTURE_HEADERS
    )


def _team(request: Request, person: Person, names: Names) -> tuple[Caseload, Team]:
    caseload = caseloads_of(request).of(person, clock.today())
    return caseload, team_of(caseload, names.same)
