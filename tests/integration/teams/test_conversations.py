"""The first conversations through the Teams endpoint, with the real engine: what a person in Teams gets to see."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from assistant.application import create_application
from assistant.channels import teams
from assistant.settings import Settings
from assistant.storage.database import connect

NPS_CASE = (
    "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?"
)
Make = Callable[..., Any]
Say = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def day() -> Iterator[None]:
    """The day that the conversations are held on."""
    patch = pytest.MonkeyPatch()
    from datetime import date

    patch.setattr("actions.clock.today", lambda: date(2026, 1, 31))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def bot_settings(settings: Settings) -> Settings:
    """The settings of the tests with a configured bot."""
    return settings.model_copy(
        update={
            "public_url": "https://pom.example.org",
            "teams_client_id": "11111111-2222-3333-4444-555555555555",
            "teams_tenant_id": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            "teams_managed_identity": "77777777-2222-3333-4444-555555555555",
        }
    )


@pytest.fixture(scope="module")
def client(
    settings: Settings, bot_settings: Settings, model: Path, issuer: Any, day: None
) -> Iterator[TestClient]:
    """The whole application with the bot switched on, as the service runs it."""
    application = create_application(settings, model)
    teams.switch_on(
        application,
        bot_settings,
        cloud=issuer.cloud(),
        token=lambda *_: issuer.own_token(),
        longest_wait=0.1,
    )
    with TestClient(application, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50000)) as client:
        while client.get("/health/ready").status_code != 200:
            time.sleep(0.2)
        yield client


@pytest.fixture
def post(client: TestClient, issuer: Any) -> Callable[[dict[str, Any]], Any]:
    """Delivers an activity as Teams does."""

    def deliver(activity: dict[str, Any]) -> Any:
        token = issuer.token(activity["serviceUrl"])
        return client.post("/api/messages", json=activity, headers={"Authorization": f"Bearer {token}"})

    return deliver


@pytest.fixture
def thread() -> str:
    """A chat of the test's own."""
    return f"a:{time.time_ns()}"


@pytest.fixture
def say(post: Make, connector: Any, activity: Make, thread: str) -> Say:
    """Say something in a personal chat, or another; the messages that come back."""

    def speak(words: str, **changes: Any) -> list[dict[str, Any]]:
        where = changes.get("conversation", {}).get("id", thread)
        before = len(connector.messages(where))
        assert post(activity(words, thread=where, **changes)).status_code == 200
        connector.wait(before + 1, where)
        time.sleep(0.05)
        return list(connector.messages(where)[before:])

    return speak


def card_of(message: dict[str, Any]) -> dict[str, Any]:
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    return dict(attachment["content"])


def told(messages: list[dict[str, Any]]) -> str:
    return "\n".join(card_of(message)["fallbackText"] for message in messages)


def shown(content: Any) -> str:
    """Every text that a card shows."""
    if isinstance(content, list):
        return "\n".join(shown(item) for item in content)
    if isinstance(content, dict):
        parts = [content["text"]] if isinstance(content.get("text"), str) else []
        return "\n".join(
            [*parts, *(shown(value) for value in content.values() if isinstance(value, dict | list))]
        )
    return ""


def buttons(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [action for item in card["body"] if item["type"] == "ActionSet" for action in item["actions"]]


def channel(name: str) -> dict[str, Any]:
    return {"id": name, "conversationType": "channel", "tenantId": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"}


def test_a_question_of_policy_is_answered_with_the_quotation_and_a_link(say: Say, connector: Any) -> None:
    (message,) = say("how long do I have to do the first OASys for someone serving life?")
    card = card_of(message)
    assert "16 weeks" in message["summary"]
    assert "16 weeks" in shown(card["body"])
    assert "https://pom.example.org/guidance/omic-operating-model-2019#" in shown(card["body"])
    assert connector.received[-1][2]["Authorization"].startswith("Bearer ey")
    assert any(activity["type"] == "typing" for _, activity, _ in connector.received)


def test_a_case_is_worked_out_with_its_dates_and_asked_on(say: Say) -> None:
    first = told(say(NPS_CASE))
    assert "31 July 2026" in first
    assert "15 July 2026" in first, "the 2019 model says 8 months"
    messages = say("what is due for him?")
    assert "14 March 2025" in told(messages)
    tables = [item for message in messages for item in card_of(message)["body"] if item["type"] == "Table"]
    assert "Complete the first OASys and sentence plan" in shown(tables)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what is a PIPE?", "Psychologically Informed Planned Environment"),
        ("does early allocation apply to a TACT offence?", "automatic"),
        ("what's the weather tomorrow?", "offender management"),
        ("what are the current adjudication tariffs?", "does not cover"),
    ],
)
def test_the_other_first_questions(say: Say, question: str, answer: str) -> None:
    assert answer.lower() in told(say(question)).lower()


