"""What may reach the dialogue engine: checks on a message before it is understood."""

from __future__ import annotations

import re
import unicodedata

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
