"""The results of a conversation evaluation as data, for other programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assistant.evaluation.conversation import ConversationEvaluation
from assistant.evaluation.report import ReportContext, failed_turns, unseen_intents, wrong_intents
from assistant.evaluation.scores import LabelScores


def as_data(evaluation: ConversationEvaluation, context: ReportContext) -> dict[str, Any]:
    """The evaluation as JSON can hold it."""
    intents, total = evaluation.intents, evaluation.fact_scores.total
    unseen = unseen_intents(evaluation, context.training_examples)
    return {
        "model": context.model,
        "intents": _labels_as_data(intents)
        | {"not_in_training_data": {"messages": len(unseen.pairs), "accuracy": unseen.accuracy}},
        "facts": {
            "precision": total.precision,
            "recall": total.recall,
            "by_fact": {
                name: asdict(score) | {"precision": score.precision, "recall": score.recall}
                for name, score in sorted(evaluation.fact_scores.by_fact.items())
            },
        },
        "router": {
            "by_intent": _labels_as_data(evaluation.routes_by_intent),
            "by_reply": _labels_as_data(evaluation.routes_by_reply) | dict(evaluation.replies_by_route),
        },
        "dialogues": {
            "dialogues": len(evaluation.dialogues),
            "dialogue_success": evaluation.dialogue_success,
            "turns": len(evaluation.turns),
            "turn_success": evaluation.turn_success,
            "failed_turns_by_kind_of_reply": dict(evaluation.kinds_of_failed_turns),
        },
        "milliseconds": dict(
            zip(("median", "percentile_95"), evaluation.milliseconds or (None, None), strict=True)
        ),
        "failures": {
            "intents": [
                {"id": item.message.id, "message": item.message.message, "expected": item.message.intent}
                | {"got": item.intent, "confidence": round(item.confidence, 3)}
                for item in wrong_intents(evaluation)
            ],
            "facts": [
                {"id": item.message.id, "message": item.message.message, "understood": item.intent}
                | asdict(mistake)
                for item in evaluation.messages
                for mistake in item.mistakes
            ],
            "turns": [
                {
                    "dialogue": dialogue.id,
                    "turn": turn.number,
                    "say": turn.turn.say,
                    "understood": turn.intent,
                }
                | {"kind": turn.reply.get("kind"), "unmet": [asdict(item) for item in turn.unmet]}
                for dialogue, turn in failed_turns(evaluation)
            ],
        },
    }


def _labels_as_data(scores: LabelScores) -> dict[str, Any]:
    return {
        "count": len(scores.pairs),
        "accuracy": scores.accuracy,
        "macro_f1": scores.macro_f1,
        "by_label": {score.label: asdict(score) for score in scores.by_label()},
        "confusions": [
            {"expected": expected, "got": got, "count": count} for expected, got, count in scores.confusions()
        ],
    }
