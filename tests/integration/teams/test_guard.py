"""Only the Bot Framework gets in, only for this bot and only from its tenant: everything else is refused unread."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from assistant.settings import Settings
from assistant.storage.database import connect
from assistant.storage.teams import TeamsConversation, TeamsIncoming

OTHER_TENANT = "99999999-9999-9999-9999-999999999999"
Make = Callable[..., Any]


@pytest.fixture
def client(make_client: Make) -> Iterator[TestClient]:
    with make_client() as client:
        yield client


@pytest.fixture
def recorded(teams_settings: Settings) -> Callable[[], int]:
    """How many activities were recorded, and conversations remembered."""

    def count() -> int:
        with Session(connect(teams_settings.database())) as session:
            return sum(
                session.scalar(select(func.count()).select_from(model)) or 0
                for model in (TeamsIncoming, TeamsConversation)
            )

    return count


def post(client: TestClient, activity: Any, token: str | None) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return client.post("/api/messages", json=activity, headers=headers).status_code


def test_a_valid_token_is_let_in_and_the_message_recorded_once(
    client: TestClient, issuer: Any, activity: Make, recorded: Make
) -> None:
    said = activity()
    token = issuer.token(said["serviceUrl"])
    assert post(client, said, token) == 200
    assert recorded() == 2, "one activity, one conversation"
    assert post(client, said, token) == 200
    assert recorded() == 2, "a repeat of the delivery is known by its id"


def _public_key_as_secret(issuer: Any) -> bytes:
    return bytes(
        issuer.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


def _hs256_with_the_public_key(issuer: Any, url: str) -> str:
    import hashlib
    import hmac

    def encoded(part: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()

    claims = jwt.decode(issuer.token(url), options={"verify_signature": False})
    signed = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'signing-key'})}.{encoded(claims)}"
    signature = hmac.new(_public_key_as_secret(issuer), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _without_signature(issuer: Any, url: str) -> str:
    return issuer.token(url).rsplit(".", 1)[0] + "."


def _altered(issuer: Any, url: str) -> str:
    head, claims, signature = issuer.token(url).split(".")
    found = json.loads(base64.urlsafe_b64decode(claims + "=="))
    found["exp"] += 100_000
    changed = base64.urlsafe_b64encode(json.dumps(found).encode()).rstrip(b"=").decode()
    return f"{head}.{changed}.{signature}"


FORGED: dict[str, Callable[[Any, str], str]] = {
    "wrong key": lambda issuer, url: issuer.token(
        url, key=rsa.generate_private_key(public_exponent=65537, key_size=2048)
    ),
    "unknown key id": lambda issuer, url: issuer.token(url, headers={"kid": "another-key"}),
    "no key id": lambda issuer, url: issuer.token(url, headers={"kid": None}),
    "empty key id": lambda issuer, url: issuer.token(url, headers={"kid": ""}),
    "key id that is no text": lambda issuer, url: _hand_made(issuer, url, {"alg": "RS256", "kid": 7}),
    "algorithm none": lambda issuer, url: issuer.token(url, key="", algorithm="none"),
    "algorithm None": lambda issuer, url: _hand_made(issuer, url, {"alg": "None", "kid": "signing-key"}),
    "HS256 with a password": lambda issuer, url: issuer.token(url, key="x" * 64, algorithm="HS256"),
    "HS256 with the public key": _hs256_with_the_public_key,
    "RS384": lambda issuer, url: issuer.token(url, algorithm="RS384"),
    "no signature": _without_signature,
    "altered claims": _altered,
    "wrong audience": lambda issuer, url: issuer.token(url, aud=OTHER_TENANT),
    "audience as a list": lambda issuer, url: issuer.token(url, aud=["11111111-2222-3333-4444-555555555555"]),
    "no audience": lambda issuer, url: issuer.token(url, aud=None),
    "audience of single sign-on": lambda issuer, url: issuer.token(
        url, aud="api://11111111-2222-3333-4444-555555555555"
    ),
    "wrong issuer": lambda issuer, url: issuer.token(url, iss="https://login.example.org"),
    "issuer of the emulator": lambda issuer, url: issuer.token(
        url,
        iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/",
        tid="d6d49420-f39b-4df7-a1dc-d59a935871db",
    ),
    "Entra token of another tenant": lambda issuer, url: issuer.token(
        url, iss=f"https://login.microsoftonline.com/{OTHER_TENANT}/v2.0", tid=OTHER_TENANT
    ),
    "no issuer": lambda issuer, url: issuer.token(url, iss=None),
    "another tenant in the token": lambda issuer, url: issuer.token(url, tid=OTHER_TENANT),
    "expired an hour ago": lambda issuer, url: issuer.token(url, exp=int(time.time()) - 3600),
    "expired two minutes ago": lambda issuer, url: issuer.token(url, exp=int(time.time()) - 120),
    "no expiry": lambda issuer, url: issuer.token(url, exp=None),
    "expiry that is no number": lambda issuer, url: issuer.token(url, exp="tomorrow"),
    "not valid yet": lambda issuer, url: issuer.token(url, nbf=int(time.time()) + 600),
    "issued in the future": lambda issuer, url: issuer.token(url, iat=int(time.time()) + 600),
    "another service": lambda issuer, url: issuer.token("https://smba.trafficmanager.net/uk/"),
    "no service": lambda issuer, url: issuer.token(url, serviceurl=None),
    "service that is no text": lambda issuer, url: issuer.token(url, serviceurl=[url]),
    "empty": lambda issuer, url: "",
    "no token at all": lambda issuer, url: "hello",
    "three dots": lambda issuer, url: "..",
    "three times nothing": lambda issuer, url: "a.b.c",
    "very long": lambda issuer, url: f"{'a' * 20_000}.b.c",
}


def _hand_made(issuer: Any, url: str, header: dict[str, Any]) -> str:
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return encoded + "." + issuer.token(url).split(".", 1)[1]


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_token_is_refused_and_nothing_is_processed(
    client: TestClient, issuer: Any, activity: Make, recorded: Make, forgery: str
) -> None:
    said = activity()
    assert post(client, said, FORGED[forgery](issuer, said["serviceUrl"])) == 401
    assert recorded() == 0


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "}, {"Authorization": "Basic eDp5"}],
)
def test_no_token_is_refused(
    client: TestClient, activity: Make, recorded: Make, headers: dict[str, str]
) -> None:
    assert client.post("/api/messages", json=activity(), headers=headers).status_code == 401
    assert recorded() == 0


def test_two_authorization_headers_are_refused(client: TestClient, issuer: Any, activity: Make) -> None:
    said = activity()
    headers = [
        ("Authorization", f"Bearer {issuer.token(said['serviceUrl'])}"),
        ("Authorization", "Bearer x.y.z"),
    ]
    assert client.post("/api/messages", json=said, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"serviceUrl": "https://example.org/"},
        {"serviceUrl": None},
        {"serviceUrl": ""},
        {"serviceUrl": 7},
        {"channelId": "webchat"},
        {"channelId": None},
        {"channelData": {"tenant": {"id": OTHER_TENANT}}},
        {"conversation": {"id": "a:personal", "conversationType": "personal", "tenantId": OTHER_TENANT}},
        {"channelData": {}, "conversation": {"id": "a:personal", "conversationType": "personal"}},
        {"channelData": "x", "conversation": "y"},
    ],
)
def test_an_activity_that_the_token_does_not_vouch_for_is_refused(
    client: TestClient, issuer: Any, activity: Make, recorded: Make, changes: dict[str, Any]
) -> None:
    said = activity()
    token = issuer.token(said["serviceUrl"])
    assert post(client, said | changes, token) == 401
    assert recorded() == 0


def test_an_activity_without_a_service_is_refused_even_if_the_token_names_one(
    client: TestClient, issuer: Any, activity: Make, recorded: Make
) -> None:
    said = activity()
    token = issuer.token(said.pop("serviceUrl"))
    assert post(client, said, token) == 401
    assert recorded() == 0


def test_a_service_without_encryption_elsewhere_is_refused(
    client: TestClient, issuer: Any, activity: Make
) -> None:
    said = activity(serviceUrl="http://connector.example.org/")
    assert post(client, said, issuer.token("http://connector.example.org/")) == 401


def test_a_key_that_is_not_endorsed_for_teams_is_refused(
    make_client: Make, issuer: Any, activity: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer, "endorsements", ["webchat"])
    said = activity()
    with make_client() as client:
        assert post(client, said, issuer.token(said["serviceUrl"])) == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000, b"null"])
def test_a_body_that_is_no_activity_is_refused(
    client: TestClient, issuer: Any, connector: Any, recorded: Make, body: bytes
) -> None:
    signed = {"Authorization": f"Bearer {issuer.token(connector.url)}"}
    assert client.post("/api/messages", content=body).status_code == 401
    assert client.post("/api/messages", content=body, headers=signed).status_code == 400
    assert recorded() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"from": None},
        {"conversation": {"tenantId": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"}},
        {"id": None},
        {"recipient": 3},
    ],
)
def test_an_activity_with_parts_missing_is_refused(
    client: TestClient, issuer: Any, activity: Make, recorded: Make, changes: dict[str, Any]
) -> None:
    said = activity() | changes
    assert post(client, said, issuer.token(said["serviceUrl"])) == 400
    assert recorded() == 0


def test_a_huge_body_is_not_read(client: TestClient, issuer: Any, activity: Make, recorded: Make) -> None:
    said = activity("x" * 300_000)
    assert post(client, said, issuer.token(said["serviceUrl"])) == 413
    parts = (b"x" * 65_536 for _ in range(10))
    signed = {"Authorization": f"Bearer {issuer.token(said['serviceUrl'])}"}
    assert client.post("/api/messages", content=parts, headers=signed).status_code == 413
    assert recorded() == 0


@pytest.mark.parametrize("kind", ["event", "messageReaction", "typing", "somethingNew"])
def test_an_activity_of_another_type_is_acknowledged_and_left_alone(
    client: TestClient, issuer: Any, activity: Make, recorded: Make, kind: str
) -> None:
    said = activity(type=kind)
    assert post(client, said, issuer.token(said["serviceUrl"])) == 200
    assert recorded() == 0


def test_forged_tokens_do_not_make_the_service_fetch_keys_again_and_again(
    client: TestClient, issuer: Any, activity: Make
) -> None:
    said = activity()
    assert post(client, said, issuer.token(said["serviceUrl"])) == 200
    before = issuer.fetched
    for number in range(20):
        assert post(client, said, issuer.token(said["serviceUrl"], headers={"kid": f"key-{number}"})) == 401
    assert issuer.fetched - before <= 1


def test_without_the_keys_nobody_is_let_in(
    make_client: Make, issuer: Any, activity: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer, "url", "http://127.0.0.1:9")
    said = activity()
    with make_client() as client:
        assert post(client, said, issuer.token(said["serviceUrl"])) == 401


def test_unconfigured_everybody_is_refused(
    make_client: Make, issuer: Any, activity: Make, teams_settings: Settings
) -> None:
    off = Settings(data_directory=teams_settings.data_directory)
    said = activity()
    with make_client(off) as client:
        assert post(client, said, issuer.token(said["serviceUrl"])) == 401
        assert post(client, said, None) == 401
        assert client.post("/api/messages", content=b"x" * 1_000_000).status_code == 401


@pytest.mark.parametrize("left_out", ["teams_client_id", "teams_tenant_id", "teams_client_secret"])
def test_half_a_configuration_lets_nobody_in_and_says_what_is_missing(
    make_client: Make,
    issuer: Any,
    activity: Make,
    teams_settings: Settings,
    left_out: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    said = activity()
    with make_client(teams_settings.model_copy(update={left_out: None})) as client:
        assert post(client, said, issuer.token(said["serviceUrl"])) == 401
    assert left_out.upper() in caplog.text


class TestLocalMode:
    """Messages without a token, for the local test tool."""

    @pytest.fixture
    def local(self, teams_settings: Settings) -> Settings:
        return Settings(data_directory=teams_settings.data_directory, teams_unauthenticated=True)

    def test_it_takes_messages_from_this_machine_and_says_so_loudly(
        self, make_client: Make, activity: Make, local: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        with make_client(local) as client:
            assert post(client, activity(), None) == 200
        assert "WITHOUT A TOKEN" in caplog.text

    def test_it_takes_none_from_another_machine(
        self, make_client: Make, activity: Make, local: Settings
    ) -> None:
        with make_client(local, client=("192.0.2.1", 50000)) as client:
            assert post(client, activity(), None) == 401

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "pom.example.org"},
            {"X-Forwarded-For": "192.0.2.1"},
            {"Forwarded": "for=192.0.2.1"},
            {"Origin": "https://example.org"},
        ],
    )
    def test_it_takes_none_through_a_proxy_or_from_a_page(
        self, make_client: Make, activity: Make, local: Settings, headers: dict[str, str]
    ) -> None:
        with make_client(local) as client:
            assert client.post("/api/messages", json=activity(), headers=headers).status_code == 401

    def test_it_answers_to_this_machine_only(
        self, make_client: Make, activity: Make, local: Settings
    ) -> None:
        with make_client(local) as client:
            assert post(client, activity(serviceUrl="https://example.org"), None) == 401

    def test_it_is_refused_where_the_service_listens_to_others(
        self, make_client: Make, activity: Make, local: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        with make_client(local.model_copy(update={"host": "0.0.0.0"})) as client:
            assert post(client, activity(), None) == 401
        assert "0.0.0.0" in caplog.text

    def test_it_is_refused_beside_credentials(
        self, make_client: Make, activity: Make, teams_settings: Settings
    ) -> None:
        with make_client(teams_settings.model_copy(update={"teams_unauthenticated": True})) as client:
            assert post(client, activity(), None) == 401


def test_what_microsofts_validator_lets_pass_and_the_guard_does_not(issuer: Any, connector: Any) -> None:
    """Why there is a guard before it. When this fails, the package has become stricter: docs/teams.md can say so."""
    import asyncio

    from microsoft_teams.apps.auth import InboundActivityTokenValidator

    validator = InboundActivityTokenValidator("11111111-2222-3333-4444-555555555555", cloud=issuer.cloud())
    now = int(time.time())
    asyncio.run(validator.validate_token(issuer.token(connector.url, exp=None), connector.url))
    asyncio.run(validator.validate_token(issuer.token(connector.url, serviceurl=None), None))
    asyncio.run(validator.validate_token(issuer.token(connector.url, exp=now - 240), connector.url))
    asyncio.run(validator.validate_token(issuer.token(connector.url, tid=OTHER_TENANT), connector.url))
