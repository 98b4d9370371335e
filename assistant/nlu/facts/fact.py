"""A fact as it was read from a message, with the words that it was read from."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fact:
    """One reading: `field` holds `value`, read from characters `start` to `end` of the message.

    `field` is a fact of the rules catalogue or one of the reader's own: `date`, `duration`, `number`, `level` (a
    value with no role), `time_left`, `needs_detail` (a field said to apply, its value not said),
    `not_known` (a field the writer says they do not know), `edition`, `prison_number`, `establishment`,
    `personal_name`. `derived` marks a value worked out from other words rather than said; `indefinite`
    one of nobody in particular, as in "who holds a tier B case?".

    >>> Fact("tier", "B", 0, 6).field
    'tier'
    """

    field: str
    value: Any
    start: int
    end: int
    derived: bool = False
    indefinite: bool = False

    def as_entity(self, message: str) -> dict[str, Any]:
        """The fact as a Rasa entity."""
        entity: dict[str, Any] = {
            "entity": self.field,
            "value": self.value,
            "start": self.start,
            "end": self.end,
            "text": message[self.start : self.end],
            "extractor": "FactReader",
        }
        if self.derived:
            entity["derived"] = True
        if self.indefinite:
            entity["indefinite"] = True
        return entity
