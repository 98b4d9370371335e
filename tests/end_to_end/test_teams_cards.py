"""The cards of Teams, taken by Microsoft's own renderer in a browser, which knows the schema of every version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from microsoft_teams.cards import AdaptiveCard
from playwright.sync_api import Page
from pydantic import BaseModel

from assistant.channels.teams.cards import CardContext, reply_activities, reply_cards, text_activities
from assistant.settings import PROJECT_ROOT

RENDERER = PROJECT_ROOT / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.min.js"
NPS_CASE = (
    "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?"
)
CONVERSATIONS = [
    ["how long do I have to do the first OASys for someone serving life?", "show me the wording"],
    [NPS_CASE, "what is due for him?", "why?", "compare the editions", "key dates"],
    [NPS_CASE, "does early allocation apply to him? no terrorist offence", "NCA case with SCPO"],
    ["take me through a recall", "what are the current adjudication tariffs?", "help", "hello"],
]
CHECK = """card => {
    const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5);
    const drawn = new AdaptiveCards.AdaptiveCard();
    drawn.parse(card, context);
    const found = drawn.validateProperties().validationEvents.map(event => event.message);
    for (let i = 0; i < context.eventCount; i++) found.push(context.getEventAt(i).message);
    const element = drawn.render();
    document.body.replaceChildren(element);
    return [found, document.body.textContent];
}"""


@pytest.fixture(scope="module")
def replies(server: str) -> list[dict[str, Any]]:
    """Replies of every kind, as the service gives them."""
    found = []
    with httpx.Client(base_url=server, timeout=60) as client:
        for lines in CONVERSATIONS:
            sender = str(uuid4())
            for line in lines:
                body = {"sender": sender, "message": line, "metadata": {"as_of": "2026-01-31"}}
                found.append(client.post("/webhooks/rest/webhook", json=body).json()[0]["custom"])
    return found


@pytest.fixture
def cards(replies: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    full = CardContext("https://pom.example.org", message=3, picture_url="https://pom.example.org/t.png")
    asked = CardContext(message=3, feedback="why_not", personal=False)
    return iter(
        [
            card
            for reply in replies
            for context in (full if reply["assessment"] else CardContext(), asked)
            for card in reply_cards(reply, context)
        ]
    )


def test_the_renderer_finds_nothing_wrong_with_any_card(page: Page, cards: Iterator[dict[str, Any]]) -> None:
    page.set_content("<!doctype html><title>Card</title>")
    page.add_script_tag(path=RENDERER)
    for card in cards:
        found, _ = page.evaluate(CHECK, card)
        assert found == [], card["fallbackText"][:100]


def test_the_renderer_does_find_what_is_wrong(page: Page) -> None:
    page.set_content("<!doctype html><title>Card</title>")
    page.add_script_tag(path=RENDERER)
    wrong: list[dict[str, Any]] = [
        {"type": "NoSuchThing"},
        {"type": "Container", "items": [], "spacing": "enormous"},
        {"type": "Input.ChoiceSet"},
    ]
    for item in wrong:
        found, _ = page.evaluate(CHECK, {"type": "AdaptiveCard", "version": "1.5", "body": [item]})
        assert found, item


def unknown_properties(model: Any) -> list[str]:
    """The properties that Microsoft's models do not know, however deep."""
    if isinstance(model, BaseModel):
        extra = [f"{type(model).__name__}.{name}" for name in model.model_extra or {} if name != "$schema"]
        return extra + [name for _, value in model for name in unknown_properties(value)]
    if isinstance(model, list):
        return [name for item in model for name in unknown_properties(item)]
    return []


def test_microsofts_models_know_every_property(cards: Iterator[dict[str, Any]]) -> None:
    for card in cards:
        read = AdaptiveCard.model_validate(card)
        assert unknown_properties(read.model_copy(update={"body": None})) == []


def test_a_card_shows_everything_that_was_said(page: Page, replies: list[dict[str, Any]]) -> None:
    page.set_content("<!doctype html><title>Card</title>")
    page.add_script_tag(path=RENDERER)
    for reply in replies:
        shown = " ".join(
            page.evaluate(CHECK, card)[1]
            for card in reply_cards(reply, CardContext("https://pom.example.org"))
        )
        for citation in reply["citations"]:
            words = citation["quote"].replace("**", " ").split()
            assert all(word in shown for word in words), citation["quote"][:80]
        for line in (reply.get("answer") or {}).get("short", "").splitlines():
            assert line.strip().removeprefix("- ") in shown


def test_every_message_fits_and_says_in_plain_text_what_it_shows(replies: list[dict[str, Any]]) -> None:
    long = {
        "kind": "policy_answer",
        "text": "\n\n".join(f"Line {number}. " + "word " * 200 for number in range(90)),
    }
    for reply in [*replies, long]:
        messages = reply_activities(reply, CardContext("https://pom.example.org", message=1))
        said = ""
        for message in messages:
            assert len(httpx.Request("POST", "http://x", json=message).content) < 28_000
            said += message["attachments"][0]["content"]["fallbackText"]
            assert message["summary"]
        assert all(line.strip() in said for line in str(reply["text"]).splitlines()) or len(messages) > 1
        if reply is long:
            assert len(messages) > 1
            assert all(f"Line {number}." in said for number in range(90))


def test_what_only_teams_says_fits_too() -> None:
    (message,) = text_activities("Hello.\nAsk me.", ["help"], link=("Open", "https://example.org"))
    assert message["attachments"][0]["content"]["fallbackText"] == "Hello.\nAsk me."
