"""The conversations shown in the README are what the assistant says."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from uuid import uuid4

from assistant.engine.conversation_engine import ConversationEngine
from assistant.settings import PROJECT_ROOT, Settings
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect


def test_the_transcripts_of_the_readme_are_what_the_program_prints(settings: Settings, model: Path) -> None:
    path = PROJECT_ROOT / "scripts" / "write_transcripts.py"
    spec = importlib.util.spec_from_file_location("write_transcripts", path)
    assert spec is not None
    assert spec.loader is not None
    transcripts = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(transcripts)
    engine = ConversationEngine(settings, ConversationRepository(connect(settings.database())))
    engine.start(model)

    def converse(typed: list[str], as_of: str) -> list[str]:
        conversation = str(uuid4())
        return [asyncio.run(engine.reply(conversation, said, {"as_of": as_of}))[0]["text"] for said in typed]

    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    assert transcripts.written(readme, converse) == readme
    engine.stop()
