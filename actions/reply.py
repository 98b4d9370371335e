"""The reply: what the assistant says, the same for every channel. Each channel renders it in its own way."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from actions.texts import entry, text

ReplyKind = Literal[
    "policy_answer", "assessment", "question", "refusal", "clarification", "small_talk", "error"
]
AnswerStatus = Literal["answered", "partly", "not_in_guidance", "out_of_scope", "not_permitted"]


class Answer(BaseModel):
    """The answer in a line or two, and whether it is one."""

    short: str
    status: AnswerStatus


class Citation(BaseModel):
    """Where a statement comes from, with the words themselves."""

    document: str | None
    """The slug of a guidance document; None when the source is the code of the live service."""
    title: str
    edition: str
    section: str
    passage_id: str | None = None
    quote: str
    """Word for word from the document."""
    url: str | None = None
    repository: str | None = None
    file: str | None = None
    commit: str | None = None


class Suggestion(BaseModel):
    """Something to say next: what the button shows, and what is typed when it is pressed."""

    title: str
    payload: str


class Reply(BaseModel):
    """One reply of the assistant. `text` stands alone: a channel that shows nothing else loses nothing."""

    kind: ReplyKind
    text: str
    answer: Answer | None = None
    citations: list[Citation] = Field(default_factory=list)
    assessment: dict[str, Any] | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    asking_for: str | None = None
    suggestions: list[Suggestion] = Field(default_factory=list)

    def as_response(self) -> dict[str, Any]:
        """The reply as a response of a Rasa action: text, buttons and the whole reply as `custom`."""
        return {
            "text": self.text,
            "buttons": [item.model_dump() for item in self.suggestions],
            "custom": self.model_dump(),
        }


def suggestions(group: str) -> list[Suggestion]:
    """A group of suggestions of the catalogue: lines that are both shown and typed."""
    return [Suggestion(title=line, payload=line) for line in entry(f"suggestions.{group}")]


def plain_reply(kind: ReplyKind, key: str, suggest: str | None = "start", **values: object) -> Reply:
    """A reply whose text stands in the catalogue under `replies.<key>`."""
    return Reply(
        kind=kind,
        text=text(f"replies.{key}", **values),
        suggestions=suggestions(suggest) if suggest else [],
    )


def something_went_wrong() -> Reply:
    """The reply when an action failed: nothing is lost, and the next message works."""
    return plain_reply("error", "something_went_wrong")
