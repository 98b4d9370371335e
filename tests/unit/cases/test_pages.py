"""The pages of the caseload, the case, the calendar and the team, as people with different roles use them."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import Engine, true

from actions import clock
from assistant.access import Person, Role
from assistant.application import create_application
from assistant.settings import Settings
from assistant.storage.case_intake import CaseIntake, IncomingCase
from assistant.storage.cases import CaseRepository
from assistant.storage.database import connect, migrate

SIGN_IN = {"oidc_discovery_url": "https://login.example.org/discovery", "oidc_client_id": "assistant"}


def days(number: int) -> str:
    return (clock.today() + timedelta(days=number)).isoformat()


def determinate(release: int) -> dict[str, Any]:
    """The facts of a legacy CRC case whose handover is three months before a release so many days ahead."""
    return {
        "legal_status": "sentenced",
        "sentence_type": "determinate",
        "provider": "CRC",
        "sentence_date": days(-400),
        "conditional_release_date": days(release),
        "recall_type": "none",
        "rosh": "medium",
        "tier": "C",
    }


CASES = [
    IncomingCase("A0001AA", determinate(100), name="<b>Sam</b>", pom="ann.poe@example.org"),
    IncomingCase("A0002AA", determinate(700), pom="ann.poe@example.org"),
    IncomingCase("A0003AA", determinate(110), pom="bob.roe@example.org"),
    IncomingCase(
        "A0004AA", {"sentence_type": "life", "sentence_date": days(-4000)}, pom="bob.roe@example.org"
    ),
]


@pytest.fixture
def application(tmp_path: Path) -> FastAPI:
    settings = Settings(data_directory=tmp_path, **SIGN_IN)  # type: ignore[arg-type]
    migrate(settings.database())
    CaseIntake(connect(settings.database())).take(CASES, source="a file", by="pat", on=clock.today())
    return create_application(settings, tmp_path / "no-model")


@pytest.fixture
def engine(application: FastAPI) -> Engine:
    return connect(application.state.settings.database())


def browser(application: FastAPI, *roles: Role, name: str) -> TestClient:
    person: Person = application.state.people.add(
        name, f"{name.replace(' ', '.').lower()}@example.org", roles
    )
    client = TestClient(application, follow_redirects=False)
    client.cookies.set("session", application.state.authentication.sessions.begin(person, "token"))
    return client


@pytest.fixture
def ann(application: FastAPI) -> TestClient:
    return browser(application, Role.POM, name="Ann Poe")


@pytest.fixture
def head(application: FastAPI) -> TestClient:
    return browser(application, Role.HEAD_OF_DELIVERY, name="Hed Oom")


@pytest.fixture
def reader(application: FastAPI) -> TestClient:
    return browser(application, Role.READ_ONLY, name="Rae Donly")


def numbers(page: str) -> set[str]:
    return set(re.findall(r"/cases/(A\d{4}AA)", page))


def test_a_pom_sees_and_searches_only_their_own_cases(ann: TestClient) -> None:
    assert numbers(ann.get("/caseload?view=cases").text) == {"A0001AA", "A0002AA"}
    assert numbers(ann.get("/caseload?view=cases&whose=all").text) == {"A0001AA", "A0002AA"}
    assert numbers(ann.get("/caseload?view=cases&whose=bob.roe@example.org").text) == set()
    assert numbers(ann.get("/caseload?view=cases&q=a0002").text) == {"A0002AA"}
    assert "bob.roe" not in ann.get("/caseload").text


def test_a_head_of_delivery_sees_every_case_and_chooses_whose(head: TestClient) -> None:
    assert numbers(head.get("/caseload?view=cases").text) == {f"A000{n}AA" for n in range(1, 5)}
    assert numbers(head.get("/caseload?view=cases&whose=bob.roe@example.org").text) == {"A0003AA", "A0004AA"}


def test_another_persons_case_is_answered_as_if_there_were_none(ann: TestClient) -> None:
    none = ann.get("/cases/A9999AA")
    for method, address, form in (
        ("GET", "/cases/A0003AA", {}),
        ("GET", "/cases/A0003AA/facts/rosh", {}),
        ("POST", "/cases/A0003AA/facts/rosh", {"revision": "1", "standing": "low"}),
        ("POST", "/cases/A0003AA/tasks", {"task": "HAND-03", "due": days(18)}),
        ("POST", "/cases/A0003AA/chat", {}),
        (
            "POST",
            "/cases/A0003AA/early-allocation",
            {"revision": "0", "move": "saved", "day": "1", "month": "1", "year": "2020"},
        ),
    ):
        answer = ann.request(method, address, data=form or None)
        assert (answer.status_code, answer.text) == (404, none.text), address


def test_what_a_name_says_is_shown_and_never_run(ann: TestClient) -> None:
    page = ann.get("/cases/A0001AA").text
    assert "&lt;b&gt;Sam&lt;/b&gt;" in page
    assert "<b>Sam" not in page


def test_a_handover_is_listed_with_its_reason_and_its_source(ann: TestClient) -> None:
    page = ann.get("/caseload?view=handovers").text
    assert numbers(page) == {"A0001AA"}
    assert "3 months before release" in page
    assert "/guidance/omic-effective-practice-guide-2022" in page


def first_task(page: str) -> dict[str, str]:
    found = re.search(r'name="task" value="([^"]+)">\s*<input type="hidden" name="due" value="([^"]*)"', page)
    assert found
    return {"task": found[1], "due": found[2]}


def test_a_duty_is_marked_done_and_taken_back(ann: TestClient) -> None:
    duty = first_task(ann.get("/caseload?view=ahead&q=A0001AA").text)
    done = ann.post("/cases/A0001AA/tasks", data={**duty, "back": "/caseload?view=ahead"})
    assert done.headers["location"].startswith("/caseload?view=ahead&notice=done")
    assert "Marked done" in ann.get(done.headers["location"]).text
    assert duty["task"] in ann.get("/caseload?view=done").text
    assert "by Ann Poe" in ann.get("/caseload?view=done").text
    back = ann.post("/cases/A0001AA/tasks", data={**duty, "undo": "1", "back": "//elsewhere.example.org"})
    assert back.headers["location"].startswith("/cases/A0001AA?notice=undone")
    assert duty["task"] not in ann.get("/caseload?view=done").text


def test_a_duty_that_there_is_not_cannot_be_marked(ann: TestClient) -> None:
    assert ann.post("/cases/A0001AA/tasks", data={"task": "HAND-03", "due": "1999-01-01"}).status_code == 409


def fact_form(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


def test_a_fact_is_corrected_with_its_history(ann: TestClient, engine: Engine) -> None:
    address = "/cases/A0002AA/facts/conditional_release_date"
    seen = fact_form(ann.get(address).text)
    new = clock.today() + timedelta(days=720)
    typed = {"revision": seen, "standing": "given", "day": new.day, "month": new.month, "year": new.year}
    assert ann.post(address, data=typed).headers["location"].startswith("/cases/A0002AA?notice=fact")
    page = ann.get("/cases/A0002AA").text
    assert "by Ann Poe (correction)" in page
    assert CaseRepository(engine).find("A0002AA", true()).facts["conditional_release_date"] == new.isoformat()


def test_the_second_of_two_people_who_correct_a_fact_is_told(ann: TestClient, head: TestClient) -> None:
    address = "/cases/A0002AA/facts/rosh"
    seen = fact_form(ann.get(address).text)
    assert head.post(address, data={"revision": seen, "standing": "high"}).status_code == 303
    told = ann.post(address, data={"revision": seen, "standing": "low"})
    assert told.status_code == 409
    assert 'Hed Oom changed this to "high risk of serious harm"' in told.text.replace("&#34;", '"')
    assert 'value="low" checked' in told.text
    again = ann.post(address, data={"revision": fact_form(told.text), "standing": "low"})
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("fact", "typed", "said"),
    [
        (
            "conditional_release_date",
            {"standing": "given", "day": "31", "month": "2", "year": "2027"},
            "day, month",
        ),
        (
            "conditional_release_date",
            {"standing": "given", "day": "1", "month": "1", "year": "1999"},
            "sentence date",
        ),
        ("conditional_release_date", {}, "Choose an answer"),
        ("rosh", {"standing": "severe"}, "not an allowed value"),
        ("sentence_length_months", {"standing": "given", "value": "a lot"}, "not a number"),
        ("tariff_expiry_date", {"standing": "given", "day": "1", "month": "1", "year": "2030"}, "no tariff"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_the_reason(
    ann: TestClient, engine: Engine, fact: str, typed: dict[str, str], said: str
) -> None:
    before = dict(CaseRepository(engine).find("A0001AA", true()).facts)
    answer = ann.post(f"/cases/A0001AA/facts/{fact}", data={"revision": "1", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert dict(CaseRepository(engine).find("A0001AA", true()).facts) == before


def test_a_fact_becomes_unknown_or_known_to_be_absent(ann: TestClient, engine: Engine) -> None:
    cases = CaseRepository(engine)
    ann.post("/cases/A0001AA/facts/tier", data={"revision": "1", "standing": "unknown"})
    ann.post("/cases/A0001AA/facts/parole_eligibility_date", data={"revision": "0", "standing": "absent"})
    facts = cases.find("A0001AA", true()).facts
    assert "tier" not in facts
    assert facts["parole_eligibility_date"] is None


def test_an_early_allocation_is_referred_and_decided(ann: TestClient, head: TestClient) -> None:
    address, today = "/cases/A0002AA/early-allocation", clock.today()
    on = {"day": today.day, "month": today.month, "year": today.year}

    def move(client: TestClient, revision: int, **form: Any) -> int:
        return client.post(address, data={"revision": revision, **on, **form}).status_code

    assert move(ann, 0) == 422
    assert move(ann, 0, move="in_effect") == 409
    assert move(ann, 0, move="referred", note="sent by post") == 303
    assert move(head, 0, move="community_decided", decision="accepted") == 409
    assert move(ann, 1, move="community_decided") == 422
    assert move(ann, 1, move="community_decided", decision="accepted") == 303
    page = ann.get("/cases/A0002AA").text
    assert "The community has decided: accepted." in page
    assert "sent by post" in page
    assert numbers(head.get("/caseload?view=cases&state=community_decided").text) == {"A0002AA"}
    tomorrow = today + timedelta(days=1)
    ahead = {"day": tomorrow.day, "month": tomorrow.month, "year": tomorrow.year}
    assert move(ann, 2, move="in_effect", **ahead) == 422


def test_who_may_only_read_changes_nothing(reader: TestClient, engine: Engine) -> None:
    page = reader.get("/cases/A0001AA").text
    assert "Mark done" not in page
    assert "/facts/rosh" not in page
    answer = reader.post("/cases/A0001AA/facts/rosh", data={"revision": "1", "standing": "low"})
    assert answer.status_code == 403
    assert CaseRepository(engine).find("A0001AA", true()).facts["rosh"] == "medium"


def test_the_list_is_taken_away_as_csv_and_as_a_workbook(ann: TestClient) -> None:
    answer = ann.get("/caseload/export.csv?view=ahead")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows
    assert {row["prison_number"] for row in rows} <= {"A0001AA", "A0002AA"}
    assert all(date.fromisoformat(row["due"]) >= clock.today() for row in rows if row["due"])
    assert all(row["quote"] and row["source"] for row in rows)
    sheet = load_workbook(io.BytesIO(ann.get("/caseload/export.xlsx?view=ahead").content)).active
    assert sheet is not None
    assert sheet.max_row == len(rows) + 1


def test_a_calendar_is_read_at_a_private_address_until_it_is_stopped(
    application: FastAPI, ann: TestClient
) -> None:
    page = ann.post("/caseload/calendar").text
    address = re.search(r'value="(http[^"]+\.ics)"', page)
    assert address
    stranger = TestClient(application)
    path = address[1].removeprefix("http://testserver")
    found = stranger.get(path)
    assert found.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:A0001AA: Handover to the community" in found.text
    assert "A0003AA" not in found.text
    assert "Sam" not in found.text
    assert stranger.get(path).content == found.content
    assert address[1] not in ann.get("/caseload/calendar").text
    assert ann.post("/caseload/calendar/revoke").status_code == 303
    assert stranger.get(path).status_code == 404
    assert stranger.get("/caseload/calendar/none.ics").status_code == 404


def test_the_calendar_of_somebody_whose_access_ended_is_closed(application: FastAPI, ann: TestClient) -> None:
    page = ann.post("/caseload/calendar").text
    path = re.search(r'value="http://testserver([^"]+\.ics)"', page)
    assert path
    person = application.state.people.by_email("ann.poe@example.org")
    application.state.people.end_access(person.id)
    assert TestClient(application).get(path[1]).status_code == 404


def test_the_team_is_shown_with_every_caseload_and_the_handovers_by_month(
    ann: TestClient, head: TestClient
) -> None:
    assert ann.get("/team").status_code == 403
    page = head.get("/team").text
    assert "Ann Poe" in page
    assert "bob.roe@example.org" in page
    handover = clock.today() + timedelta(days=100) - timedelta(days=91)
    picture = head.get("/team/handovers.svg").text
    assert picture.count("<rect") == 13
    assert str(handover.year) in picture


def test_an_address_that_is_not_understood_is_refused(ann: TestClient) -> None:
    for query in ("view=nothing", "sort=size", "as_of=tomorrow", "edition=1066"):
        assert ann.get(f"/caseload?{query}").status_code == 404, query


def test_a_notice_says_only_what_the_assistant_says_itself(ann: TestClient) -> None:
    page = ann.get("/caseload?notice=done&task=<script>&number=A0001AA&title=You+won").text
    assert "You won" not in page
    assert "Marked done" not in page
