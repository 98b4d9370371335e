"""Runs labelled messages and dialogues through the trained conversation, and keeps what came of each."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median, quantiles
from typing import Any, Protocol

from actions.conversation.state import ConversationState
from actions.conversation.stated_facts import read_facts
from actions.conversation.turn import Turn
from actions.rules import RuleBook
from assistant.engine.incoming import readable
from assistant.evaluation.expectations import Unmet, unmet
from assistant.evaluation.labelled_sets import Dialogue, DialogueTurn, LabelledMessage, LabelledSetError
from assistant.evaluation.routes import ROUTE_OF_INTENT, TAKES_FACTS, routes_of_reply, stands_alone
from assistant.evaluation.scores import FactMistake, FactScores, LabelScores, ratio
from assistant.progress import Progress

NOT_UNDERSTOOD = "nlu_fallback"


class Conversation(Protocol):
    """What is measured: `assistant.engine.conversation_engine.ConversationEngine`."""

    async def understand(self, message: str) -> dict[str, Any]:
        """Intent, confidence and entities of a message."""

    async def reply(
        self, conversation_id: str, message: str, metadata: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """The replies to a message, in the form of Rasa's REST channel."""


@dataclass(frozen=True)
class MessageResult:
    """What came of one labelled message."""

    message: LabelledMessage
    intent: str
    confidence: float
    facts: dict[str, Any]
    mistakes: list[FactMistake]
    routes: set[str]
    """Where the reply to it, as the first message of a conversation, shows that it went."""
    seconds: float

    @property
    def route(self) -> str:
        """The route of the message in `LabelScores`: the right one, or where it went instead."""
        expected = ROUTE_OF_INTENT[self.message.intent]
        return expected if expected in self.routes else min(self.routes)

    @property
    def went_wrong_way(self) -> bool:
        """Whether the reply shows that the message went another way than it should."""
        intent = self.message.intent
        return stands_alone(intent) and self.route != ROUTE_OF_INTENT[intent]


@dataclass(frozen=True)
class TurnResult:
    """What came of one turn of a dialogue."""

    number: int
    """From 1."""
    turn: DialogueTurn
    intent: str
    """As it was understood, to tell a misunderstanding from a wrong answer."""
    reply: dict[str, Any]
    unmet: list[Unmet]
    seconds: float


@dataclass(frozen=True)
class DialogueResult:
    """What came of one dialogue."""

    dialogue: Dialogue
    turns: list[TurnResult]

    @property
    def succeeded(self) -> bool:
        """Whether every turn did."""
        return not any(turn.unmet for turn in self.turns)


@dataclass
class ConversationEvaluation:
    """Everything measured; `assistant.evaluation.report` puts it into words."""

    messages: list[MessageResult] = field(default_factory=list)
    fact_scores: FactScores = field(default_factory=FactScores)
    dialogues: list[DialogueResult] = field(default_factory=list)

    @property
    def intents(self) -> LabelScores:
        """Expected and understood intents."""
        return LabelScores.of((item.message.intent, item.intent) for item in self.messages)

    @property
    def routes_by_intent(self) -> LabelScores:
        """Where messages should go, and where the intent that was understood sends them."""
        return LabelScores.of(
            (ROUTE_OF_INTENT[item.message.intent], ROUTE_OF_INTENT.get(item.intent, "failed"))
            for item in self.messages
        )

    @property
    def routes_by_reply(self) -> LabelScores:
        """Where messages should go, and where the reply shows that they went; only those that stand alone."""
        return LabelScores.of(
            (ROUTE_OF_INTENT[item.message.intent], item.route)
            for item in self.messages
            if stands_alone(item.message.intent)
        )

    @property
    def replies_by_route(self) -> Counter[str]:
        """How many replies to messages that stand alone went where they should (`right`), elsewhere
        (`wrong`), asked to say more (`asked_back`) or were an error (`failed`)."""
        return Counter(
            "right" if expected == got else got if got in ("asked_back", "failed") else "wrong"
            for expected, got in self.routes_by_reply.pairs
        )

    @property
    def turns(self) -> list[tuple[Dialogue, TurnResult]]:
        """All turns with their dialogue."""
        return [(result.dialogue, turn) for result in self.dialogues for turn in result.turns]

    @property
    def turn_success(self) -> float | None:
        """The share of turns whose every expectation is met."""
        return ratio(sum(not turn.unmet for _, turn in self.turns), len(self.turns))

    @property
    def dialogue_success(self) -> float | None:
        """The share of dialogues whose every turn succeeds."""
        return ratio(sum(result.succeeded for result in self.dialogues), len(self.dialogues))

    @property
    def kinds_of_failed_turns(self) -> Counter[str]:
        """What kind of reply a failed turn gave: an answer that is wrong is worse than a question."""
        return Counter(str(turn.reply.get("kind")) for _, turn in self.turns if turn.unmet)

    @property
    def milliseconds(self) -> tuple[float, float] | None:
        """Median and 95th percentile of the time a message took."""
        times = [item.seconds * 1000 for item in self.messages] + [
            turn.seconds * 1000 for _, turn in self.turns
        ]
        if len(times) < 2:
            return None
        return median(times), quantiles(times, n=20)[-1]


