"""What Teams delivers, as the channel sees it: who said what where."""

from __future__ import annotations

import hashlib
import hmac
import html
import re
from dataclasses import dataclass
from typing import Any

from microsoft_teams.api import ActivityBase, MessageActivity

_MENTION = re.compile(r"<at[^>]*>.*?</at>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?(?:p|div|br|span|b|i|em|strong|a|ul|ol|li)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A person in a thread of Teams: a personal chat, a group chat, or a thread of a channel."""

    thread: str
    kind: str
    """`personal`, `groupChat` or `channel`."""
    person: str
    """The Entra object id of the person, or their id in Teams when it is not given; empty for everybody."""
    service_url: str
    bot: str

    @property
    def is_personal(self) -> bool:
        """Whether nobody else reads what is said here."""
        return self.kind == "personal"

    def everybody(self) -> Place:
        """The same thread, for what is said to all of them at once."""
        return self if self.is_personal else Place(self.thread, self.kind, "", self.service_url, self.bot)

    def conversation_id(self, key: bytes) -> str:
        """The conversation of this person in this thread: another person, or thread, has another.

        Made with a key, so that nobody can work it out from the ids of a thread and a person and so reach
        the conversation through another way in.
        """
        named = f"{self.thread}\n{self.person}".encode()
        return f"teams-{hmac.new(key, named, hashlib.sha256).hexdigest()[:48]}"


def place_of(activity: ActivityBase) -> Place:
    """Where an activity happened, and whose it is."""
    conversation = activity.conversation
    person = activity.from_
    return Place(
        thread=conversation.id,
        # What is not plainly one person's chat is treated as one that others read.
        kind=str(conversation.conversation_type or "groupChat"),
        person=str(person.aad_object_id or person.id or ""),
        service_url=str(activity.service_url or ""),
        bot=str(activity.recipient.id or ""),
    )


def words_of(activity: MessageActivity) -> str:
    """What a person typed, without mentions and without the marks that Teams adds."""
    return plain_words(activity.text or "")


def plain_words(text: str) -> str:
    """Text of Teams as it was typed: mentions taken out, marks and character codes undone."""
    without = _TAG.sub(" ", _MENTION.sub(" ", text))
    return html.unescape(without).replace("\xa0", " ").strip()


def message_work(text: str) -> dict[str, Any]:
    """The work that a message brings: to answer it."""
    return {"kind": "message", "text": text}


def welcome_work() -> dict[str, Any]:
    """The work that an installation brings: to say hello."""
    return {"kind": "welcome"}
