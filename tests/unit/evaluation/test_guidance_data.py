"""Figures of a guidance evaluation, against sums done by hand."""

from __future__ import annotations

import pytest

from assistant.evaluation.guidance_data import guidance_as_data
from knowledge.evaluation import DevelopmentQuestion, Outcome


def outcome(number: int, status: str, place: int, answerable: bool = True) -> Outcome:
    gold = ("The keyworker will be allocated within 2 weeks.",) if answerable else ()
    question = DevelopmentQuestion(f"D-{number}", "who?", "who", None, gold, ())
    return Outcome(question, status, place, contains=place == 1, milliseconds=12.34)


def test_places_and_refusals() -> None:
    data = guidance_as_data(
        [
            outcome(1, "answered", 1),
            outcome(2, "answered", 4),
            outcome(3, "not_in_guidance", 0),
            outcome(4, "not_in_guidance", 0, answerable=False),
            outcome(5, "answered", 0, answerable=False),
        ]
    )
    assert data["right_passage_first"] == pytest.approx(1 / 3)
    assert data["right_passage_in_first_three"] == pytest.approx(1 / 3)
    assert data["mean_reciprocal_rank"] == pytest.approx((1 + 1 / 4) / 3)
    assert data["refusal_precision"] == 0.5
    assert data["refusal_recall"] == 0.5
    assert data["outcomes"][0] == {
        "id": "D-1",
        "kind": "who",
        "status": "answered",
        "place": 1,
        "contains": True,
        "milliseconds": 12.3,
    }
