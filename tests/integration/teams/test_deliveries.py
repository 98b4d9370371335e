"""Answers reach Teams in the end, whatever happens to Teams or to the service in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from assistant.settings import Settings
from assistant.storage.database import connect
from assistant.storage.teams import TeamsOutgoing, TeamsRepository

Make = Callable[..., Any]


@pytest.fixture
def bot(teams_settings: Settings) -> Settings:
    """A bot whose own token comes from the test."""
    return teams_settings.model_copy(
        update={"teams_client_secret": None, "teams_managed_identity": "an-identity"}
    )


def install(client: TestClient, issuer: Any, activity: Make) -> None:
    """Something that is answered without the engine: the app is installed, and says hello."""
    told = activity(type="installationUpdate", action="add")
    headers = {"Authorization": f"Bearer {issuer.token(told['serviceUrl'])}"}
    assert client.post("/api/messages", json=told, headers=headers).status_code == 200


def waiting(settings: Settings) -> int:
    with Session(connect(settings.database())) as session:
        return session.scalar(select(func.count()).select_from(TeamsOutgoing)) or 0


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("status", [500, 503, 429, 401])
def test_an_answer_waits_for_teams_and_for_a_restart(
    make_client: Make, issuer: Any, connector: Any, activity: Make, bot: Settings, status: int
) -> None:
    connector.failing = status
    with make_client(bot) as client:
        install(client, issuer, activity)
        until(lambda: connector.asked >= 4)
    assert waiting(bot) == 1
    connector.failing = None
    with make_client(bot):
        (welcome,) = connector.wait(1)
        until(lambda: waiting(bot) == 0)
    assert "Hello" in welcome["summary"]


def test_an_answer_that_teams_will_never_take_is_given_up(
    make_client: Make,
    issuer: Any,
    connector: Any,
    activity: Make,
    bot: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    connector.failing = 403
    with make_client(bot) as client:
        install(client, issuer, activity)
        until(lambda: connector.asked >= 2 and waiting(bot) == 0 and "given up" in caplog.text)


def test_where_a_card_is_not_taken_its_text_is_sent(
    make_client: Make, issuer: Any, connector: Any, activity: Make, bot: Settings
) -> None:
    connector.takes_cards = False
    with make_client(bot) as client:
        install(client, issuer, activity)
        (welcome,) = connector.wait(1)
    assert "attachments" not in welcome
    assert "responsible" in welcome["text"]


def test_what_another_process_has_taken_is_left_to_it_for_a_while(bot: Settings, make_client: Make) -> None:
    make_client(bot)
    repository = TeamsRepository(connect(bot.database()))
    assert repository.receive("teams-1", "a", {"kind": "message"})
    assert not repository.receive("teams-1", "a", {"kind": "message"}), "a repeat"
    taken = repository.take_incoming("teams-1", 60)
    assert taken is not None
    assert repository.take_incoming("teams-1", 60) is None
    assert repository.unfinished() == ["teams-1"]
    repository.release_incoming(taken.id)
    assert repository.take_incoming("teams-1", 60) is not None


def test_the_key_is_made_once(bot: Settings, make_client: Make) -> None:
    make_client(bot)
    repository = TeamsRepository(connect(bot.database()))
    assert repository.key("pictures") == repository.key("pictures") != repository.key("conversations")
    assert len(repository.key("pictures")) == 32
