"""The chat embedded in a page of another origin, with styles of its own that would spoil it."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

NewContext = Callable[..., BrowserContext]

PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
  <title>Intranet</title>
  <style>
    body {{ transform: scale(1); overflow: hidden; filter: grayscale(0) }}
    * {{ all: revert; position: static !important; width: 7px !important; display: block !important;
        opacity: .1 !important; font: 60px fantasy !important; color: lime !important; }}
    iframe, button, pom-assistant {{ display: none !important; visibility: hidden !important }}
  </style>
  <script src="{server}/embed.js" data-position="{position}" defer></script>
</head>
<body><a href="#" id="before">Before</a><script>window.before = Object.keys(window).length</script></body>
</html>
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def intranet(
    intranet_port: int, server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., str]]:
    """Writes a page of another site and gives its address, on `localhost`, which may embed the chat."""
    folder = tmp_path_factory.mktemp("intranet")
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", intranet_port), handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()

        def write(position: str = "bottom-right", language: str = "en", host: str = "localhost") -> str:
            name = f"{position}-{language}.html"
            content = PAGE.format(server=server, position=position, language=language)
            Path(folder / name).write_text(content, encoding="utf-8")
            return f"http://{host}:{intranet_port}/{name}"

        yield write
        site.shutdown()


def opener(page: Page) -> Locator:
    return page.get_by_role("button", name="Ask the POM assistant")


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="POM assistant")


def test_the_script_is_small_and_may_be_loaded_by_other_sites(server: str) -> None:
    script = httpx.get(f"{server}/embed.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(gzip.compress(script.content)) < 5_000


def test_the_chat_works_in_a_page_of_another_site(
    page: Page, intranet: Callable[..., str], chat_on: Callable[..., Any]
) -> None:
    page.goto(intranet())
    opener(page).click()
    chat = chat_on(page.frame_locator("pom-assistant iframe"))
    expect(chat.box).to_be_focused()
    reply = chat.ask("how long do I have to do the first OASys for someone serving life?")
    expect(reply).to_contain_text("16 weeks")
    # No cookie names the conversation to the service: a browser may refuse those in a frame of another site.
    assert all(cookie["path"] == "/embed" for cookie in page.context.cookies())
    page.reload()
    expect(chat.replies).to_have_count(1)
    page.frame_locator("pom-assistant iframe").get_by_role("button", name="Start again").click()
    expect(chat.replies).to_have_count(0)


def test_the_styles_of_the_page_do_not_reach_it(page: Page, intranet: Callable[..., str]) -> None:
    page.goto(intranet())
    button = opener(page)
    expect(button).to_be_visible()
    area = button.bounding_box()
    assert area is not None
    assert area["width"] > 150
    assert area["x"] + area["width"] > 1200
    look = "button => { const s = getComputedStyle(button); return [s.opacity, s.fontSize, s.color] }"
    assert button.evaluate(look) == ["1", "16px", "rgb(255, 255, 255)"]
    for ancestor in ("button => getComputedStyle(button.getRootNode().host).opacity",):
        assert button.evaluate(ancestor) == "1"
    assert (
        page.evaluate("Object.keys(window).length") == page.evaluate("window.before") + 1
    )  # `before` itself


def test_escape_closes_it_and_the_focus_returns(
    page: Page, intranet: Callable[..., str], chat_on: Callable[..., Any]
) -> None:
    page.goto(intranet())
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(opener(page)).to_be_focused()
    page.keyboard.press("Enter")
    chat = chat_on(page.frame_locator("pom-assistant iframe"))
    expect(chat.box).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(opener(page)).to_be_focused()
    page.keyboard.press("Enter")
    panel(page).get_by_role("button", name="Close the assistant").focus()
    page.keyboard.press("Escape")
    expect(opener(page)).to_be_focused()


def test_it_is_resized_with_the_keyboard_and_remembers_its_size_and_state(
    page: Page, intranet: Callable[..., str]
) -> None:
    page.goto(intranet())
    opener(page).click()
    before = panel(page).bounding_box()
    handle = panel(page).get_by_role("button", name="Change the size of the assistant")
    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    wider = panel(page).bounding_box()
    assert before is not None
    assert wider is not None
    assert wider["width"] == before["width"] + 60
    assert wider["x"] == before["x"] - 60
    page.reload()
    expect(panel(page)).to_be_visible()
    assert panel(page).bounding_box() == wider
    # Opened by itself, it leaves the focus where the page put it.
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    panel(page).get_by_role("button", name="Close the assistant").click()
    page.reload()
    expect(opener(page)).to_be_visible()
    expect(panel(page)).to_be_hidden()


@pytest.mark.parametrize(("position", "side", "edge"), [("top-left", "x", "y"), ("bottom-left", "x", None)])
def test_it_stands_where_it_is_told_to(
    page: Page, intranet: Callable[..., str], position: str, side: str, edge: str | None
) -> None:
    page.goto(intranet(position=position))
    area = opener(page).bounding_box()
    assert area is not None
    assert area[side] == 16
    if edge:
        assert area[edge] == 16


def test_a_page_that_is_not_allowed_shows_no_chat_and_says_so(
    page: Page, intranet: Callable[..., str], chat_on: Callable[..., Any]
) -> None:
    page.goto(intranet(host="127.0.0.1"))
    opener(page).click()
    expect(panel(page).get_by_role("alert")).to_have_text("The assistant cannot be shown on this page.")
    expect(panel(page).get_by_role("link", name="Open it in a new tab")).to_be_visible()
    expect(page.locator("pom-assistant iframe")).to_have_count(0)


def test_a_language_that_it_does_not_have_gets_english_marked_as_such(
    page: Page, intranet: Callable[..., str]
) -> None:
    page.goto(intranet(language="fr"))
    assert opener(page).evaluate("button => button.closest('[lang]').lang") == "en"


def test_messages_from_anywhere_else_are_not_heard(page: Page, intranet: Callable[..., str]) -> None:
    page.goto(intranet())
    opener(page).click()
    expect(page.frame_locator("pom-assistant iframe").get_by_role("log")).to_be_attached()
    page.evaluate("window.postMessage({pomAssistant: 'close'}, '*')")
    page.evaluate(
        "document.querySelector('pom-assistant').hear({origin: 'null', data: {pomAssistant: 'close'}})"
    )
    expect(panel(page)).to_be_visible()


def test_a_source_opens_in_a_tab_and_the_conversation_can_be_carried_on_there(
    page: Page, intranet: Callable[..., str], chat_on: Callable[..., Any]
) -> None:
    page.goto(intranet())
    opener(page).click()
    frame = page.frame_locator("pom-assistant iframe")
    chat_on(frame).ask("nps determinate, sentenced 3/1/2025, crd 15/3/2027, who is responsible?")
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Timeline of this case").click()
    expect(opened.value.get_by_role("heading", name="Timeline of this case")).to_be_visible()
    expect(opened.value.get_by_role("rowheader", name="15 March 2027").first).to_be_visible()
