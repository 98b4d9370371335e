"""Draw the Teams cards of sample conversations in a browser, to be looked at.

    python scripts/render_teams_cards.py [folder]

It answers with the real engine and draws with Microsoft's renderer (npm package `adaptivecards`): light, dark and high
contrast, wide and narrow. The pictures go to `screenshots/teams-cards`, which is not committed. What the renderer finds
wrong with a card is printed, and ends it with 1.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, sync_playwright
from rich.console import Console

from actions.texts import text
from assistant.channels.teams.cards import CardContext, reply_cards, text_activities
from assistant.engine.conversation_engine import ConversationEngine
from assistant.logs import configure_logs
from assistant.preparation import prepare
from assistant.settings import PROJECT_ROOT, current_settings
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect

RENDERER = PROJECT_ROOT / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.min.js"
WIDTHS = {"wide": 720, "narrow": 300}
NPS_CASE = (
    "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?"
)
CONVERSATIONS = {
    "policy": ["how long do I have to do the first OASys for someone serving life?"],
    "case": [NPS_CASE, "what is due for him?", "why?", "show me the wording"],
    "early-allocation": [
        NPS_CASE,
        "does early allocation apply to him? no terrorist offence",
        "NCA case with SCPO",
    ],
    "refusal": ["what are the current adjudication tariffs?"],
    "process": ["take me through a recall"],
    "editions": [NPS_CASE, "compare the editions"],
}
PARTS = ("page", "card", "emphasis", "text", "subtle", "line", "accent", "danger")
COLOURS = {
    "light": "#F5F5F5 #FFFFFF #F0F0F0 #242424 #616161 #D1D1D1 #4F52B2 #B10E1C",
    "dark": "#1F1F1F #292929 #3D3D3D #FFFFFF #ADADAD #666666 #9299F7 #EEACB2",
    "contrast": "#000000 #000000 #000000 #FFFFFF #FFFFFF #FFFFFF #FFFF01 #FFFF01",
}
THEMES = {name: dict(zip(PARTS, colours.split(), strict=True)) for name, colours in COLOURS.items()}

DRAW = """([card, config, unfold]) => {
    AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {  // as much of it as the cards use
        const link = /^\\[(.*)\\]\\((.*)\\)$/.exec(text);
        const plain = (words) => words.replace(/\\\\(.)/g, "$1").replace(/&/g, "&amp;").replace(/</g, "&lt;");
        result.outputHtml = link ? `<a href="${link[2]}">${plain(link[1])}</a>` : plain(text);
        result.didProcess = true;
    };
    const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5);
    const drawn = new AdaptiveCards.AdaptiveCard();
    drawn.hostConfig = new AdaptiveCards.HostConfig(config);
    drawn.parse(card, context);
    const found = [];
    for (let i = 0; i < context.eventCount; i++) found.push(context.getEventAt(i).message);
    for (const event of drawn.validateProperties().validationEvents) found.push(event.message);
    for (let i = 0; unfold && i < drawn.getItemCount(); i++) drawn.getItemAt(i).isVisible = true;
    const place = document.getElementById("card");
    place.replaceChildren(drawn.render());
    return found;
}"""


def host_config(theme: dict[str, str]) -> dict[str, Any]:
    """How Teams draws a card, near enough: its colours, sizes and limits."""
    colours = {
        name: {"default": theme[name if name in theme else "text"], "subtle": theme["subtle"]}
        for name in ("default", "dark", "light", "good", "warning")
    } | {
        "accent": {"default": theme["accent"], "subtle": theme["accent"]},
        "attention": {"default": theme["danger"], "subtle": theme["danger"]},
    }
    style = {"foregroundColors": colours, "borderColor": theme["line"]}
    return {
        "supportsInteractivity": True,
        "fontFamily": "'Segoe UI', 'Liberation Sans', sans-serif",
        "spacing": {"small": 8, "default": 12, "medium": 16, "large": 20, "extraLarge": 24, "padding": 16},
        "separator": {"lineThickness": 1, "lineColor": theme["line"]},
        "fontSizes": {"small": 12, "default": 14, "medium": 14, "large": 18, "extraLarge": 24},
        "fontWeights": {"lighter": 200, "default": 400, "bolder": 600},
        "textStyles": {"heading": {"size": "large", "weight": "bolder"}},
        "containerStyles": {
            "default": style | {"backgroundColor": theme["card"]},
            "emphasis": style | {"backgroundColor": theme["emphasis"]},
        },
        "actions": {
            "maxActions": 6,
            "spacing": "default",
            "buttonSpacing": 8,
            "actionsOrientation": "horizontal",
            "actionAlignment": "left",
        },
        "table": {"cellSpacing": 8},
    }


def page_of(theme: dict[str, str]) -> str:
    """The page around a card."""
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Card</title><style>
        body {{ margin: 0; padding: 12px; background: {theme["page"]}; font: 14px 'Liberation Sans', sans-serif }}
        #card {{ background: {theme["card"]}; border: 1px solid {theme["line"]}; border-radius: 4px; padding: 4px }}
        .ac-pushButton, .ac-input {{ border: 1px solid {theme["line"]}; border-radius: 4px; padding: 6px 12px;
            background: {theme["card"]}; color: {theme["text"]}; font: 14px 'Liberation Sans', sans-serif }}
        .ac-pushButton {{ max-width: 100%; overflow: hidden; text-overflow: ellipsis; font-weight: 600; margin: 2px 0 }}
        .ac-input {{ width: 100%; box-sizing: border-box }}
        .ac-horizontal-separator {{ height: 8px }}
        a {{ color: {theme["accent"]} }}
    </style><div id="card"></div></html>"""


