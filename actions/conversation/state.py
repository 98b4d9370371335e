"""What the assistant remembers between two messages of a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

MOST_STEPS = 12
"""Most changes of the facts that can be taken back one after the other."""

_CASE = ("facts", "part_dates", "open_choices", "declined", "topic", "prison_number")
"""The fields that are the case in play."""


@dataclass(frozen=True)
class ConversationState:
    """The memory of a conversation. Each field is a slot of the same name in domain.yml."""

    facts: dict[str, Any] = field(default_factory=dict)
    """The facts of the case in play, by field name, in their JSON form. None: known to be absent."""
    part_dates: dict[str, str] = field(default_factory=dict)
    """Dates of which only month and year were given, as `2029-08`: never used until the day is known."""
    open_choices: dict[str, list[Any]] = field(default_factory=dict)
    """Facts said to apply without saying how, with the values they can have: a recall of any type."""
    declined: list[str] = field(default_factory=list)
    """Facts that the person does not know, so that they are not asked again."""
    topic: str | None = None
    """What was last asked about the case: `responsibility`, `due` and so on."""
    asking_for: str | None = None
    """The fact that the last reply asked for."""
    prison_number: str | None = None
    """The stored case that was opened, if one was."""
    last_answer: dict[str, Any] | None = None
    """What `why?`, `show me the wording` and `who does that?` are about: see `actions.last_answer`."""
    history: list[dict[str, Any]] = field(default_factory=list)
    """What was known before each of the last changes to the facts, the latest last: for `back` and `scrap that`."""

    @classmethod
    def from_tracker(cls, tracker: Tracker) -> ConversationState:
        """The state as the slots of a conversation hold it."""
        known = {item.name: tracker.get_slot(item.name) for item in fields(cls)}
        return cls(**{name: value for name, value in known.items() if value is not None})

    def changes_since(self, earlier: ConversationState) -> list[EventType]:
        """The events that bring the slots from an earlier state to this one."""
        return [
            SlotSet(item.name, getattr(self, item.name) or None)
            for item in fields(self)
            if getattr(self, item.name) != getattr(earlier, item.name)
        ]

    def remembering(self, earlier: ConversationState) -> ConversationState:
        """The state with what was known before kept in its history, where the facts have changed."""
        kept = {name: getattr(earlier, name) for name in _CASE}
        if all(kept[name] == getattr(self, name) for name in _CASE if name != "topic"):
            return self
        return replace(
            self, history=[*earlier.history, kept | {"asking_for": earlier.asking_for}][-MOST_STEPS:]
        )

    def step_back(self) -> ConversationState:
        """The state before the last change to the facts; the same state when there is none to go back to."""
        if not self.history:
            return self
        last = self.history[-1]
        return replace(self, history=self.history[:-1], **last)

    @property
    def has_case(self) -> bool:
        """Whether any fact of a case is known."""
        return bool(self.facts or self.part_dates or self.open_choices)

    def without_case(self) -> ConversationState:
        """The state for another case: nothing is carried over."""
        return ConversationState()

    def with_facts(self, facts: dict[str, Any]) -> ConversationState:
        """The state with facts added or changed; what was asked for or declined before is settled by them."""
        return replace(
            self,
            facts=self.facts | facts,
            part_dates={name: part for name, part in self.part_dates.items() if name not in facts},
            open_choices={name: values for name, values in self.open_choices.items() if name not in facts},
            declined=[name for name in self.declined if name not in facts],
        )
