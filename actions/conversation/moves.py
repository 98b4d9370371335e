"""Short messages that go back to what was just said: `when?`, `back`, `why do you ask`, `what else`.

A classifier sees the words of one message only. These few mean something only against the conversation, and
the same thing every time, so they are read by their words and by what there is to go back to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.conversation.state import ConversationState

NEEDS: Mapping[str, Callable[[ConversationState], bool]] = {
    "asking_for": lambda state: state.asking_for is not None,
    "open_question": lambda state: (
        state.asking_for is not None and (state.last_answer or {}).get("kind") == "question"
    ),
    "criterion": lambda state: (state.asking_for or "").startswith("ea_"),
    "history": lambda state: bool(state.history),
    "last_answer": lambda state: bool(state.last_answer),
    "case": lambda state: state.has_case or state.topic is not None,
}
"""What must be there for a move to make sense."""


@dataclass(frozen=True)
class _Move:
    action: str
    needs: str
    words: re.Pattern[str]


@lru_cache(maxsize=1)
def _catalogue() -> tuple[list[_Move], re.Pattern[str], re.Pattern[str]]:
    held: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "moves.yaml").read_text(encoding="utf-8"))
    moves = [
        _Move(item["action"], item["needs"], re.compile("|".join(f"(?:{words})" for words in item["words"])))
        for item in held["moves"]
    ]
    before = "|".join(sorted(map(re.escape, held["fillers"]["before"]), key=len, reverse=True))
    after = "|".join(sorted(map(re.escape, held["fillers"]["after"]), key=len, reverse=True))
    return moves, re.compile(rf"^(?:(?:{before})[ ,]+)+"), re.compile(rf"(?:[ ,]+(?:{after}))+$")


def bare_words(message: str) -> str:
    """A message in lower case without its punctuation and the fillers around it.

    >>> bare_words("Ok - and when is that, please?")
    'when is that'
    """
    _, before, after = _catalogue()
    words = re.sub(r"[^a-z0-9'/, ]+", " ", message.lower().replace("\u2019", "'"))
    words = re.sub(r"\s+", " ", words).strip(" ,'")
    return after.sub("", before.sub("", words)).strip(" ,")


def move_of(message: str, state: ConversationState) -> str | None:
    """The name of the action that a short message calls for, given the conversation; None if it is none."""
    words = bare_words(message)
    for move in _catalogue()[0]:
        if move.words.fullmatch(words) and NEEDS[move.needs](state):
            return move.action
    return None
