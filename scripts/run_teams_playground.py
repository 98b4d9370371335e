"""Drives the first conversations through the Agents Playground in a browser. Run by run_teams_playground.sh."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

from assistant.settings import PROJECT_ROOT

SERVICE, PLAYGROUND = 8123, 56150
PICTURES = PROJECT_ROOT / "screenshots" / "teams-playground"
CONVERSATION = [
    "how long do I have to do the first OASys for someone serving life?",
    "what is a PIPE?",
    "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?",
    "what is due for him?",
    "does early allocation apply to him? no terrorist offence",
    "does early allocation apply to a TACT offence?",
    "what's the weather tomorrow?",
    "what are the current adjudication tariffs?",
]
WAIT = 120_000
"""Milliseconds that an answer may take before the script gives up; nothing is measured."""


def only_loopback() -> bool:
    """Whether this machine, as this process sees it, has no network but loopback."""
    return {name for _, name in socket.if_nameindex()} <= {"lo"}


@contextmanager
def running(command: list[str], log: Path, ready: Callable[[], bool], **environment: str) -> Iterator[None]:
    """A program while it runs, once it is ready."""
    with (
        log.open("w") as written,
        subprocess.Popen(
            command, env=os.environ | environment, stdout=written, stderr=subprocess.STDOUT, cwd=PROJECT_ROOT
        ) as program,
    ):
        try:
            while not ready():
                if program.poll() is not None:
                    raise RuntimeError(f"{command[0]} ended: see {log}")
                time.sleep(0.5)
            yield
        finally:
            program.terminate()


def answers(url: str) -> Callable[[], bool]:
    """Whether something answers at an address with 200."""

    def ask() -> bool:
        try:
            return httpx.get(url, timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    return ask


def say(page: Page, words: str) -> None:
    """Type a message, send it, and wait until the assistant has answered."""
    box = page.get_by_role("textbox").last
    box.click()
    box.fill(words)
    before = page.locator(".ac-adaptiveCard").count()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "before => document.querySelectorAll('.ac-adaptiveCard').length > before", arg=before, timeout=WAIT
    )
    page.wait_for_timeout(800)


def hold(page: Page) -> None:
    """The conversation, with a picture of each answer."""
    page.goto(f"http://127.0.0.1:{PLAYGROUND}")
    page.get_by_role("textbox").last.wait_for(timeout=WAIT)
    for number, words in enumerate(CONVERSATION, 1):
        say(page, words)
        page.screenshot(path=PICTURES / f"{number}-answer.png")
    cards = page.locator(".ac-adaptiveCard")
    for number in range(cards.count()):
        cards.nth(number).screenshot(path=PICTURES / f"card-{number + 1}.png")
    useful = page.get_by_role("button", name="Useful", exact=True)
    if useful.count():
        useful.last.click()
        page.get_by_text("You said this was useful").wait_for(timeout=WAIT)
        page.screenshot(path=PICTURES / "feedback.png")


def main() -> int:
    """Run the service, the playground and a browser. Returns the exit code."""
    if not only_loopback():
        print(
            "Run scripts/run_teams_playground.sh: the playground must see nothing but loopback.",
            file=sys.stderr,
        )
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    cli = Path(sys.argv[1]) / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
    node = shutil.which("node") or "node"
    service = [sys.executable, "-m", "assistant.cli", "serve", "--port", str(SERVICE)]
    playground = [node, str(cli), "start", "-e", f"http://127.0.0.1:{SERVICE}/api/messages", "-c", "msteams"]
    playground += [
        "-p",
        str(PLAYGROUND),
        "--su",
        f"http://127.0.0.1:{PLAYGROUND}/_connector",
        "--disable-telemetry",
    ]
    browser_path = os.environ.get("BROWSER_PATH") or shutil.which("chromium")
    with (
        running(
            service,
            PICTURES / "service.log",
            answers(f"http://127.0.0.1:{SERVICE}/health/ready"),
            POM_ASSISTANT_TEAMS_UNAUTHENTICATED="true",
            POM_ASSISTANT_PUBLIC_URL=f"http://127.0.0.1:{SERVICE}",
        ),
        running(
            playground, PICTURES / "playground.log", answers(f"http://127.0.0.1:{PLAYGROUND}"), BROWSER="none"
        ),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        try:
            hold(page)
        finally:
            page.screenshot(path=PICTURES / "last.png")
            (PICTURES / "last.html").write_text(page.content(), encoding="utf-8")
            browser.close()
    print(f"Held {len(CONVERSATION)} turns; the pictures are in {PICTURES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
