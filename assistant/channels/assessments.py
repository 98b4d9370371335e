"""Assessments of a case from its facts, outside a conversation."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from actions import clock, resources
from actions.case_assessment import assess, compare
from actions.rules import FactErrors
from assistant.records.notes import note_answer

router = APIRouter(prefix="/api", tags=["assessment"])


class AssessmentRequest(BaseModel):
    """The facts of a case. A fact left out is unknown; a fact given as null is known to be absent."""

    model_config = ConfigDict(extra="forbid")

    facts: dict[str, Any] = Field(default_factory=dict)
    as_of: date | None = None
    edition: str | None = None
    ask: list[str] | None = Field(None, description="the parts that matter; all if left out")
    presume: bool = Field(True, description="take ordinary values for granted, and say so")


class ComparisonRequest(BaseModel):
    """The facts of a case, and what to change in them; without changes the editions are compared."""

    model_config = ConfigDict(extra="forbid")

    facts: dict[str, Any] = Field(default_factory=dict)
    changes: dict[str, Any] | None = None
    as_of: date | None = None
    edition: str | None = None


def unprocessable(errors: FactErrors) -> HTTPException:
    """All that is wrong with the facts, each with the field, the problem and what is allowed."""
    return HTTPException(
        422,
        [
            {
                "loc": ["body", "facts", error.field],
                "msg": error.problem,
                "type": "fact_error",
                "field": error.field,
                "problem": error.problem,
                "allowed": error.allowed,
            }
            for error in errors.errors
        ],
    )


@router.post("/assess")
async def assess_case(request: AssessmentRequest) -> dict[str, Any]:
    """Who is responsible, what is due, and whether early allocation applies, with the reasons."""
    try:
        assessment = await run_in_threadpool(
            assess,
            resources.rule_book(),
            resources.guidance(),
            request.facts,
            as_of=request.as_of or clock.today(),
            edition=request.edition,
            ask=request.ask,
            presume=request.presume,
        )
    except FactErrors as errors:
        raise unprocessable(errors) from errors
    note_answer(assessment)
    return assessment


@router.post("/compare")
async def compare_cases(request: ComparisonRequest) -> dict[str, Any]:
    """What changes if facts change, or between the editions."""
    try:
        return await run_in_threadpool(
            compare,
            resources.rule_book(),
            request.facts,
            request.changes,
            as_of=request.as_of or clock.today(),
            edition=request.edition,
        )
    except FactErrors as errors:
        raise unprocessable(errors) from errors
