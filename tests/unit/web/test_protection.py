"""Who may embed the chat, and what is taken from a browser."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from assistant.channels.embed import matches
from assistant.settings import Settings
from assistant.web.browser import conversation_of, is_token, new_token
from assistant.web.protection import from_elsewhere

HOSTS = ("https://intranet.example.gov.uk", "https://*.prisons.example.gov.uk", "http://localhost:8090")


@pytest.mark.parametrize(
    "origin",
    [
        "https://intranet.example.gov.uk",
        "https://leeds.prisons.example.gov.uk",
        "https://a.b.prisons.example.gov.uk",
        "http://localhost:8090",
    ],
)
def test_an_allowed_host_is_known(origin: str) -> None:
    assert matches(origin, HOSTS)


@pytest.mark.parametrize(
    "origin",
    [
        "http://intranet.example.gov.uk",
        "https://intranet.example.gov.uk:8443",
        "https://intranet.example.gov.uk.elsewhere.example",
        "https://elsewhere.example/https://intranet.example.gov.uk",
        "https://prisons.example.gov.uk",
        "https://elsewhere.example/.prisons.example.gov.uk",
        "https://prisonsXexample.gov.uk",
        "http://127.0.0.1:8090",
        "null",
        "",
    ],
)
def test_any_other_origin_is_not(origin: str) -> None:
    assert not matches(origin, HOSTS)


def test_the_hosts_are_read_from_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POM_ASSISTANT_EMBED_HOSTS", "https://a.example, http://localhost:8090")
    assert Settings().embed_hosts == ("https://a.example", "http://localhost:8090")


@pytest.mark.parametrize(
    "host", ["a.example", "https://a.example/", "https://a.example; script-src *", "*", "https://a b.example"]
)
def test_what_is_not_an_origin_is_refused(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("POM_ASSISTANT_EMBED_HOSTS", host)
    with pytest.raises(ValidationError, match="embed_hosts"):
        Settings()


@pytest.mark.parametrize(
    ("method", "headers", "refused"),
    [
        ("POST", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-site"}, True),
        ("POST", {"sec-fetch-site": "same-origin"}, False),
        ("POST", {"sec-fetch-site": "none"}, False),
        ("POST", {"origin": "https://elsewhere.example"}, True),
        ("POST", {"origin": "null"}, True),
        ("POST", {"origin": "https://assistant.example"}, False),
        ("POST", {}, False),
        ("DELETE", {"sec-fetch-site": "cross-site"}, True),
        ("GET", {"sec-fetch-site": "cross-site"}, False),
    ],
)
def test_only_a_change_that_another_site_sent_is_refused(
    method: str, headers: dict[str, str], refused: bool
) -> None:
    sent = {"host": "assistant.example"} | headers
    scope = {
        "type": "http",
        "method": method,
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    assert from_elsewhere(scope) is refused


def test_the_id_of_a_conversation_does_not_give_away_its_secret() -> None:
    token = new_token()
    assert is_token(token)
    assert token not in conversation_of(token)
    assert not is_token(conversation_of(token))
    assert conversation_of(token) != conversation_of(new_token())
