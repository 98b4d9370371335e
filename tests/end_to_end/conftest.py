"""A real browser for the tests: the Chromium of the machine, driven by Playwright."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from assistant.settings import PROJECT_ROOT

AXE = PROJECT_ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCREENSHOTS = PROJECT_ROOT / "screenshots"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NewContext = Callable[..., BrowserContext]
PATIENCE = 30_000
"""Milliseconds a page may take before a test gives up on it; no test measures it."""

expect.set_options(timeout=PATIENCE)


def browser_path() -> str:
    """Where the browser is: `BROWSER_PATH`, or the first of the usual names on the path."""
    named = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if named is None:
        raise RuntimeError("no browser was found: run scripts/install_browser.sh, or set BROWSER_PATH")
    return named


class Chat:
    """The chat as a person finds their way on it: by role and name, on a page or in a frame."""

    def __init__(self, page: Page | FrameLocator) -> None:
        self.page = page

    @property
    def box(self) -> Locator:
        """Where a person types."""
        return self.page.get_by_role("textbox", name=re.compile("^Your question"))

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.page.get_by_role("log")

    @property
    def replies(self) -> Locator:
        """What the assistant has said."""
        return self.log.locator("article.pom-message--assistant")

    def ask(self, question: str) -> Locator:
        """Type a question, send it with Enter, and wait for the whole reply to it."""
        before = self.replies.count()
        self.box.fill(question)
        self.box.press("Enter")
        expect(self.replies).to_have_count(before + 1)
        return self.replies.last


@pytest.fixture
def chat(page: Page) -> Chat:
    """The chat page, opened by somebody who has not been there before."""
    page.goto("/")
    return Chat(page)


@pytest.fixture
def chat_on() -> Callable[[Page | FrameLocator], Chat]:
    """The chat on a page or in a frame that a test has opened itself."""
    return Chat


@pytest.fixture
def check_state() -> Callable[[Page, str], None]:
    """Takes a picture of a state of a page, to be looked at, and checks that axe finds nothing wrong with it."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return _check_state


def _check_state(page: Page, picture: str) -> None:
    page.screenshot(path=SCREENSHOTS / f"{picture}.png", full_page=True)
    problems = []
    for frame in page.frames:
        frame.evaluate(AXE.read_text(encoding="utf-8"))
        found = frame.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, iframes: false})", AXE_TAGS
        )
        problems += [
            f"{picture}: {item['id']} at {node['target']}: {node['failureSummary']}"
            for item in found["violations"]
            for node in item["nodes"]
        ]
    assert problems == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def new_context(browser: Browser, server: str) -> Iterator[NewContext]:
    """Makes a browser of a person's own: no cookies, at the address of the server."""
    opened: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        options.setdefault("base_url", server)
        context = browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A new page with JavaScript on a wide screen."""
    return new_context().new_page()
