"""Microsoft's side of Teams on loopback: who signs the tokens, and what takes the messages."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from microsoft_teams.api.auth.cloud_environment import PUBLIC, CloudEnvironment, with_overrides
from starlette.testclient import TestClient

from assistant.channels import teams
from assistant.engine.conversation_engine import ConversationEngine
from assistant.engine.feedback import FeedbackDesk
from assistant.settings import Settings
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect, migrate

BOT = "11111111-2222-3333-4444-555555555555"
TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
KEY_ID = "signing-key"


class Server:
    """A small HTTP server on loopback."""

    def __init__(self, answer: Callable[[str, str, bytes, dict[str, str]], tuple[int, Any]]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, content = answer(self.command, self.path, body, dict(self.headers))
                sent = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_PUT = do_POST

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class TokenIssuer:
    """Signs tokens as the Bot Framework does, and wrong ones in every way a test asks for."""

    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))
    endorsements: list[str] = field(default_factory=lambda: ["msteams", "webchat"])
    fetched: int = 0
    url: str = ""

    def answer(self, _method: str, path: str, _body: bytes, _headers: dict[str, str]) -> tuple[int, Any]:
        if path != "/v1/.well-known/keys":
            return 404, {}
        self.fetched += 1
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        key = public | {"kid": KEY_ID, "use": "sig", "alg": "RS256", "endorsements": self.endorsements}
        return 200, {"keys": [key]}

    def token(
        self,
        service_url: str,
        key: Any = None,
        headers: dict[str, Any] | None = None,
        algorithm: str = "RS256",
        **claims: Any,
    ) -> str:
        """A valid token, but for what is given; a claim given as None is left out."""
        now = int(time.time())
        given: dict[str, Any] = {
            "iss": "https://api.botframework.com",
            "aud": BOT,
            "nbf": now - 10,
            "exp": now + 3600,
            "serviceurl": service_url,
        } | claims
        payload = {name: value for name, value in given.items() if value is not None}
        named = {
            name: value for name, value in ({"kid": KEY_ID} | (headers or {})).items() if value is not None
        }
        return jwt.encode(payload, self.key if key is None else key, algorithm=algorithm, headers=named)

    def own_token(self) -> str:
        """A token for what the bot sends."""
        return self.token("", aud="https://api.botframework.com", appid=BOT)

    def cloud(self) -> CloudEnvironment:
        """Where Microsoft's services are for the tests."""
        return with_overrides(PUBLIC, openid_metadata_url=f"{self.url}/v1/.well-known/openidconfiguration")


@dataclass
class FakeConnector:
    """Takes the activities that the bot sends. `failing` makes it answer with an error."""

    received: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    failing: int | None = None
    takes_cards: bool = True
    asked: int = 0
    url: str = ""

    def answer(self, _method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        self.asked += 1
        if self.failing:
            return self.failing, {}
        if not self.takes_cards and json.loads(body).get("attachments"):
            return 413, {}
        self.received.append((path.split("/")[3], json.loads(body), headers))
        return 201, {"id": f"sent-{len(self.received)}"}

    def messages(self, thread: str | None = None) -> list[dict[str, Any]]:
        """The messages that were taken, in a thread or at all; not that somebody is typing."""
        return [
            activity
            for where, activity, _ in list(self.received)
            if activity["type"] == "message" and thread in (None, where)
        ]

    def wait(self, count: int, thread: str | None = None, seconds: float = 60) -> list[dict[str, Any]]:
        """The messages, once there are so many."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.messages(thread)
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise AssertionError(f"{len(self.messages(thread))} of {count} messages came in {seconds} seconds")


@pytest.fixture(scope="session")
def issuer() -> Iterator[TokenIssuer]:
    issuer = TokenIssuer()
    server = Server(issuer.answer)
    issuer.url = server.url
    yield issuer
    server.close()


@pytest.fixture
def connector() -> Iterator[FakeConnector]:
    connector = FakeConnector()
    server = Server(connector.answer)
    connector.url = server.url
    yield connector
    server.close()


@pytest.fixture
def teams_settings(tmp_path: Path) -> Settings:
    """Settings of a configured bot, with a database of the test's own."""
    return Settings(
        data_directory=tmp_path,
        public_url="https://pom.example.org",
        teams_client_id=BOT,
        teams_tenant_id=TENANT,
        teams_client_secret="not-a-secret",
    )


MakeClient = Callable[..., TestClient]


@pytest.fixture
def make_client(issuer: TokenIssuer, teams_settings: Settings) -> MakeClient:
    """Makes the endpoint with an engine that has not been started: what is let in stays recorded and unanswered."""

    def make(
        settings: Settings = teams_settings, client: tuple[str, int] = ("127.0.0.1", 50000)
    ) -> TestClient:
        migrate(settings.database())
        application = FastAPI()
        conversations = ConversationRepository(connect(settings.database()))
        application.state.settings = settings
        application.state.engine = ConversationEngine(settings, conversations)
        application.state.conversations = conversations
        application.state.feedback = FeedbackDesk(connect(settings.database()))
        application.state.teams = None
        application.include_router(teams.mounting.router)
        teams.switch_on(
            application,
            settings,
            cloud=issuer.cloud() if settings.teams_client_id else None,
            token=(lambda *_: issuer.own_token()) if settings.teams_managed_identity else None,
            longest_wait=0.1,
        )
        return TestClient(
            application, base_url="http://127.0.0.1:8000", client=client, raise_server_exceptions=False
        )

    return make


@pytest.fixture
def activity(connector: FakeConnector) -> Callable[..., dict[str, Any]]:
    """Makes an activity as Teams sends it: a message in a personal chat, but for what is given."""

    def make(
        text: str = "what is a PIPE?", thread: str = "a:personal", person: str = "person-1", **changes: Any
    ) -> dict[str, Any]:
        number = f"{time.time_ns()}"
        made: dict[str, Any] = {
            "type": "message",
            "id": number,
            "timestamp": "2026-01-31T10:00:00.000Z",
            "channelId": "msteams",
            "serviceUrl": connector.url,
            "from": {"id": f"29:{person}", "name": "A Person", "aadObjectId": person},
            "recipient": {"id": f"28:{BOT}", "name": "POM assistant"},
            "conversation": {"id": thread, "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
            "text": text,
            "textFormat": "plain",
            "locale": "en-GB",
        }
        return made | changes

    return make
