"""Answers what a person said in Teams: the engine's replies as cards, and what is only said in Teams."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi.concurrency import run_in_threadpool

from actions import resources
from actions.policy_answers import answer_question
from actions.reply import something_went_wrong, suggestions
from actions.texts import text
from assistant.access import DEMONSTRATION, Action, Person, acting_as, may
from assistant.access.people import PeopleRepository
from assistant.channels.teams.cards import (
    CardContext,
    FeedbackState,
    reply_activities,
    reply_cards,
    text_activities,
)
from assistant.channels.teams.pictures import PictureAddresses, has_timeline
from assistant.channels.teams.reminders import DAYS_AHEAD
from assistant.channels.teams.shared_chats import About, about, shows_a_case
from assistant.engine.conversation_engine import ConversationEngine
from assistant.engine.incoming import readable
from assistant.records.notes import Notes, taking_notes
from assistant.settings import Settings
from assistant.storage.conversations import ConversationRepository
from assistant.storage.models import Message
from assistant.storage.teams import TeamsConversation, TeamsRepository

logger = logging.getLogger(__name__)

_REMINDERS = re.compile(
    r"(?:please )?turn (on|off) (?:the |my )?reminders?(?: please)?|(?:please )?turn (?:the |my )?reminders? (on|off)",
    re.IGNORECASE,
)

WITHOUT_STORED_CASES = frozenset({Action.READ_GUIDANCE, Action.ASSESS_CASE, Action.HOLD_CONVERSATION})


class Answering:
    """Makes the answers of the channel. It keeps nothing itself: the same work gives the same answers again."""

    def __init__(
        self,
        settings: Settings,
        engine: ConversationEngine,
        conversations: ConversationRepository,
        repository: TeamsRepository,
        people: PeopleRepository,
        addresses: PictureAddresses,
        local: bool = False,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._conversations = conversations
        self._repository = repository
        self._people = people
        self._addresses = addresses
        self._local = local

    async def answer(self, conversation_id: str, work: dict[str, Any]) -> list[dict[str, Any]]:
        """The messages that answer what came in. A failure is answered too, and only its kind is logged."""
        try:
            return await self._answer(conversation_id, work)
        except Exception as failure:
            logger.error("Teams: a message could not be answered: %s", type(failure).__name__)
            return reply_activities(something_went_wrong().model_dump(), CardContext())

    async def _answer(self, conversation_id: str, work: dict[str, Any]) -> list[dict[str, Any]]:
        place = await run_in_threadpool(self._repository.conversation, conversation_id)
        if place is None:
            return []
        personal = place.kind == "personal"
        if work["kind"] == "welcome":
            return _welcome(personal)
        message = str(work["text"])
        reminders = _REMINDERS.fullmatch(readable(message).rstrip(".! "))
        if reminders:
            return await self._set_reminders(place, (reminders[1] or reminders[2]).lower() == "on")
        if not message:
            return text_activities(text("teams.only_text"), _starting_points())
        person = await run_in_threadpool(self._person, place)
        if not may(person, Action.HOLD_CONVERSATION):
            return text_activities(text("teams.no_access"))
        with acting_as(person), taking_notes(Notes(channel="teams")):
            if personal:
                return await self._ask(place, message, work)
            return await self._ask_among_others(place, message, work)

    def _person(self, place: TeamsConversation) -> Person | None:
        """Who asks: the person whom an administrator knows by this Entra object id.

        Where nobody signs in there is only the demonstration person, who sees no stored case from Teams: a whole
        tenant could ask there. The local test tool may show everything.
        """
        if self._settings.sign_in_configured():
            return self._people.by_subject(place.person)
        return DEMONSTRATION if self._local else replace(DEMONSTRATION, scopes=WITHOUT_STORED_CASES)

    async def _ask(
        self, place: TeamsConversation, message: str, work: dict[str, Any]
    ) -> list[dict[str, Any]]:
        await self._until_ready()
        await self._engine.reply(place.id, message, {"message_id": work["id"]})
        lines = await run_in_threadpool(self._conversations.delivered, place.id, work["id"])
        return [
            activity
            for line in lines
            if line.reply
            for activity in reply_activities(line.reply, self.card_context(place, line))
        ]

    async def _ask_among_others(
        self, place: TeamsConversation, message: str, work: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer what others read too: policy, and nothing about a case."""
        await self._until_ready()
        what = await self._what_about(message)
        if what is About.SOMEBODY:
            return _personal_only(place)
        if what is About.GUIDANCE:
            found = await run_in_threadpool(answer_question, resources.guidance(), readable(message))
            reply = found.model_dump()
            if reply["kind"] != "policy_answer":
                return _personal_only(place)
            return reply_activities(reply, CardContext(self._settings.public_url, personal=False))
        replies = await self._engine.reply(place.id, message, {"message_id": work["id"]})
        if any(shows_a_case(reply["custom"], what) for reply in replies):
            # A way of telling a case that was not foreseen: it is neither shown nor kept.
            await self._engine.forget(place.id)
            return _personal_only(place)
        lines = await run_in_threadpool(self._conversations.delivered, place.id, work["id"])
        return [
            activity
            for line in lines
            if line.reply
            for activity in reply_activities(line.reply, self.card_context(place, line))
        ]

    async def _what_about(self, message: str) -> About:
        if len(message) > self._settings.message_limit or not readable(message):
            return About.ANYTHING  # refused by the engine without being read
        understood = await self._engine.understand(message)
        return about(readable(message), understood)

    async def _until_ready(self) -> None:
        while not self._engine.ready:
            await asyncio.sleep(0.5)

    async def _set_reminders(self, place: TeamsConversation, wanted: bool) -> list[dict[str, Any]]:
        if place.kind != "personal":
            return text_activities(text("teams.reminders.personal_only"))
        await run_in_threadpool(self._repository.set_reminders, place.id, wanted)
        return text_activities(
            text("teams.reminders.turned_on", days=DAYS_AHEAD)
            if wanted
            else text("teams.reminders.turned_off")
        )

    def card_context(
        self, place: TeamsConversation, line: Message, feedback: FeedbackState = "asked"
    ) -> CardContext:
        """What the card of a reply needs: its links, its picture, and what was said of it."""
        personal = place.kind == "personal"
        picture = None
        if personal and self._settings.public_url and line.reply and has_timeline(line.reply):
            picture = self._settings.public_url.rstrip("/") + self._addresses.path(place.id, line.number)
        return CardContext(
            public_url=self._settings.public_url,
            message=line.number,
            picture_url=picture,
            personal=personal,
            feedback=feedback,
        )

    def card_after_feedback(
        self, place: TeamsConversation, number: int, feedback: FeedbackState
    ) -> dict[str, Any] | None:
        """The card of a reply again, with what was said of it; None when there is no such reply."""
        lines = self._conversations.messages(place.id, after=number - 1)
        if not lines or lines[0].number != number or not lines[0].reply:
            return None
        return reply_cards(lines[0].reply, self.card_context(place, lines[0], feedback))[-1]


def _welcome(personal: bool) -> list[dict[str, Any]]:
    if personal:
        return text_activities(text("teams.welcome"), _starting_points())
    return text_activities(text("teams.welcome_group"))


def _starting_points() -> Sequence[str]:
    return [item.title for item in suggestions("start")]


def _personal_only(place: TeamsConversation) -> list[dict[str, Any]]:
    lines = f"{text('teams.personal_only')}\n{text('teams.personal_only_advice')}"
    url = f"https://teams.microsoft.com/l/chat/0/0?users={place.bot}"
    return text_activities(lines, link=(text("teams.open_chat"), url))
