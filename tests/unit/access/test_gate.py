"""The gate before every route."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.access import Action, Role, extent
from assistant.access.openid import BadSignInSettings
from assistant.access.policy import Extent
from assistant.access.routes import route_names, route_table

from .conftest import SIGN_IN, MakeApplication, sign_in


def address_of(name: str) -> tuple[str, str]:
    """Method and address of a route by its name in the table, with something in every placeholder."""
    method, path = name.split(" ", 1)
    for placeholder in ("{slug}", "{prison_number}", "{token_id}", "{person_id}"):
        path = path.replace(placeholder, "none")
    return ("GET", f"{path}/none") if method == "MOUNT" else (method, path)


def test_the_table_lists_the_routes_of_the_application_and_no_others(
    make_application: MakeApplication,
) -> None:
    assert sorted(route_names(make_application().routes)) == sorted(route_table())


@pytest.mark.parametrize("role", Role)
def test_every_route_lets_in_whom_the_table_names(signed_in_service: FastAPI, role: Role) -> None:
    client, person = sign_in(signed_in_service, role)
    for name, need in route_table().items():
        method, address = address_of(name)
        answer = client.request(method, address)
        allowed = need.open or extent(person, Action(need.action)) is not Extent.NONE
        refused = "do not allow this" in answer.text or "does not include it" in answer.text
        assert refused is not allowed, name
        assert not refused or answer.status_code == 403, name


def test_every_route_that_is_not_open_asks_to_sign_in(signed_in_service: FastAPI) -> None:
    client = TestClient(signed_in_service, follow_redirects=False, raise_server_exceptions=False)
    for name, need in route_table().items():
        method, address = address_of(name)
        answer = client.request(method, address)
        # The Teams endpoint, which is open to the gate, asks for a token of its own with the same status.
        asked = (answer.status_code == 401 and "sign in" in answer.text.lower()) or (
            "/sign-in?next=" in answer.headers.get("location", "")
        )
        assert asked is not need.open, name


def test_a_route_that_the_table_does_not_list_lets_nobody_in(signed_in_service: FastAPI) -> None:
    @signed_in_service.get("/api/new")
    def new() -> str:
        return "secret"

    client, _ = sign_in(signed_in_service, *Role)
    assert client.get("/api/new").status_code == 403
    assert TestClient(signed_in_service).get("/api/new").status_code == 401


def test_a_page_leads_to_sign_in_and_back(signed_in_service: FastAPI) -> None:
    client = TestClient(signed_in_service, follow_redirects=False, raise_server_exceptions=False)
    answer = client.get("/guidance?q=early%20allocation", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fguidance%3Fq%3Dearly%2520allocation"


def test_a_form_sent_after_the_session_ended_says_so(signed_in_service: FastAPI) -> None:
    client = TestClient(signed_in_service)
    page = client.post("/", data={"message": "hello"}, headers={"accept": "text/html"})
    assert page.status_code == 401
    assert "Sign in to go on" in page.text
    program = client.post("/", data={"message": "hello"}, headers={"accept": "application/json"})
    assert "Sign in" in program.json()["error"]


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer pom_aaaaaaaaaaaa_bbbb", "bearer "])
def test_a_wrong_api_token_is_refused_in_either_mode(make_application: MakeApplication, header: str) -> None:
    for application in (make_application(), make_application(**SIGN_IN)):
        answer = TestClient(application).post(
            "/api/ask", json={"question": "what is a POM?"}, headers={"Authorization": header}
        )
        assert answer.status_code == 401
        assert "invalid_token" in answer.headers["www-authenticate"]


def test_a_token_does_what_its_scopes_say(signed_in_service: FastAPI) -> None:
    _, person = sign_in(signed_in_service, Role.POM)
    token, _ = signed_in_service.state.authentication.tokens.create(
        person, "report", ["guidance.read", "audit.read"], 30
    )
    client = TestClient(signed_in_service, headers={"Authorization": f"Bearer {token}"})
    assert client.get("/api/openapi.json").status_code == 200
    assert client.post("/api/assess", json={}).status_code == 403
    assert client.post("/webhooks/rest/webhook", json={"message": "hello"}).status_code == 403


def test_a_token_of_the_demonstration_person_ends_with_development_mode(
    make_application: MakeApplication,
) -> None:
    from assistant.access import DEMONSTRATION

    development = make_application()
    development.state.people.keep(DEMONSTRATION)
    token, _ = development.state.authentication.tokens.create(DEMONSTRATION, "demo", list(Action), 30)
    headers = {"Authorization": f"Bearer {token}"}
    assert TestClient(development).get("/api/openapi.json", headers=headers).status_code == 200
    assert (
        TestClient(make_application(**SIGN_IN)).get("/api/openapi.json", headers=headers).status_code == 401
    )


class TestDevelopmentMode:
    """Without a provider: one demonstration person, on this computer only."""

    def test_it_answers_without_signing_in(self, make_application: MakeApplication) -> None:
        assert TestClient(make_application()).get("/").status_code == 200

    @pytest.mark.parametrize(
        ("client", "headers"),
        [
            (("192.0.2.7", 1000), {}),
            (("127.0.0.1", 1000), {"Host": "elsewhere.example"}),
            (("127.0.0.1", 1000), {"X-Forwarded-For": "192.0.2.7"}),
        ],
    )
    def test_it_answers_no_other_computer(
        self, make_application: MakeApplication, client: tuple[str, int], headers: dict[str, str]
    ) -> None:
        browser = TestClient(make_application(), client=client)
        for address in ("/", "/health/live", "/api/openapi.json"):
            answer = browser.get(address, headers=headers)
            assert answer.status_code == 403
            assert "this computer only" in answer.text

    @pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8123", "[::1]:8000", "app.localhost"])
    def test_every_name_of_this_computer_will_do(self, make_application: MakeApplication, host: str) -> None:
        browser = TestClient(make_application(), client=("127.0.0.1", 1000))
        assert browser.get("/", headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "assistant.example.org"])
    def test_it_does_not_start_where_others_could_reach_it(
        self, make_application: MakeApplication, host: str
    ) -> None:
        with pytest.raises(BadSignInSettings, match="POM_ASSISTANT_OIDC_DISCOVERY_URL"):
            make_application(host=host)
