"""The report of a conversation evaluation, as a Markdown page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.evaluation.conversation import ConversationEvaluation, MessageResult, TurnResult
from assistant.evaluation.labelled_sets import Dialogue
from assistant.evaluation.markdown_tables import percent, shown, table
from assistant.evaluation.scores import LabelScores
from assistant.evaluation.training_overlap import comparable

ANSWERS = ("assessment", "policy_answer")


@dataclass(frozen=True)
class ReportContext:
    """What a report needs to say besides the measurements."""

    command: str
    messages_file: str
    dialogues_file: str
    model: str
    """The fingerprint of the model, which changes with everything it is trained from."""
    training_examples: frozenset[str] = frozenset()
    """In comparable form: see `training_overlap`."""


def unseen_intents(evaluation: ConversationEvaluation, training: Iterable[str]) -> LabelScores:
    """Intents of the messages that are not training examples word for word."""
    known = set(training)
    return LabelScores.of(
        (item.message.intent, item.intent)
        for item in evaluation.messages
        if comparable(item.message.message) not in known
    )


def as_markdown(evaluation: ConversationEvaluation, context: ReportContext) -> str:
    """The evaluation as a Markdown page."""
    parts = [
        "# How well the conversation understands people",
        f"Written by `{context.command}`; do not edit by hand. Model `{context.model}`, "
        f"{len(evaluation.messages)} messages of `{context.messages_file}` and {len(evaluation.dialogues)} "
        f"dialogues ({len(evaluation.turns)} turns) of `{context.dialogues_file}`. Both are held apart from "
        "the training data, but failures on them are read and mended, so new messages would do a little worse.",
        "## In short",
        _summary(evaluation, context),
        *_intent_section(evaluation),
        *_fact_section(evaluation),
        *_route_section(evaluation),
        *_dialogue_section(evaluation),
    ]
    return "\n\n".join(parts) + "\n"


def summary_lines(evaluation: ConversationEvaluation, context: ReportContext) -> list[tuple[str, str]]:
    """The headline figures: what is measured, and the result."""
    intents, facts = evaluation.intents, evaluation.fact_scores.total
    unseen = unseen_intents(evaluation, context.training_examples)
    times = evaluation.milliseconds
    routes = evaluation.replies_by_route
    answered_wrongly = sum(evaluation.kinds_of_failed_turns[kind] for kind in ANSWERS)
    return [
        ("Intent accuracy", f"{percent(intents.accuracy)} ({intents.right} of {len(intents.pairs)})"),
        ("Intent macro F1", percent(intents.macro_f1)),
        (
            "Intent accuracy on messages that are not training examples word for word",
            f"{percent(unseen.accuracy)} ({unseen.right} of {len(unseen.pairs)})",
        ),
        ("Fact precision", f"{percent(facts.precision)} ({facts.wrong} wrong, {facts.invented} not said)"),
        ("Fact recall", f"{percent(facts.recall)} ({facts.right} of {facts.stated} stated facts)"),
        ("Router accuracy, by intent", percent(evaluation.routes_by_intent.accuracy)),
        (
            "Router accuracy, by the reply's kind",
            f"{percent(evaluation.routes_by_reply.accuracy)} ({routes['wrong']} sent the wrong way, "
            f"{routes['asked_back']} asked to say more, {routes['failed']} errors)",
        ),
        ("Turn success", f"{percent(evaluation.turn_success)} of {len(evaluation.turns)}"),
        ("Dialogue success", f"{percent(evaluation.dialogue_success)} of {len(evaluation.dialogues)}"),
        ("Failed turns that gave an answer rather than asked or refused", str(answered_wrongly)),
        (
            "Time a message, median and 95th percentile",
            f"{times[0]:.0f} ms and {times[1]:.0f} ms" if times else "not measured",
        ),
    ]


def _summary(evaluation: ConversationEvaluation, context: ReportContext) -> str:
    return table(("Measure", "Result"), summary_lines(evaluation, context))


def _intent_section(evaluation: ConversationEvaluation) -> list[str]:
    scores = evaluation.intents
    ids: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in wrong_intents(evaluation):
        ids[item.message.intent, item.intent].append(item.message.id)
    return [
        "## Intents",
        "Macro F1 gives every intent of the set the same weight. `nlu_fallback` is a message that was not "
        "understood; it goes to the guidance.",
        table(
            ("Intent", "Messages", "Precision", "Recall", "F1"),
            [
                (
                    score.label,
                    score.count,
                    percent(score.precision),
                    percent(score.recall),
                    percent(score.f1),
                )
                for score in scores.by_label()
            ],
        ),
        "### Taken for another intent",
        table(
            ("Meant", "Understood", "Times", "Messages"),
            [
                (expected, got, count, ", ".join(ids[expected, got]))
                for expected, got, count in scores.confusions()
            ],
        ),
        "### Messages",
        table(
            ("Id", "Message", "Meant", "Understood", "Confidence"),
            [
                (
                    item.message.id,
                    item.message.message,
                    item.message.intent,
                    item.intent,
                    f"{item.confidence:.2f}",
                )
                for item in wrong_intents(evaluation)
            ],
        ),
    ]


def _fact_section(evaluation: ConversationEvaluation) -> list[str]:
    return [
        "## Facts",
        "Facts as the conversation takes them from a first message, relative dates worked out from the "
        "message's date. A message understood as one that gives no facts, such as a question of policy, "
        "gives none. A wrong value counts against precision and recall. A reading that is right without "
        "being said outright counts for neither.",
        table(
            ("Fact", "Stated", "Right", "Wrong value", "Missed", "Not said", "Precision", "Recall"),
            [
                (
                    *(name, score.stated, score.right, score.wrong, score.missed, score.invented),
                    *(percent(score.precision), percent(score.recall)),
                )
                for name, score in sorted(evaluation.fact_scores.by_fact.items())
            ],
        ),
        "### Not read right",
        table(
            ("Id", "Message", "Understood", "Fact", "Said", "Read", "Mistake"),
            [
                (
                    *(item.message.id, item.message.message, item.intent),
                    *(mistake.fact, mistake.expected, mistake.got, mistake.kind),
                )
                for item in evaluation.messages
                for mistake in item.mistakes
            ],
        ),
    ]


def _route_section(evaluation: ConversationEvaluation) -> list[str]:
    return [
        "## Which way messages go",
        "To the case, the guidance, back to the last answer, small talk or a refusal: first by the intent "
        "that was understood, then by the kind of the reply when the message opens a conversation. "
        "Follow-ups and messages that change a case are left out of the second. `asked_back` is a request "
        "to say more, `failed` an error.",
        _matrix("By intent", evaluation.routes_by_intent),
        _matrix("By reply", evaluation.routes_by_reply),
        "### Sent the wrong way, by reply",
        table(
            ("Id", "Message", "Meant", "Understood", "Went to"),
            [
                (item.message.id, item.message.message, item.message.intent, item.intent, item.route)
                for item in evaluation.messages
                if item.went_wrong_way
            ],
        ),
    ]


def _dialogue_section(evaluation: ConversationEvaluation) -> list[str]:
    kinds = evaluation.kinds_of_failed_turns
    return [
        "## Dialogues",
        "A turn succeeds when the reply holds everything that is expected of it, a dialogue when all its "
        "turns do. One early mistake can fail several turns.",
        "### Kind of reply where a turn failed",
        table(("Kind", "Turns"), kinds.most_common()),
        "### Failed turns",
        table(
            ("Dialogue", "Turn", "Typed", "Understood", "Kind", "Expected", "Got"),
            [
                (
                    *(dialogue.id, turn.number, turn.turn.say, turn.intent, turn.reply.get("kind")),
                    *(f"{item.expectation}: {shown(item.expected)}", shown(item.got)),
                )
                for dialogue, turn in failed_turns(evaluation)
                for item in turn.unmet
            ],
        ),
    ]


def wrong_intents(evaluation: ConversationEvaluation) -> list[MessageResult]:
    """The messages whose intent was not understood."""
    return [item for item in evaluation.messages if item.intent != item.message.intent]


def failed_turns(evaluation: ConversationEvaluation) -> list[tuple[Dialogue, TurnResult]]:
    """The turns of which some expectation is not met, with their dialogue."""
    return [(dialogue, turn) for dialogue, turn in evaluation.turns if turn.unmet]


def _matrix(title: str, scores: LabelScores) -> str:
    columns = sorted({label for pair in scores.pairs for label in pair})
    rows = sorted({expected for expected, _ in scores.pairs})
    cells = [(row, *(scores.pairs.count((row, column)) or "" for column in columns)) for row in rows]
    return f"### {title}\n\n" + table(("Meant, down; went, across", *columns), cells)
