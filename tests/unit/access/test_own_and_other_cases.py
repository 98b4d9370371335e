"""Every route about one stored case: a person's own is there, another's is as if it did not exist."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from actions import resources
from actions.conversation.stored_cases import stored_case
from assistant.access import Action, Role, acting_as, may
from assistant.access.routes import route_table
from assistant.cases.caseload import Caseloads
from assistant.records.audit import Audit, Filter
from assistant.storage.case_models import CaseAllocation, CaseRecord
from assistant.storage.database import connect

from .conftest import sign_in

OWN, OTHER, NONE = "A1111AA", "A2222BB", "A3333CC"
FORM = {"task": "TASK-15", "revision": "0", "move": "saved", "day": "1", "month": "2", "year": "2026"}
CASE_ROUTES = sorted(name for name in route_table() if "/cases/{number}" in name)


@pytest.fixture
def service(signed_in_service: FastAPI) -> FastAPI:
    """The service with a case of Pat's and one of somebody else's."""
    with Session(connect(signed_in_service.state.settings.database())) as session, session.begin():
        for number, pom in ((OWN, "pat.example@example.org"), (OTHER, "sam.other@example.org")):
            case = CaseRecord(prison_number=number)
            session.add(case)
            session.flush()
            session.add(
                CaseAllocation(
                    case_id=case.id,
                    person_id=pom,
                    from_date=date(2026, 1, 2),
                    recorded_by="a test",
                    source="a test",
                )
            )
    return signed_in_service


def ask(client, name: str, number: str) -> tuple[int, str]:
    """Status and text of a route's answer about a case, with the number itself taken out of the text."""
    method, path = name.split(" ", 1)
    address = path.replace("{number}", number).replace("{fact}", "tier")
    if path.endswith("/facts"):
        address += "?fact=tier"
    answer = client.request(
        method, address, data=FORM if method == "POST" else None, follow_redirects=method == "GET"
    )
    return answer.status_code, answer.text.replace(number, "")


def test_there_are_routes_about_one_case() -> None:
    assert len(CASE_ROUTES) >= 7


@pytest.mark.parametrize("name", CASE_ROUTES)
@pytest.mark.parametrize("role", Role)
def test_a_route_gives_each_role_the_cases_that_the_table_says(
    service: FastAPI, role: Role, name: str
) -> None:
    client, person = sign_in(service, role)
    action = route_table()[name].action
    assert action is not None
    if not may(person, action):
        assert {ask(client, name, number)[0] for number in (OWN, OTHER, NONE)} == {403}
        return
    missing = ask(client, name, NONE)
    assert missing[0] == 404
    assert ask(client, name, OWN)[0] != 404
    if role is Role.POM:
        assert ask(client, name, OTHER) == missing
        missed: Audit = service.state.audit
        entries = missed.entries(Filter(prison_number=OTHER, outcome="not_found"))
        assert {entry.person_id for entry in entries} == {person.id}
    else:
        assert ask(client, name, OTHER)[0] != 404


@pytest.mark.parametrize(
    "address",
    ["/caseload", "/caseload/export.csv", "/api/caseload/due", "/caseload?pom=sam.other@example.org"],
)
def test_lists_show_a_pom_nothing_of_anothers_case(service: FastAPI, address: str) -> None:
    client, _ = sign_in(service, Role.POM)
    answer = client.get(address)
    assert answer.status_code < 500, answer.text
    assert OTHER not in answer.text


def test_a_pom_without_the_action_sees_no_team(service: FastAPI) -> None:
    client, person = sign_in(service, Role.POM)
    assert not may(person, Action.READ_TEAM)
    assert client.get("/team").status_code == 403


@pytest.mark.parametrize(("number", "there"), [(OWN, True), (OTHER, False), (NONE, False)])
def test_the_chat_opens_the_cases_of_the_person_who_asks(service: FastAPI, number: str, there: bool) -> None:
    _, person = sign_in(service, Role.POM)
    store = Caseloads(connect(service.state.settings.database()), resources.rule_book(), "2022")
    with acting_as(person):
        assert (stored_case(number, store) is not None) is there
    with acting_as(None):
        assert stored_case(number, store) is None
