"""Every page in every state passes axe, at both widths and in both colour schemes; a picture of each is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

NewContext = Callable[..., BrowserContext]
CheckState = Callable[[Page, str], None]

CASE = "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?"
PAGES = {
    "case-timeline": "/case/timeline",
    "case-editions": "/case/editions",
    "transcript": "/transcript",
    "guidance": "/guidance",
    "guidance-search": "/guidance?q=first+oasys",
    "guidance-document": "/guidance/omi-risk-of-harm-module-2007",
    "feedback-page": "/feedback?number=2",
    "feedback-all": "/feedback/all",
    "not-found": "/guidance/none",
    "intranet": "/demo/intranet",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_and_state_passes_axe(
    new_context: NewContext, chat_on: Callable[..., Any], check_state: CheckState, scheme: str, width: int
) -> None:
    page = new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=True,
        reduced_motion="reduce",
    ).new_page()
    chat = chat_on(page)

    def check(state: str) -> None:
        check_state(page, f"{state}-{width}-{scheme}")

    page.goto("/")
    check("chat-empty")
    chat.box.press("Enter")
    check("chat-error")
    chat.ask("what is a PIPE?")
    page.get_by_role("button", name="No this answer was not useful").click()
    expect(page.get_by_role("group", name="What was wrong with the answer?")).to_be_visible()
    check("chat-feedback")
    page.get_by_role("radio", name="It is hard to understand").check()
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("Thank you for your feedback.")).to_be_visible()
    for message in (CASE, "what is due for him?", "does early allocation apply?", "tell me a joke"):
        chat.ask(message)
    check("chat-answers")
    chat.log.evaluate("log => log.querySelectorAll('details').forEach(item => item.open = true)")
    check("chat-answers-unfolded")
    for state, address in PAGES.items():
        page.goto(address)
        if state == "guidance-document":
            page.locator(".pom-passage__rules summary").first.click()
        check(state)
    page.get_by_role("button", name="Ask the POM assistant").click()
    framed = chat_on(page.frame_locator("pom-assistant iframe"))
    framed.ask("what is a PIPE?")
    check("intranet-open")
