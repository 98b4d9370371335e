"""The conversations that the assistant was first built for, through the engine as a channel calls it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from assistant.engine.conversation_engine import ConversationEngine
from assistant.settings import Settings
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect

AS_OF = "2026-01-31"
NPS_CASE = (
    "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?"
)

Say = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def engine(settings: Settings, model: Path) -> Iterator[ConversationEngine]:
    engine = ConversationEngine(settings, ConversationRepository(connect(settings.database())))
    engine.start(model)
    yield engine
    engine.stop()


@pytest.fixture
def say(engine: ConversationEngine) -> Say:
    """Say something in a conversation of the test's own; the whole reply comes back."""
    conversation = f"test-{uuid4()}"

    def speak(message: str, **metadata: str) -> dict[str, Any]:
        replies = asyncio.run(engine.reply(conversation, message, {"as_of": AS_OF} | metadata))
        assert len(replies) == 1
        assert replies[0]["text"].strip()
        assert replies[0]["text"] == replies[0]["custom"]["text"]
        return dict(replies[0]["custom"])

    return speak


def test_the_first_oasys_for_a_life_sentence_is_due_in_16_weeks(say: Say) -> None:
    reply = say("how long do I have to do the first OASys for someone serving life?")
    assert reply["kind"] == "policy_answer"
    assert "16 weeks" in reply["answer"]["short"]
    assert reply["citations"][0]["document"] == "omic-operating-model-2019"
    assert "16 weeks" in reply["citations"][0]["quote"]


def test_a_term_is_defined_in_the_words_of_the_guidance(say: Say) -> None:
    reply = say("what is a PIPE?")
    assert reply["kind"] == "policy_answer"
    assert "Psychologically Informed Planned Environment" in reply["text"]
    assert reply["citations"]


def test_responsibility_is_worked_out_with_the_sum_the_rule_and_the_quote(say: Say) -> None:
    reply = say(NPS_CASE)
    responsibility = reply["assessment"]["responsibility"]
    assert (responsibility["responsible"], responsibility["changes_on"]) == ("POM", "2026-07-31")
    assert "31 July 2026" in reply["answer"]["short"]
    assert "15 July 2026" in reply["text"], "the 2019 model says 8 months"
    assert "7.5 months" in reply["text"]
    assert {item["edition"] for item in reply["citations"]} >= {"2019-model", "2022-guide"}
    assert reply["facts"] == {
        "provider": "NPS",
        "sentence_type": "determinate",
        "sentence_date": "2025-01-03",
        "conditional_release_date": "2027-03-15",
    }


def test_the_edition_can_be_chosen(say: Say) -> None:
    reply = say(NPS_CASE, edition="2019")
    assert reply["assessment"]["responsibility"]["changes_on"] == "2026-07-15"


def test_what_is_due_follows_from_the_facts_so_far_and_asks_one_question(say: Say) -> None:
    say(NPS_CASE)
    reply = say("what is due for him?")
    dated = [task for task in reply["assessment"]["tasks"] if task["due"]]
    assert any(task["due"] == "2025-03-14" for task in dated), "10 weeks after sentence"
    assert "14 March 2025" in reply["text"]
    assert reply["asking_for"]
    assert reply["text"].count("?") == 1


def test_a_terrorism_offence_is_automatic_early_allocation(say: Say) -> None:
    reply = say("does early allocation apply to a TACT offence?")
    assert "automatic" in reply["answer"]["short"].lower()
    assert any("Terrorism ACT / TACT related offences" in item["quote"] for item in reply["citations"])


def test_a_question_about_nobody_in_particular_leaves_no_facts_behind(say: Say) -> None:
    say("does early allocation apply to a TACT offence?")
    reply = say(NPS_CASE)
    assert "ea_terrorism_offence" not in reply["facts"]


def test_a_question_about_a_kind_of_offence_does_not_change_the_case_in_play(say: Say) -> None:
    say(NPS_CASE)
    assert "automatic" in say("does early allocation apply to a TACT offence?")["answer"]["short"].lower()
    assert "ea_terrorism_offence" not in say("what is due for him?")["facts"]


def test_the_weather_is_refused_with_what_the_assistant_can_do(say: Say) -> None:
    reply = say("what's the weather tomorrow?")
    assert (reply["kind"], reply["answer"]["status"]) == ("refusal", "out_of_scope")
    assert "offender management" in reply["text"]


def test_adjudication_tariffs_are_not_in_the_guidance(say: Say) -> None:
    reply = say("what are the current adjudication tariffs?")
    assert (reply["kind"], reply["answer"]["status"]) == ("refusal", "not_in_guidance")
    assert reply["citations"] == []
    assert "does not cover" in reply["text"]


