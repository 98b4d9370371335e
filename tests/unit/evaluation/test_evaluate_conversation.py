"""What is measured of a conversation whose every answer is known beforehand."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from actions.rules import RuleBook
from assistant.evaluation.conversation import ConversationEvaluation, evaluate_conversation
from assistant.evaluation.labelled_sets import (
    Dialogue,
    DialogueTurn,
    Expectation,
    LabelledMessage,
    LabelledSetError,
)
from assistant.evaluation.report import ReportContext, as_markdown, summary_lines
from assistant.evaluation.report_data import as_data

AS_OF = date(2026, 1, 31)
CONTEXT = ReportContext(
    command="assistant evaluate conversation",
    messages_file="messages.yaml",
    dialogues_file="dialogues.yaml",
    model="pom-assistant-0",
    training_examples=frozenset({"morning"}),
)


UNDERSTOOD: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "tier b nps": (
        "give_facts",
        [
            {"entity": "tier", "value": "B", "start": 0, "end": 6},
            {"entity": "provider", "value": "CRC", "start": 7, "end": 10},
        ],
    ),
    "who does the parole report": ("ask_parole", []),
    "morning": ("greet", []),
    "why?": ("ask_why", []),
    "can a band 4 hold tier b": ("ask_guidance", [{"entity": "tier", "value": "B", "start": 18, "end": 24}]),
}
KINDS = {
    "can a band 4 hold tier b": "policy_answer",
    "tier b nps": "assessment",
    "who does the parole report": "question",
    "morning": "small_talk",
}


class KnownConversation:
    """Understands and answers a handful of messages, each in one way."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, dict[str, Any]]] = []

    async def understand(self, message: str) -> dict[str, Any]:
        intent, entities = UNDERSTOOD[message]
        return {"intent": {"name": intent, "confidence": 0.9}, "entities": entities, "text": message}

    async def reply(
        self, conversation_id: str, message: str, metadata: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        self.heard.append((conversation_id, message, metadata or {}))
        kind = KINDS.get(message, "clarification")
        custom = {"kind": kind, "text": "As asked.", "facts": {"tier": "B"}, "citations": []}
        return [{"recipient_id": conversation_id, "text": custom["text"], "custom": custom}]


def message(number: int, text: str, intent: str, **facts: Any) -> LabelledMessage:
    return LabelledMessage(id=f"M-{number}", message=text, intent=intent, facts=facts, as_of=AS_OF)


def turn(say: str, **expect: Any) -> DialogueTurn:
    return DialogueTurn(say=say, expect=Expectation(**expect))


MESSAGES = [
    message(1, "tier b nps", "give_facts", tier="B", provider="NPS"),
    message(2, "who does the parole report", "ask_guidance"),
    message(3, "morning", "greet"),
    message(4, "why?", "ask_why"),
    message(5, "can a band 4 hold tier b", "ask_guidance"),
]
DIALOGUES = [
    Dialogue(
        id="works", as_of=AS_OF, turns=[turn("morning", kind="small_talk"), turn("why?", facts={"tier": "B"})]
    ),
    Dialogue(id="fails", as_of=AS_OF, edition="2019", turns=[turn("tier b nps", text_contains=["POM"])]),
]


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return RuleBook.load()


@pytest.fixture
def conversation() -> KnownConversation:
    return KnownConversation()


@pytest.fixture
def evaluation(conversation: KnownConversation, book: RuleBook) -> ConversationEvaluation:
    return evaluate_conversation(conversation, book, MESSAGES, DIALOGUES)


def test_intents_are_compared_with_their_labels(evaluation: ConversationEvaluation) -> None:
    assert evaluation.intents.accuracy == 0.8
    assert evaluation.intents.confusions() == [("ask_guidance", "ask_parole", 1)]


def test_facts_are_those_that_the_conversation_takes(evaluation: ConversationEvaluation) -> None:
    (mistake,) = [mistake for item in evaluation.messages for mistake in item.mistakes]
    assert (mistake.fact, mistake.expected, mistake.got, mistake.kind) == ("provider", "NPS", "CRC", "wrong")
    assert evaluation.fact_scores.total.recall == 0.5


def test_a_question_of_policy_gives_no_facts(evaluation: ConversationEvaluation) -> None:
    assert "tier" in evaluation.fact_scores.by_fact
    assert evaluation.fact_scores.by_fact["tier"].invented == 0


def test_routes_are_judged_by_intent_and_by_reply(evaluation: ConversationEvaluation) -> None:
    assert evaluation.routes_by_intent.confusions() == [("policy", "case", 1)]
    # `why?` opens no conversation, so its reply is not judged.
    assert evaluation.routes_by_reply.accuracy == 0.75
    assert evaluation.replies_by_route == {"right": 3, "wrong": 1}


def test_a_dialogue_succeeds_when_all_its_turns_do(evaluation: ConversationEvaluation) -> None:
    assert evaluation.turn_success == pytest.approx(2 / 3)
    assert evaluation.dialogue_success == 0.5
    assert evaluation.kinds_of_failed_turns == {"assessment": 1}


def test_each_dialogue_is_a_conversation_of_its_own_on_its_date_and_edition(
    conversation: KnownConversation, evaluation: ConversationEvaluation
) -> None:
    assert evaluation
    said = [entry for entry in conversation.heard if entry[0] in ("evaluation-works", "evaluation-fails")]
    assert said == [
        ("evaluation-works", "morning", {"as_of": "2026-01-31"}),
        ("evaluation-works", "why?", {"as_of": "2026-01-31"}),
        ("evaluation-fails", "tier b nps", {"as_of": "2026-01-31", "edition": "2019"}),
    ]


def test_a_label_with_a_fact_that_the_rules_do_not_know_is_refused(
    conversation: KnownConversation, book: RuleBook
) -> None:
    labelled = [message(1, "tier b nps", "give_facts", teir="B")]
    with pytest.raises(LabelledSetError, match="M-1: facts: 'teir' is not a fact"):
        evaluate_conversation(conversation, book, labelled, DIALOGUES)


def test_the_report_names_every_failure_with_what_was_expected_and_got(
    evaluation: ConversationEvaluation,
) -> None:
    page = as_markdown(evaluation, CONTEXT)
    assert "| M-2 | who does the parole report | ask_guidance | ask_parole | 0.90 |" in page
    assert "| M-1 | tier b nps | give_facts | provider | NPS | CRC | wrong |" in page
    assert "| fails | 1 | tier b nps | give_facts | assessment | text_contains: POM | As asked. |" in page


def test_messages_learnt_by_heart_are_counted_apart(evaluation: ConversationEvaluation) -> None:
    lines = dict(summary_lines(evaluation, CONTEXT))
    assert lines["Intent accuracy"] == "80.0% (4 of 5)"
    assert (
        lines["Intent accuracy on messages that are not training examples word for word"] == "75.0% (3 of 4)"
    )


def test_the_data_holds_the_same_figures_as_the_report(evaluation: ConversationEvaluation) -> None:
    data = json.loads(json.dumps(as_data(evaluation, CONTEXT)))
    assert data["intents"]["accuracy"] == 0.8
    assert data["dialogues"]["dialogue_success"] == 0.5
    assert data["facts"]["by_fact"]["provider"]["wrong"] == 1
    assert [item["id"] for item in data["failures"]["intents"]] == ["M-2"]
    assert data["failures"]["turns"][0]["unmet"][0]["expectation"] == "text_contains"