def evaluate_conversation(
    conversation: Conversation,
    book: RuleBook,
    messages: Sequence[LabelledMessage],
    dialogues: Sequence[Dialogue],
    progress: Progress = lambda doing, done, steps: None,
) -> ConversationEvaluation:
    """Run everything once. Each message and each dialogue is a conversation of its own.

    Raises `LabelledSetError` when a label names a fact that the rules do not know.
    """
    check_facts(book, messages, dialogues)
    return asyncio.run(_evaluate(conversation, book, messages, dialogues, progress))


def check_facts(book: RuleBook, messages: Sequence[LabelledMessage], dialogues: Sequence[Dialogue]) -> None:
    """Make sure that every fact named in a label is one. Raises `LabelledSetError`."""
    named = [(item.id, [*item.facts, *item.optional]) for item in messages]
    for dialogue in dialogues:
        for turn in dialogue.turns:
            expect = turn.expect
            named.append((dialogue.id, [*expect.facts, *expect.facts_absent, *expect.asking_for_not]))
    for place, names in named:
        for name in names:
            if name not in book.fields:
                raise LabelledSetError(f"{place}: facts: {name!r} is not a fact that the rules know")


async def _evaluate(
    conversation: Conversation,
    book: RuleBook,
    messages: Sequence[LabelledMessage],
    dialogues: Sequence[Dialogue],
    progress: Progress,
) -> ConversationEvaluation:
    evaluation = ConversationEvaluation()
    steps = len(messages) + len(dialogues)
    # The first reply of a process opens the index; that is no part of what a message takes.
    await conversation.reply("evaluation-first", "hello")
    for done, message in enumerate(messages):
        progress("Understanding messages", done, steps)
        evaluation.messages.append(await _message(conversation, book, message, evaluation.fact_scores))
    for done, dialogue in enumerate(dialogues, start=len(messages)):
        progress("Holding dialogues", done, steps)
        evaluation.dialogues.append(await _dialogue(conversation, dialogue))
    progress("Measured the conversation", steps, steps)
    return evaluation


async def _message(
    conversation: Conversation, book: RuleBook, message: LabelledMessage, scores: FactScores
) -> MessageResult:
    parsed = await conversation.understand(message.message)
    intent = parsed.get("intent") or {}
    facts = facts_taken(parsed, message.message, message.as_of, book)
    started = time.perf_counter()
    reply = await _say(conversation, f"evaluation-{message.id}", message.message, message.as_of, None)
    return MessageResult(
        message,
        intent=intent.get("name") or NOT_UNDERSTOOD,
        confidence=float(intent.get("confidence") or 0.0),
        facts=facts,
        mistakes=scores.add(message.facts, message.optional, facts),
        routes=routes_of_reply(reply),
        seconds=time.perf_counter() - started,
    )


def facts_taken(parsed: dict[str, Any], message: str, as_of: date, book: RuleBook) -> dict[str, Any]:
    """The facts that the conversation takes from a message at its start, with relative dates worked out.

    A date without a day is given as `2029-08`. A message understood as one that gives no facts, such as a
    question of policy, gives none whatever words are in it.
    """
    intent = parsed.get("intent") or {}
    if intent.get("name") not in TAKES_FACTS:
        return {}
    turn = Turn(
        text=readable(message),
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        entities=list(parsed.get("entities") or []),
        state=ConversationState(),
        as_of=as_of,
        edition=None,
    )
    stated = read_facts(turn, book)
    return stated.part_dates | stated.facts


async def _dialogue(conversation: Conversation, dialogue: Dialogue) -> DialogueResult:
    turns = []
    for number, turn in enumerate(dialogue.turns, start=1):
        intent = (await conversation.understand(turn.say)).get("intent") or {}
        started = time.perf_counter()
        reply = await _say(
            conversation, f"evaluation-{dialogue.id}", turn.say, dialogue.as_of, dialogue.edition
        )
        seconds = time.perf_counter() - started
        understood = intent.get("name") or NOT_UNDERSTOOD
        turns.append(TurnResult(number, turn, understood, reply, unmet(turn.expect, reply), seconds))
    return DialogueResult(dialogue, turns)


async def _say(
    conversation: Conversation, conversation_id: str, message: str, as_of: date, edition: str | None
) -> dict[str, Any]:
    """The reply to a message. The assistant gives one; of several, the last stands with all their text."""
    metadata = {"as_of": as_of.isoformat()} | ({"edition": edition} if edition else {})
    replies = await conversation.reply(conversation_id, message, metadata)
    text = "\n\n".join(item["text"] for item in replies)
    return {**replies[-1]["custom"], "text": text}
