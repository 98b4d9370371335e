"""Replies from the guidance: the answer, the passage word for word, and where it stands."""

from __future__ import annotations

from dataclasses import asdict, replace

from actions.answers.wording import quoted
from actions.reply import Answer, AnswerStatus, Citation, Reply, Suggestion, suggestions
from actions.texts import text
from knowledge.answers import GuidanceAnswer
from knowledge.guidance import Guidance

CITATIONS_IN_TEXT = 1
"""How many passages the plain text quotes; the reply holds all of them."""


WIDE = 20
"""How many passages are looked through for those of one edition."""


def answer_question(guidance: Guidance, question: str, limit: int = 5) -> Reply:
    """The guidance's answer to a question, or an honest refusal."""
    return reply_from(guidance.ask(question, limit=limit))


def answer_from_edition(guidance: Guidance, question: str, edition: str) -> Reply | None:
    """What the documents of one edition (`2019`, `2022`) say on a question; None if none of them answers it."""
    found = guidance.ask(question, limit=WIDE)
    own = [item for item in found.citations if item.edition.startswith(edition)]
    if found.status != "answered" or not own:
        return None
    short = " ".join(own[0].quote.split())
    return reply_from(replace(found, short=short, citations=own[:5], notes=[]))


def reply_from(found: GuidanceAnswer) -> Reply:
    """An answer of the guidance as a reply."""
    if found.status in ("not_in_guidance", "out_of_scope", "not_permitted"):
        # Out of scope needs no reason of its own: what the assistant can do follows in any case.
        return refusal(found.status, found.short if found.status != "out_of_scope" else "")
    citations = [Citation(**asdict(item)) for item in found.citations]
    if found.status == "partly":
        titles = dict.fromkeys(choice.title for choice in found.choices)
        choices = [Suggestion(title=title, payload=title) for title in titles]
        return Reply(
            kind="clarification",
            text=found.short or text("replies.which_meaning"),
            answer=Answer(short=found.short or text("replies.which_meaning"), status="partly"),
            citations=citations,
            suggestions=choices or suggestions("start"),
        )
    notes = [note for note in found.notes if note not in found.short]
    quotes = [quoted(item.model_dump()) for item in citations[:CITATIONS_IN_TEXT]]
    more = [Suggestion(title=line, payload=line) for line in found.suggestions]
    return Reply(
        kind="policy_answer",
        text="\n\n".join([found.short, *notes, *quotes]),
        answer=Answer(short=found.short, status="answered"),
        citations=citations,
        suggestions=more or suggestions("policy"),
    )


def refusal(status: AnswerStatus, reason: str = "") -> Reply:
    """A refusal with its reason, that says what the assistant can do."""
    short = reason or text(f"replies.{status}")
    return Reply(
        kind="refusal",
        text=f"{short}\n\n{text('replies.can_do')}",
        answer=Answer(short=short, status=status),
        suggestions=suggestions("start"),
    )
