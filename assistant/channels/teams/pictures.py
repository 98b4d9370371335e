"""The timeline of a case as a picture that a card can show.

Teams fetches pictures by itself, without signing in. So the address of one names no case and no person, is
signed, and works for a short while only.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import date
from typing import Any

from actions import resources
from actions.case_conversation import with_date_of_birth
from actions.rules import FactErrors
from actions.rules.timeline import draw_png, timeline_of
from assistant.channels.teams.mounting import PICTURES
from assistant.storage.conversations import ConversationRepository


class PictureAddresses:
    """Makes and checks the addresses of pictures."""

    def __init__(self, key: bytes, minutes: int) -> None:
        self._key = key
        self._seconds = minutes * 60

    def path(self, conversation_id: str, number: int) -> str:
        """The address of the timeline in a reply, good from now for the minutes of the settings."""
        expires = int(time.time()) + self._seconds
        signature = self._signature(conversation_id, number, expires)
        return f"{PICTURES}/{conversation_id}/{number}.png?expires={expires}&signature={signature}"

    def is_good(self, conversation_id: str, number: int, expires: int, signature: str) -> bool:
        """Whether an address was made here for this very picture, and its time is not over."""
        expected = self._signature(conversation_id, number, expires)
        return hmac.compare_digest(expected.encode(), signature.encode()) and time.time() < expires

    def _signature(self, conversation_id: str, number: int, expires: int) -> str:
        named = f"{conversation_id}\n{number}\n{expires}".encode()
        return hmac.new(self._key, named, hashlib.sha256).hexdigest()


def has_timeline(reply: dict[str, Any]) -> bool:
    """Whether there is a timeline to draw for a reply."""
    assessment = reply.get("assessment") or {}
    return bool(reply.get("facts")) and any(task.get("due") for task in assessment.get("tasks") or ())


def draw_timeline(conversations: ConversationRepository, conversation_id: str, number: int) -> bytes | None:
    """The timeline of the case in a reply, as PNG; None when there is no such reply or no timeline to draw."""
    lines = conversations.messages(conversation_id, after=number - 1)
    reply = lines[0].reply if lines and lines[0].number == number else None
    if not reply or not has_timeline(reply):
        return None
    assessment = reply["assessment"]
    as_of = date.fromisoformat(assessment["as_of"])
    try:
        found = timeline_of(
            resources.rule_book(), with_date_of_birth(reply["facts"], as_of), as_of, assessment["edition"]
        )
    except FactErrors:
        return None
    return draw_png(found)
