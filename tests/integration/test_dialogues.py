"""Dialogues typed into a real engine, and what must survive two messages at once, an end without warning and length."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from actions.conversation.state import MOST_STEPS
from assistant.engine.conversation_engine import ConversationEngine
from assistant.evaluation.expectations import unmet
from assistant.evaluation.labelled_sets import Dialogue, load_dialogues
from assistant.settings import PROJECT_ROOT, Settings
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect

DIALOGUES = load_dialogues(PROJECT_ROOT / "tests" / "conversation" / "dialogues.yaml")
AS_OF = {"as_of": "2026-01-31"}


@pytest.fixture(scope="module")
def engine(settings: Settings, model: Path) -> Iterator[ConversationEngine]:
    engine = ConversationEngine(settings, ConversationRepository(connect(settings.database())))
    engine.start(model)
    yield engine
    engine.stop()


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[dialogue.id for dialogue in DIALOGUES])
def test_every_reply_of_a_dialogue_holds_what_it_must(engine: ConversationEngine, dialogue: Dialogue) -> None:
    conversation = f"{dialogue.id}-{uuid4()}"
    metadata = {"as_of": dialogue.as_of.isoformat()}
    for turn in dialogue.turns:
        reply = asyncio.run(engine.reply(conversation, turn.say, metadata))[0]["custom"]
        assert unmet(turn.expect, reply) == [], (turn.say, reply["text"])


def test_two_messages_of_one_person_at_once_are_both_taken(engine: ConversationEngine) -> None:
    conversation = f"at-once-{uuid4()}"

    async def both() -> None:
        await asyncio.gather(
            engine.reply(conversation, "nps determinate, sentenced 3/1/25", AS_OF),
            engine.reply(conversation, "crd is 15 march 2027", AS_OF),
        )

    asyncio.run(both())
    facts = asyncio.run(engine.reply(conversation, "who is responsible", AS_OF))[0]["custom"]["facts"]
    assert facts["sentence_date"] == "2025-01-03"
    assert facts["conditional_release_date"] == "2027-03-15"


def test_a_conversation_of_two_hundred_messages_keeps_no_more_than_a_short_one(
    engine: ConversationEngine, settings: Settings
) -> None:
    conversation = f"long-{uuid4()}"
    said = ["who is responsible", "tier B", "what is due", "no, tier C", "why", "back"]
    asyncio.run(engine.reply(conversation, "nps determinate, sentenced 3/1/25, crd 15/3/27", AS_OF))
    for count in range(200):
        asyncio.run(engine.reply(conversation, said[count % len(said)], AS_OF))
    assert engine._trackers is not None
    tracker = asyncio.run(engine._trackers.retrieve(conversation))
    assert tracker is not None
    assert len(tracker.events) <= 3 * settings.events_in_memory
    assert len(tracker.get_slot("history") or []) <= MOST_STEPS
    facts = asyncio.run(engine.reply(conversation, "who is responsible", AS_OF))[0]["custom"]["facts"]
    assert facts["conditional_release_date"] == "2027-03-15"


def test_a_server_killed_in_the_middle_of_the_criteria_goes_on_where_it_was(
    tmp_path: Path, model: Path, free_port: Callable[[], int]
) -> None:
    sender = "killed"
    with _server(tmp_path, free_port()) as address:
        _say(
            address,
            sender,
            "does early allocation apply? nps determinate, sentenced 2/2/25, crd 2/8/29, medium",
        )
        before = _say(address, sender, "no")
    with _server(tmp_path, free_port()) as address:
        after = _say(address, sender, "no")
    assert before["asking_for"] not in (None, after["asking_for"])
    assert after["facts"][before["asking_for"]] is False
    assert after["facts"] == before["facts"] | {before["asking_for"]: False}


def _say(address: str, sender: str, message: str) -> dict[str, object]:
    body = {"sender": sender, "message": message, "metadata": AS_OF}
    answer = httpx.post(f"{address}/webhooks/rest/webhook", json=body, timeout=60)
    return dict(answer.raise_for_status().json()[0]["custom"])


class _server:
    """A server process that is killed, not stopped, when the block ends."""

    def __init__(self, data: Path, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port)],
            cwd=PROJECT_ROOT,
            env=os.environ | {"POM_ASSISTANT_DATA_DIRECTORY": str(data)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> str:
        for _ in range(1200):
            assert self._process.poll() is None
            try:
                if httpx.get(f"{self._address}/health/ready", timeout=2).status_code == 200:
                    return self._address
            except httpx.TransportError:
                pass
            time.sleep(0.25)
        raise RuntimeError("the server was not ready")

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
