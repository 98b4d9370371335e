"""What people thought of an answer, kept with the answer as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Engine, Index, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant.storage.encryption import EncryptedText
from assistant.storage.models import Base, Message

REASONS = ("wrong", "not_answered", "out_of_date", "unclear", "too_long", "missing_case", "other")
"""Why an answer was not useful. The words that people read for them stand in the catalogue."""

COMMENT_LIMIT = 2000
"""Most characters of what a person adds in their own words."""


class Feedback(Base):
    """One person's judgement of one answer, with the question, the answer, its sources and what made it."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("conversation_id", "number", name="uq_feedback_answer"),
        Index("ix_feedback_given_at", "given_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(String(255))
    number: Mapped[int]
    """The number of the answer's line in its conversation."""
    channel: Mapped[str] = mapped_column(String(20))
    useful: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(40), nullable=True)
    """One of `REASONS`, or None when none was given."""
    comment: Mapped[str] = mapped_column(EncryptedText, default="")
    question: Mapped[str] = mapped_column(EncryptedText)
    answer: Mapped[str] = mapped_column(EncryptedText)
    kind: Mapped[str] = mapped_column(String(40))
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Document, edition, section and passage of each source."""
    versions: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the answer was made with: program, model, rules, and the digest of each document quoted."""
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))


class NoSuchAnswer(LookupError):
    """The conversation has no answer with that number."""


class FeedbackRepository:
    """Feedback in the database: one judgement an answer, the latest counts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def answer(self, conversation_id: str, number: int) -> tuple[Message, Message]:
        """An answer and the line that it answers. Raises `NoSuchAnswer`."""
        with Session(self._engine, expire_on_commit=False) as session:
            lines = select(Message).where(Message.conversation_id == conversation_id)
            answer = session.scalar(lines.where(Message.number == number, Message.sent_by == "assistant"))
            if answer is None:
                raise NoSuchAnswer(f"number: there is no answer {number} in this conversation")
            question = session.scalar(lines.where(Message.number == answer.answers))
            if question is None:
                raise NoSuchAnswer(f"number: line {number} answers nothing")
            return question, answer

    def record(
        self,
        conversation_id: str,
        number: int,
        *,
        useful: bool,
        reason: str | None = None,
        comment: str = "",
        channel: str,
        versions: dict[str, Any],
    ) -> Feedback:
        """Keep what a person thought of an answer, in the place of what they said of it before.

        Raises `NoSuchAnswer`, or `ValueError` naming what is wrong with the reason or the comment.
        """
        if reason is not None and reason not in REASONS:
            raise ValueError(f"reason: {reason!r} is not one; allowed are {', '.join(REASONS)}")
        if len(comment) > COMMENT_LIMIT:
            raise ValueError(
                f"comment: it has {len(comment)} characters; at most {COMMENT_LIMIT} are allowed"
            )
        question, answer = self.answer(conversation_id, number)
        reply = answer.reply or {}
        given = Feedback(
            conversation_id=conversation_id,
            number=number,
            channel=channel,
            useful=useful,
            reason=reason,
            comment=comment.strip(),
            question=question.text,
            answer=answer.text,
            kind=str(reply.get("kind")),
            sources=sources_of(reply),
            versions=versions,
        )
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            session.execute(
                delete(Feedback).where(Feedback.conversation_id == conversation_id, Feedback.number == number)
            )
            session.add(given)
        return given

    def given(self, conversation_id: str) -> dict[int, Feedback]:
        """The feedback given in a conversation, by the number of the answer."""
        with Session(self._engine, expire_on_commit=False) as session:
            found = session.scalars(select(Feedback).where(Feedback.conversation_id == conversation_id))
            return {feedback.number: feedback for feedback in found}

    def latest(self, limit: int | None = None, useful: bool | None = None) -> list[Feedback]:
        """All feedback, newest first; only that which is useful, or not, if asked."""
        query = select(Feedback).order_by(Feedback.given_at.desc(), Feedback.id.desc()).limit(limit)
        if useful is not None:
            query = query.where(Feedback.useful == useful)
        with Session(self._engine, expire_on_commit=False) as session:
            return list(session.scalars(query))


def sources_of(reply: dict[str, Any]) -> list[dict[str, Any]]:
    """What a reply rests on, by its places."""
    names = ("document", "title", "edition", "section", "passage_id", "url")
    return [{name: item.get(name) for name in names} for item in reply.get("citations") or ()]


def as_record(feedback: Feedback) -> dict[str, Any]:
    """Feedback as plain data. The conversation it comes from is left out."""
    return {
        "id": feedback.id,
        "given_at": feedback.given_at.isoformat(),
        "channel": feedback.channel,
        "useful": feedback.useful,
        "reason": feedback.reason,
        "comment": feedback.comment,
        "question": feedback.question,
        "answer": feedback.answer,
        "kind": feedback.kind,
        "sources": feedback.sources,
        "versions": feedback.versions,
    }
