"""The engine in process and Rasa's own action server give the same reply to the same message."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.settings import PROJECT_ROOT, Settings

MESSAGES = [
    "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?",
    "what is due for him?",
    "no, CRD is 3 March 2028",
    "what if he was CRC",
    "why?",
    "what is a PIPE?",
    "take me through a recall",
    "what's the weather tomorrow?",
    "start again",
]
AS_OF = "2026-01-31"


@pytest.fixture(scope="module")
def action_server(settings: Settings, model: Path, free_port: Callable[[], int]) -> Iterator[str]:
    """Rasa's stock action server, as `rasa run actions` starts it."""
    port = free_port()
    command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
    environment = os.environ | {"POM_ASSISTANT_DATA_DIRECTORY": str(settings.data_directory)}
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            for _ in range(240):
                assert process.poll() is None, "the action server ended"
                try:
                    if httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.5)
            yield f"http://127.0.0.1:{port}/webhook"
        finally:
            process.terminate()


def _converse(model: Path, endpoint: Any) -> list[list[dict[str, Any]]]:
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    from assistant.engine.reply_channel import ReplyChannel

    async def run() -> list[list[dict[str, Any]]]:
        agent = Agent.load(model, action_endpoint=endpoint)
        said = []
        for message in MESSAGES:
            channel = ReplyChannel()
            await agent.handle_message(
                UserMessage(message, channel, "same", input_channel="rest", metadata={"as_of": AS_OF})
            )
            said.append(channel.replies)
        return said

    return asyncio.run(run())


def test_both_ways_of_running_actions_reply_alike(model: Path, action_server: str) -> None:
    from rasa.utils.endpoints import EndpointConfig

    from assistant.engine.action_endpoint import InProcessActions

    in_process = _converse(model, InProcessActions())
    over_http = _converse(model, EndpointConfig(url=action_server))
    assert all(len(replies) == 1 for replies in in_process)
    assert in_process == over_http
