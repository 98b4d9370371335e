"""Which process a message names: one that can be walked through, or one that the guidance gives no steps for."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from actions.texts import entry

_HOW_TO = re.compile(
    r"\b(?:how (?:do|should|can|would|to)|steps?|process|procedure|what do i do)\b", re.IGNORECASE
)

LIKENESS = 82
"""How alike a word of the message and a word of a process's name must be, out of 100."""


def named_process(message: str) -> str | None:
    """The process that a message names: the one with most words of its name in the message, None if none has all."""
    words = re.findall(r"[a-z0-9]+", message.lower())
    best: tuple[int, str | None] = (0, None)
    for key, process in entry("processes").items():
        for name in process["names"]:
            wanted = name.split()
            if len(wanted) > best[0] and all(_holds(words, word) for word in wanted):
                best = (len(wanted), key)
    return best[1]


def process_without_steps(message: str) -> str | None:
    """The title of a process that a message names and the guidance gives no steps for; None if it names none."""
    words = re.findall(r"[a-z0-9]+", message.lower())
    for process in entry("no_steps"):
        if any(all(_holds(words, word) for word in name.split()) for name in process["names"]):
            return str(process["title"])
    return None


def _holds(words: list[str], wanted: str) -> bool:
    return any(fuzz.ratio(word, wanted) >= LIKENESS for word in words)


_STEPS = re.compile(
    r"^\W*(?:and |so |ok |can you |could you |please )*"
    r"(?:(?:take|walk|talk|run|guide) me through"
    r"|(?:what(?:'?s| are| is)? )?(?:the )?(?:steps|stages|process|procedure)\b)",
    re.IGNORECASE,
)


def asks_for_steps(message: str) -> bool:
    """Whether a message asks for the steps of something from its first words on: `take me through a recall`."""
    return bool(_STEPS.match(message))


def asks_how_to(message: str) -> bool:
    """Whether the words ask how something is done: `how do I close a case`."""
    return bool(_HOW_TO.search(message))