@pytest.mark.parametrize(
    "message", ["", "   ", "x" * 10_000, "/restart", "/session_start", "/", "<at>POM assistant</at>"]
)
def test_a_strange_message_gets_a_clear_reply_and_loses_nothing(say: Say, message: str) -> None:
    say(NPS_CASE)
    assert told(say(message))
    assert "NPS" in told(say("what is due for him?"))


def test_mentions_are_no_part_of_what_was_said(say: Say) -> None:
    messages = say("<at>POM assistant</at>&nbsp;what is a PIPE?\n")
    assert "Psychologically Informed Planned Environment" in told(messages)


def test_a_delivery_that_is_repeated_is_answered_once(
    post: Make, connector: Any, activity: Make, thread: str
) -> None:
    said = activity("what is a PIPE?", thread=thread)
    with ThreadPoolExecutor(5) as senders:
        assert {answer.status_code for answer in senders.map(post, [said] * 5)} == {200}
    connector.wait(1, thread)
    assert post(said).status_code == 200
    assert post(activity("thanks", thread=thread)).status_code == 200
    connector.wait(2, thread)
    time.sleep(0.3)
    assert len(connector.messages(thread)) == 2


def test_a_channel_answers_policy_and_takes_no_case(say: Say, thread: str, bot_settings: Settings) -> None:
    place = {"conversation": channel(f"19:{thread}@thread.tacv2;messageid=1")}
    assert "Psychologically Informed" in told(say("<at>POM</at> what is a PIPE?", **place))
    for case in (
        NPS_CASE,
        "A1234BC",
        "what is due for him?",
        "he is high risk",
        "John Smith is NPS, who is responsible?",
    ):
        (message,) = say(case, **place)
        assert "personal chat" in told([message]), case
        assert "teams.microsoft.com/l/chat" in shown(card_of(message))
    found = connect(bot_settings.database())
    with found.connect() as database:
        said = database.execute(text("SELECT text FROM messages WHERE text LIKE '%John Smith%'")).all()
        kept = database.execute(text("SELECT work FROM teams_incoming WHERE work LIKE '%John Smith%'")).all()
    assert said == kept == [], "what was refused is not kept"


def test_a_channel_says_what_applies_to_a_kind_of_case(say: Say, thread: str) -> None:
    (message,) = say(
        "does early allocation apply to a TACT offence?", conversation=channel(f"19:{thread}@thread.tacv2")
    )
    assert "automatic" in message["summary"].lower()


@pytest.mark.parametrize(
    "question", ["what is due in the first two weeks?", "who is responsible for a case?"]
)
def test_a_channel_answers_a_general_question_that_sounds_like_a_case(
    say: Say, thread: str, question: str
) -> None:
    answer = told(say(question, conversation=channel(f"19:{thread}@thread.tacv2")))
    assert "tell me" not in answer.lower(), "a channel never asks for the facts of a case"


def test_two_people_in_one_chat_never_share_a_conversation(
    say: Say, thread: str, client: TestClient, bot_settings: Settings
) -> None:
    group = {
        "id": f"19:{thread}",
        "conversationType": "groupChat",
        "tenantId": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    }
    say("what is a PIPE?", person="one", conversation=group)
    assert "no earlier answer" in told(say("show me the wording", person="two", conversation=group)).lower()
    assert "Psychologically" in told(say("show me the wording", person="one", conversation=group))


def test_an_installation_is_greeted_once(post: Make, connector: Any, activity: Make, thread: str) -> None:
    bot = {"id": "28:11111111-2222-3333-4444-555555555555"}
    assert post(activity(thread=thread, type="installationUpdate", action="add")).status_code == 200
    assert post(activity(thread=thread, type="conversationUpdate", membersAdded=[bot])).status_code == 200
    (welcome,) = connector.wait(1, thread)
    assert "Leave out names" in told([welcome]) or "leave out names" in told([welcome])
    assert buttons(card_of(welcome)), "what to ask first"
    time.sleep(0.3)
    assert len(connector.messages(thread)) == 1
    assert post(activity(thread=thread, type="installationUpdate", action="remove")).status_code == 200
    assert post(activity(thread=thread, type="installationUpdate", action="add")).status_code == 200
    connector.wait(2, thread)


def test_a_suggestion_says_what_it_shows(say: Say) -> None:
    (message,) = say("what is a PIPE?")
    said = [
        action["data"]["msteams"] for action in buttons(card_of(message)) if action["type"] == "Action.Submit"
    ]
    assert {"type": "imBack", "value": "show me the wording"} in said


