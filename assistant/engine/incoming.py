"""What may reach the dialogue engine: checks on a message before it is understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from actions.reply import Reply, plain_reply

_COMMAND = re.compile(r"/+\s*\S+")
"""A slash and one word. Rasa would run it; as a word it could still be taken for "start again"."""

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")


def readable(message: str) -> str:
    """The message as the engine should see it: no control or invisible characters, one space between words.

    Slashes at the start are dropped: Rasa would take such a text for a command and skip understanding it.
    """
    shown = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") else character
        for character in _INVISIBLE.sub("", message)
    )
    return re.sub(r"\s+", " ", shown).strip().lstrip("/").strip()


MESSAGE_ID_LIMIT = 200
"""Most characters of the id that a sender may give a message."""


def delivery_id(metadata: Mapping[str, Any]) -> str | None:
    """The id that the sender gave a message, whatever the channel, as `message_id` in its metadata.

    A message that comes again with the id it had before, in the same conversation, gets the replies it
    got before, also after a restart and in another process. Raises `ValueError` if it is too long to keep.
    """
    given = str(metadata.get("message_id") or "").strip()
    if len(given) > MESSAGE_ID_LIMIT:
        raise ValueError(
            f"message_id: it has {len(given)} characters; at most {MESSAGE_ID_LIMIT} are allowed"
        )
    return given or None


def refuse_unreadable(message: str, limit: int) -> Reply | None:
    """A reply when the message cannot be taken at all: nothing in it, or more than `limit` characters."""
    if not readable(message):
        return plain_reply("clarification", "empty_message")
    if _COMMAND.fullmatch(message.strip()):
        return plain_reply("clarification", "no_commands")
    if len(message) > limit:
        return plain_reply(
            "clarification", "message_too_long", limit=f"{limit:,}", length=f"{len(message):,}"
        )
    return None
