"""The results of a guidance evaluation as data, for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import Any

from assistant.evaluation.scores import ratio
from knowledge.evaluation import Outcome

SAID = ("answered", "partly")


def guidance_as_data(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Shares between 0 and 1 over all questions, then what came of each question.

    `place` is that of the first right citation, from 1; 0 where none is right.
    """
    answerable = [item for item in outcomes if item.question.answerable]
    unanswerable = [item for item in outcomes if not item.question.answerable]
    refused = [item for item in outcomes if item.status not in SAID]
    return {
        "answerable": len(answerable),
        "unanswerable": len(unanswerable),
        "right_passage_first": ratio(sum(item.place == 1 for item in answerable), len(answerable)),
        "right_passage_in_first_three": ratio(
            sum(1 <= item.place <= 3 for item in answerable), len(answerable)
        ),
        "mean_reciprocal_rank": mean([1 / item.place if item.place else 0.0 for item in answerable] or [0.0]),
        "refusal_precision": ratio(sum(not item.question.answerable for item in refused), len(refused)),
        "refusal_recall": ratio(sum(item.status not in SAID for item in unanswerable), len(unanswerable)),
        "outcomes": [
            {
                "id": item.question.id,
                "kind": item.question.kind,
                "status": item.status,
                "place": item.place,
                "contains": item.contains,
                "milliseconds": round(item.milliseconds, 1),
            }
            for item in outcomes
        ],
    }
