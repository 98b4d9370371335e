"""Where the dialogue engine keeps its conversations: appended to the database, live ones in memory.

Rasa's own SQL store reads and replays a whole conversation for every message, so that a message costs more
the longer the conversation is. This one writes only the new events and keeps the most recently used
conversations in memory, so that message 200 costs what message 1 did.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.storage.conversations import ConversationRepository


class AppendingTrackerStore(TrackerStore):
    """A tracker store that appends. Used from the engine's thread only, so it needs no lock."""

    def __init__(
        self,
        domain: Domain | None,
        conversations: ConversationRepository,
        live_conversations: int = 500,
        events_in_memory: int = 60,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, **kwargs)
        self._conversations = conversations
        self._most_live = live_conversations
        self._events_in_memory = events_in_memory
        self._live: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._last_saved: dict[str, Event | None] = {}
        self._held: dict[str, list[dict[str, Any]]] = {}
        self._numbers: dict[str, int] = {}

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation, from memory or else replayed from the database; None if there is none."""
        live = self._live.get(sender_id)
        if live is not None:
            self._live.move_to_end(sender_id)
            return live
        events = deserialise_events(self._conversations.events(sender_id))
        if not events:
            return None
        tracker = self.init_tracker(sender_id)
        for event in events:
            tracker.update(event, self.domain)
        self._remember(tracker)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what is new since the conversation was last saved."""
        fresh = [event.as_dict() for event in self._unsaved(tracker)]
        if tracker.sender_id in self._held:
            self._held[tracker.sender_id].extend(fresh)
        else:
            self._conversations.append_events(tracker.sender_id, fresh)
        self._remember(tracker)

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations in the database."""
        return self._conversations.conversation_ids()

    def begin(self, sender_id: str, number: int) -> None:
        """Begin a turn: hold back its events until they are taken, so that they are written with its replies.

        `number` is that of the last line in the database. A copy in memory that another process has
        overtaken is forgotten.
        """
        if self._numbers.get(sender_id, number) != number:
            self.drop(sender_id)
        self._held[sender_id] = []

    def take_held(self, sender_id: str) -> list[dict[str, Any]]:
        """The events of the turn, no longer held back."""
        return self._held.pop(sender_id, [])

    def end(self, sender_id: str, number: int) -> None:
        """End a turn that is in the database as far as the line with this number."""
        if sender_id in self._live:
            self._numbers[sender_id] = number

    def drop(self, sender_id: str) -> None:
        """Forget the copy in memory, so that what was not saved is not kept."""
        for kept in (self._live, self._last_saved, self._held, self._numbers):
            kept.pop(sender_id, None)

    def _unsaved(self, tracker: DialogueStateTracker) -> list[Event]:
        last = self._last_saved.get(tracker.sender_id)
        fresh: list[Event] = []
        for event in reversed(tracker.events):
            if event is last:
                break
            fresh.append(event)
        fresh.reverse()
        return fresh

    def _shortened(self, tracker: DialogueStateTracker) -> list[Event]:
        """The most recent events, from the start of a turn, after the slots as they are now.

        Rasa copies a conversation by replaying its events, so the slots must be among them.
        """
        slots: list[Event] = [
            SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value is not None
        ]
        recent = list(tracker.events)[-self._events_in_memory :]
        starts = (
            place
            for place, event in enumerate(recent)
            if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME
        )
        return [*slots, *recent[next(starts, 0) :]]

    def _remember(self, tracker: DialogueStateTracker) -> None:
        if len(tracker.events) > 2 * self._events_in_memory:
            tracker.events = deque(self._shortened(tracker))
        self._live[tracker.sender_id] = tracker
        self._live.move_to_end(tracker.sender_id)
        self._last_saved[tracker.sender_id] = tracker.events[-1] if tracker.events else None
        while len(self._live) > self._most_live:
            oldest, _ = self._live.popitem(last=False)
            self._last_saved.pop(oldest, None)
            self._numbers.pop(oldest, None)
