"""How the editions of the timings differ for a case."""

from __future__ import annotations

from collections.abc import Sequence

from actions.answers.topic_answer import LISTS
from actions.answers.wording import plain_date
from actions.reply import Reply
from actions.texts import text


def compared(topic: str, replies: Sequence[Reply]) -> list[str]:
    """A line for each edition's answer; for a list of duties, a line for each duty whose date differs."""
    if topic not in LISTS:
        return [
            text("case.compared", edition=_edition(reply), answer=reply.answer.short)
            for reply in replies
            if reply.answer
        ]
    dates: dict[str, dict[str, str]] = {}
    for reply in replies:
        for task in (reply.assessment or {})["tasks"]:
            if task["due"]:
                dates.setdefault(task["title"], {})[_edition(reply)] = task["due"]
    differing = {title: found for title, found in dates.items() if len(set(found.values())) > 1}
    if not differing:
        return [text("case.no_difference")]
    return [
        text(
            "case.position",
            edition=title,
            value="; ".join(f"{plain_date(day)} ({edition})" for edition, day in found.items()),
        )
        for title, found in differing.items()
    ]


def _edition(reply: Reply) -> str:
    return text(f"editions.{(reply.assessment or {})['edition']}")