def sample_cards() -> Iterator[tuple[str, dict[str, Any]]]:
    """The cards of the conversations, and those that only Teams has."""
    configure_logs("WARNING")
    settings = current_settings()
    model = prepare(settings, Console(stderr=True))
    engine = ConversationEngine(settings, ConversationRepository(connect(settings.database())))
    engine.start(model)
    for name, lines in CONVERSATIONS.items():
        conversation = f"cards-{uuid4()}"
        for turn, line in enumerate(lines, 1):
            replies = asyncio.run(engine.reply(conversation, line, {"as_of": "2026-01-31"}))
            context = CardContext("https://pom.example.org", message=turn)
            for part, card in enumerate(reply_cards(replies[0]["custom"], context), 1):
                yield f"{name}-{turn}-{part}", card
            if name == "policy":
                (card,) = reply_cards(replies[0]["custom"], CardContext(message=turn, feedback="why_not"))
                yield f"{name}-feedback", card
    engine.stop()
    for name in ("welcome", "personal_only"):
        yield (
            name,
            text_activities(text(f"teams.{name}"), ["what is a PIPE?"])[0]["attachments"][0]["content"],
        )


def draw(page: Page, card: dict[str, Any], theme: str, unfold: bool = False) -> list[str]:
    """Draw a card on a page; what the renderer finds wrong with it."""
    page.set_content(page_of(THEMES[theme]))
    page.add_script_tag(path=RENDERER)
    found: list[str] = page.evaluate(DRAW, [card, host_config(THEMES[theme]), unfold])
    return found


def main() -> int:
    """Draw every card in every theme and width. Returns the exit code."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else PROJECT_ROOT / "screenshots" / "teams-cards")
    folder.mkdir(parents=True, exist_ok=True)
    browser_path = os.environ.get("BROWSER_PATH") or shutil.which("chromium")
    wrong: dict[str, list[str]] = {}
    cards = dict(sample_cards())
    (folder / "cards.json").write_text(json.dumps(cards, indent=1, ensure_ascii=False), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for width_name, width in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": 600})
            for name, card in cards.items():
                for theme in THEMES:
                    found = draw(page, card, theme, unfold=width_name == "narrow")
                    if found:
                        wrong[name] = found
                    page.screenshot(path=folder / f"{name}-{theme}-{width_name}.png", full_page=True)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wrong.setdefault(name, []).append(f"wider than {width} pixels")
        browser.close()
    print(f"{len(cards)} cards drawn in {folder}")
    for name, found in wrong.items():
        print(f"{name}: {'; '.join(dict.fromkeys(found))}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
