"""Write the conversations shown in README.md from a run of the assistant.

Each stands between `<!-- transcript: as_of=... -->` and `<!-- end of transcript -->`; what the person types is
kept, what the assistant replies is written anew.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

README = Path(__file__).resolve().parent.parent / "README.md"
BLOCK = re.compile(
    r"(?P<start><!-- transcript: as_of=(?P<as_of>\S+) -->\n)```text\n(?P<said>.*?)```\n(?=<!-- end)",
    re.DOTALL,
)

Converse = Callable[[list[str], str], list[str]]
"""The replies to some messages of one conversation on a day."""


def written(readme: str, converse: Converse) -> str:
    """The text with every transcript as a run gives it."""

    def run(block: re.Match[str]) -> str:
        typed = [
            line.removeprefix("You: ") for line in block["said"].splitlines() if line.startswith("You: ")
        ]
        replies = converse(typed, block["as_of"])
        lines = [f"You: {said}\n\n{reply}" for said, reply in zip(typed, replies, strict=True)]
        return f"{block['start']}```text\n" + "\n\n".join(lines) + "\n```\n"

    return BLOCK.sub(run, readme)


def main() -> None:
    """Run the assistant on a database of its own and rewrite README.md."""
    from rich.console import Console

    from assistant.engine.conversation_engine import ConversationEngine
    from assistant.logs import configure_logs
    from assistant.preparation import prepare
    from assistant.settings import Settings, current_settings
    from assistant.storage.conversations import ConversationRepository
    from assistant.storage.database import connect

    settings: Settings = current_settings()
    configure_logs("WARNING")
    model = prepare(settings, Console(stderr=True))
    engine = ConversationEngine(settings, ConversationRepository(connect(settings.database())))
    engine.start(model)

    def converse(typed: list[str], as_of: str) -> list[str]:
        conversation = f"transcript-{uuid4()}"
        return [asyncio.run(engine.reply(conversation, said, {"as_of": as_of}))[0]["text"] for said in typed]

    README.write_text(written(README.read_text(encoding="utf-8"), converse), encoding="utf-8")
    engine.stop()


if __name__ == "__main__":
    main()