@pytest.mark.parametrize("message", ["", "   ", "x" * 10_000, "/restart", "/session_start", "/", "/greet"])
def test_a_strange_message_gets_a_clear_reply_and_loses_nothing(say: Say, message: str) -> None:
    say(NPS_CASE)
    assert say(message)["text"]
    assert say("what is due for him?")["facts"]["provider"] == "NPS"


def test_an_action_that_fails_says_so_and_the_next_message_works(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(NPS_CASE)
    with monkeypatch.context() as broken:
        broken.setattr("actions.case_actions.read_facts", lambda *_: 1 / 0)
        assert say("what is due for him?")["kind"] == "error"
    reply = say("what is due for him?")
    assert reply["kind"] in ("assessment", "question")
    assert reply["facts"]["provider"] == "NPS"


def test_a_message_that_is_delivered_twice_is_answered_once(
    engine: ConversationEngine, settings: Settings
) -> None:
    metadata = {"as_of": AS_OF, "message_id": "m-1"}
    first = asyncio.run(engine.reply("delivered-twice", NPS_CASE, metadata))
    again = asyncio.run(engine.reply("delivered-twice", NPS_CASE, metadata))
    assert again == first
    assert len(ConversationRepository(connect(settings.database())).messages("delivered-twice")) == 2


def test_a_repeat_that_arrives_while_the_first_is_answered_gets_the_same_reply(
    engine: ConversationEngine, settings: Settings
) -> None:
    async def both() -> list[list[dict[str, Any]]]:
        metadata = {"as_of": AS_OF, "message_id": "m-1"}
        return await asyncio.gather(*(engine.reply("at-once", NPS_CASE, metadata) for _ in range(3)))

    first, *repeats = asyncio.run(both())
    assert repeats == [first, first]
    assert len(ConversationRepository(connect(settings.database())).messages("at-once")) == 2


def test_a_repeat_after_a_restart_gets_the_same_reply_and_changes_nothing(
    engine: ConversationEngine, settings: Settings
) -> None:
    asyncio.run(engine.reply("repeated-later", NPS_CASE, {"as_of": AS_OF, "message_id": "m-1"}))
    changed = {"as_of": AS_OF, "message_id": "m-2"}
    first = asyncio.run(engine.reply("repeated-later", "no, CRD is 3 March 2028", changed))
    asyncio.run(engine.reply("repeated-later", "what if he were high risk", {"as_of": AS_OF}))
    assert engine._trackers is not None
    engine._trackers.drop("repeated-later")
    events = len(ConversationRepository(connect(settings.database())).events("repeated-later"))
    assert asyncio.run(engine.reply("repeated-later", "no, CRD is 3 March 2028", changed)) == first
    assert len(ConversationRepository(connect(settings.database())).events("repeated-later")) == events


def test_a_message_that_could_not_be_kept_leaves_nothing_behind(
    engine: ConversationEngine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = {"as_of": AS_OF, "message_id": "m-1"}
    with monkeypatch.context() as full:
        full.setattr(ConversationRepository, "append_exchange", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            asyncio.run(engine.reply("disk-full", NPS_CASE, metadata))
    record = ConversationRepository(connect(settings.database()))
    assert (record.events("disk-full"), record.messages("disk-full")) == ([], [])
    kept = asyncio.run(engine.reply("disk-full", "what have you got for him so far", {"as_of": AS_OF}))
    assert kept[0]["custom"]["facts"] == {}


def test_a_conversation_that_another_process_went_on_with_is_read_again(
    engine: ConversationEngine, settings: Settings
) -> None:
    asyncio.run(engine.reply("moved", NPS_CASE, {"as_of": AS_OF}))
    elsewhere = ConversationRepository(connect(settings.database()))
    slot = {"event": "slot", "name": "facts", "value": {"tier": "B"}, "timestamp": 1.0}
    elsewhere.append_exchange("moved", "tier B", [{"text": "noted"}], events=[slot])
    reply = asyncio.run(engine.reply("moved", "what have you got for him so far", {"as_of": AS_OF}))
    assert reply[0]["custom"]["facts"] == {"tier": "B"}


def test_a_conversation_goes_on_after_a_restart(
    settings: Settings, model: Path, engine: ConversationEngine
) -> None:
    asyncio.run(engine.reply("restarted", NPS_CASE, {"as_of": AS_OF}))
    assert engine._trackers is not None
    engine._trackers.drop("restarted")
    reply = asyncio.run(engine.reply("restarted", "what is due for him?", {"as_of": AS_OF}))[0]["custom"]
    assert reply["facts"]["conditional_release_date"] == "2027-03-15"
