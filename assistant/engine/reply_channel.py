"""Collects the replies of one message, each whole."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel


class ReplyChannel(OutputChannel):
    """Keeps each reply as the action made it.

    Rasa's own collecting channel cuts a text at its blank lines and sends text and data apart, which would
    leave a reader to put an answer and its citation together again.
    """

    def __init__(self) -> None:
        self.replies: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The name of the channel in the engine's events."""
        return "reply"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one reply."""
        self.replies.append({key: message.get(key) for key in ("text", "buttons", "custom")})
