"""What each edition says, where the documents are known to differ: an answer for no case in particular."""

from __future__ import annotations

import re
from dataclasses import replace

from actions import resources
from actions.answers.wording import quoted
from actions.case_assessment import tie_to_passage
from actions.case_conversation import Answered
from actions.conversation.turn import Turn
from actions.last_answer import remember
from actions.reply import Answer, Citation, Reply, suggestions
from actions.texts import entry, text


def names_several_editions(turn: Turn) -> bool:
    """Whether a message names more than one edition."""
    return len({item["value"] for item in turn.entities if item["entity"] == "edition"}) > 1


def named_conflict(turn: Turn) -> Answered | None:
    """The positions of the editions on the matter that a message names, each quoted; None if it names none."""
    said = _telling_words(turn.text)
    scored = [(len(said & _telling_words(words)), key) for key, words in entry("conflicts_by_words").items()]
    most, key = max(scored, default=(0, ""))
    if not most:
        return None
    conflict = resources.rule_book().conflict(key)
    positions = list({item["edition"]: item for item in reversed(conflict["positions"])}.values())
    for position in positions:
        tie_to_passage(position["citation"], resources.guidance())
    lines = [
        text("case.position", edition=text(f"editions.{item['edition']}"), value=item["value"])
        for item in positions
    ]
    citations = [
        Citation(**{name: item["citation"].get(name) for name in Citation.model_fields}) for item in positions
    ]
    short = "\n".join([text("case.editions_differ"), *lines])
    quotes = "\n".join(quoted(item.model_dump()) for item in citations)
    reply = Reply(
        kind="policy_answer",
        text="\n\n".join(block for block in (short, conflict["resolution"], quotes) if block),
        answer=Answer(short=short, status="answered"),
        citations=citations,
        suggestions=suggestions("policy"),
    )
    return reply, replace(turn.state, last_answer=remember(reply, question=turn.text))


def _telling_words(words: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", words.lower().replace("hand over", "handover")))
