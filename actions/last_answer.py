"""What the last answer rested on, kept for the questions that go back to it."""

from __future__ import annotations

from typing import Any

from actions.answers.topic_answer import TopicAnswer
from actions.reply import Reply

MOST_CITATIONS = 6
MOST_REASONS = 8


def remember(reply: Reply, found: TopicAnswer | None = None, **context: Any) -> dict[str, Any]:
    """The part of a reply that `why?`, `show me the wording` and `who does that?` need.

    `context` adds what the answer was worked out with: topic, edition, what was supposed.
    """
    return {
        "kind": reply.kind,
        "short": reply.answer.short if reply.answer else reply.text,
        "citations": [item.model_dump() for item in reply.citations[:MOST_CITATIONS]],
        "reasons": found.reasons[:MOST_REASONS] if found else [],
        "duties": found.duties if found else [],
        "rest": found.rest if found else [],
        **context,
    }
