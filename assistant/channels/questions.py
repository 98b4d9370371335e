"""Questions to the guidance, outside a conversation."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from actions import resources
from actions.policy_answers import answer_question
from actions.reply import Citation, Suggestion
from assistant.records.notes import note_answer

router = APIRouter(prefix="/api", tags=["guidance"])


class Question(BaseModel):
    """A policy question in a person's own words."""

    question: str = Field(min_length=1, max_length=4000)
    limit: int = Field(5, ge=1, le=50, description="most citations to return")


class QuestionAnswer(BaseModel):
    """The answer with its sources, best first; none when the guidance does not cover the question."""

    status: str
    answer: str
    citations: list[Citation]
    suggestions: list[Suggestion]


@router.post("/ask")
async def ask(question: Question) -> QuestionAnswer:
    """Answer a question from the guidance, or say that it is not covered."""
    reply = await run_in_threadpool(
        answer_question, resources.guidance(), question.question, limit=question.limit
    )
    assert reply.answer is not None
    note_answer(reply.model_dump())
    return QuestionAnswer(
        status=reply.answer.status,
        answer=reply.answer.short,
        citations=reply.citations,
        suggestions=reply.suggestions,
    )
