"""A page whose connection is lost, and a service that stops and starts again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route, expect

NewContext = Callable[..., BrowserContext]

CASE = "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?"


def test_a_page_outlives_a_killed_server_and_shows_each_line_once(
    own_server: Any, new_context: NewContext, chat_on: Callable[..., Any]
) -> None:
    page = new_context(base_url=own_server.address).new_page()
    page.goto("/")
    chat = chat_on(page)
    chat.ask(CASE)
    own_server.kill()
    chat.box.fill("what is due for him?")
    chat.box.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The connection was lost. Trying again")
    own_server.start()
    expect(chat.replies).to_have_count(2, timeout=60_000)
    expect(chat.replies.last.get_by_role("table", name="Duties").first).to_be_visible()
    said = page.get_by_role("log").locator("article").all_inner_texts()
    page.reload()
    assert page.get_by_role("log").locator("article").all_inner_texts() == said
    assert len(said) == 4


def test_an_answer_that_was_lost_on_its_way_is_shown_once(chat: Any, page: Page) -> None:
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(str(route.fetch().status))  # the service took it and answered
            route.abort()
        else:
            route.continue_()

    page.route("**/", lose_the_first_answer)
    chat.ask("what is a PIPE?")
    assert lost == ["200"]
    chat.ask("thanks")
    expect(page.get_by_role("log").locator("article")).to_have_count(4)
    page.reload()
    expect(page.get_by_role("log").locator("article")).to_have_count(4)


def test_a_message_under_way_when_the_page_is_left_is_answered_once(chat: Any, page: Page) -> None:
    page.route("**/", lambda route: None if route.request.method == "POST" else route.continue_())
    chat.box.fill("what is a PIPE?")
    chat.box.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Working on it")
    page.unroute_all(behavior="ignoreErrors")
    page.reload()
    expect(chat.replies).to_have_count(1)
    expect(chat.replies).to_contain_text("Psychologically Informed Planned Environment")


def test_a_second_tab_shows_what_was_said_in_the_first(
    chat: Any, page: Page, chat_on: Callable[..., Any]
) -> None:
    chat.ask("what is a PIPE?")
    other = page.context.new_page()
    other.goto("/")
    chat.ask("thanks")
    other.evaluate("dispatchEvent(new Event('online'))")
    expect(chat_on(other).replies).to_have_count(2)


def test_a_lost_connection_loses_no_message(chat: Any, page: Page) -> None:
    page.context.set_offline(True)
    chat.box.fill("what is a PIPE?")
    chat.box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("could not be sent")
    expect(chat.box).to_have_value("what is a PIPE?")
    page.context.set_offline(False)
    chat.box.press("Enter")
    expect(chat.replies).to_have_count(1)


def test_another_browser_does_not_see_the_conversation(
    chat: Any, page: Page, new_context: NewContext, chat_on: Callable[..., Any]
) -> None:
    chat.ask(CASE)
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert len(cookie["value"]) >= 32
    other = new_context().new_page()
    other.goto("/")
    expect(chat_on(other).replies).to_have_count(0)
    other.goto("/transcript")
    expect(other.get_by_text("Nothing has been said yet")).to_be_visible()