def invoke(verb: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "text": None,
        "value": {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"},
    }


def test_feedback_updates_the_card(say: Say, post: Make, activity: Make, thread: str) -> None:
    (message,) = say("what is a PIPE?")
    asked = [action for action in buttons(card_of(message)) if action.get("verb") == "feedback"]
    assert [action["title"] for action in asked] == ["Useful", "Not useful"]
    answer = post(activity(thread=thread, **invoke("feedback", asked[0]["data"])))
    assert answer.status_code == 200
    assert answer.json()["type"] == "application/vnd.microsoft.card.adaptive"
    assert "Thank you" in shown(answer.json()["value"]["body"])
    assert "Psychologically" in shown(answer.json()["value"]["body"])
    why = post(activity(thread=thread, **invoke("feedback", asked[1]["data"]))).json()["value"]
    assert any(item["type"] == "Input.Text" for item in why["body"])
    done = post(
        activity(thread=thread, **invoke("comment", asked[1]["data"] | {"comment": "the wrong part"}))
    )
    assert "not useful" in shown(done.json()["value"]["body"])


@pytest.mark.parametrize("data", [{}, {"reply": 10_000}, {"reply": "1"}, {"reply": True}, {"reply": -1}])
def test_feedback_on_a_reply_that_is_not_there_is_answered_in_words(
    post: Make, activity: Make, thread: str, data: dict[str, Any]
) -> None:
    answer = post(activity(thread=thread, **invoke("feedback", data)))
    assert answer.status_code == 200
    assert answer.json()["type"] == "application/vnd.microsoft.activity.message"


def test_the_checklist_is_answered_in_one_turn(
    say: Say, post: Make, connector: Any, activity: Make, thread: str
) -> None:
    say(NPS_CASE)
    messages = say("does early allocation apply to him? no terrorist offence")
    card = card_of(messages[-1])
    inputs = [item["id"] for item in card["body"] if item["type"] == "Input.ChoiceSet"]
    assert "ea_high_profile" in inputs
    assert "ea_terrorism_offence" not in inputs, "known already"
    answers = dict.fromkeys(inputs, "no") | {"rosh": "low", "ea_nca_scpo": "yes"}
    before = len(connector.messages(thread))
    answer = post(activity(thread=thread, **invoke("checklist", answers)))
    assert "NCA case" in answer.json()["value"]
    (reply, *_) = connector.wait(before + 1, thread)[before:]
    assert "automatic" in reply["summary"].lower()


def test_the_timeline_is_a_picture_behind_a_signed_address(say: Say, client: TestClient) -> None:
    say(NPS_CASE)
    messages = say("what is due for him?")
    (image,) = [
        item
        for message in messages
        for folded in card_of(message)["body"]
        if folded["type"] == "Container"
        for item in folded["items"]
        if item["type"] == "Image"
    ]
    assert "14 March 2025" in image["altText"]
    assert "2025" not in image["url"], "the address says nothing of the case"
    address = image["url"].removeprefix("https://pom.example.org")
    picture = client.get(address)
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert client.get(address.replace("expires=", "expires=9")).status_code == 404
    assert client.get(address[:-4] + "0000").status_code == 404


def test_when_teams_cannot_be_reached_nothing_is_lost(
    post: Make, connector: Any, activity: Make, thread: str
) -> None:
    connector.failing = 503
    assert post(activity("what is a PIPE?", thread=thread)).status_code == 200
    assert post(activity("thanks", thread=thread)).status_code == 200
    while connector.asked < 6:
        time.sleep(0.05)
    assert connector.messages(thread) == []
    connector.failing = None
    first, second = connector.wait(2, thread)
    assert "Psychologically" in told([first]), "in the order they were asked"
    assert "welcome" in told([second])


def test_a_hundred_conversations_at_once(post: Make, connector: Any, activity: Make, thread: str) -> None:
    people = [f"{thread}-{number}" for number in range(100)]
    with ThreadPoolExecutor(25) as senders:
        answers = list(
            senders.map(
                lambda person: post(
                    activity(
                        f"nps determinate, sentenced 3/1/2025, crd 15/3/2027, tier {'ABCD'[hash(person) % 4]}",
                        thread=person,
                        person=person,
                    )
                ),
                people,
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    connector.wait(100, seconds=300)
    for person in people:
        (message,) = connector.messages(person)
        assert f"tier {'ABCD'[hash(person) % 4]}" in told([message]), "each person their own case"


def test_reminders_are_turned_on_and_off_in_the_chat(say: Say, thread: str) -> None:
    assert "Reminders are on" in told(say("turn on reminders"))
    assert "Reminders are off" in told(say("Turn off my reminders."))
    shared = channel(f"19:{thread}@thread.tacv2")
    assert "personal chat" in told(say("turn on reminders", conversation=shared))


def test_logs_say_nothing_of_what_was_said(say: Say, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        say("my case is a lifer called Percival Blakeney")
    assert "Percival" not in caplog.text
    assert "a:" not in "".join(record.getMessage() for record in caplog.records if record.name == "httpx")
