"""What docs/data-protection.md and docs/sign-in.md say is so."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from sqlalchemy import inspect

from assistant.settings import PROJECT_ROOT, Settings
from assistant.storage.database import connect, migrate
from assistant.storage.encryption import EncryptedJson, EncryptedText
from assistant.storage.models import Base

PAGE = (PROJECT_ROOT / "docs" / "data-protection.md").read_text(encoding="utf-8")
ROWS = {
    row[1]: (re.findall(r"`(\w+)`", row[2]), row[4])
    for row in re.finditer(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
}


def test_the_page_lists_every_table_with_every_column(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    found = inspect(connect(url))
    held = {
        name: {column["name"] for column in found.get_columns(name)}
        for name in found.get_table_names()
        if not name.startswith(("guidance_", "sqlite_", "alembic_"))
    }
    assert {name: set(columns) for name, (columns, _) in ROWS.items()} == held


def test_the_page_says_what_is_encrypted() -> None:
    for name, (_, how_long) in ROWS.items():
        encrypted = {
            column.name
            for column in Base.metadata.tables[name].columns
            if isinstance(column.type, EncryptedText | EncryptedJson)
        }
        said = set(re.findall(r"`([a-z_]+)`", how_long)) if "encrypted" in how_long else set()
        assert encrypted == said - {"id"}, name


def test_the_page_gives_the_periods_of_the_settings() -> None:
    settings = Settings()
    for name, days in (
        ("CONVERSATIONS", settings.keep_conversations_days),
        ("FEEDBACK", settings.keep_feedback_days),
    ):
        assert re.search(rf"`KEEP_{name}_DAYS` after .*\({days}\)", PAGE)
    assert f"`KEEP_AUDIT_DAYS` ({settings.keep_audit_days:,}" in PAGE
    assert (settings.session_idle_minutes, settings.session_hours) == (60, 10)


def test_the_table_of_who_may_do_what_is_that_of_the_policy() -> None:
    script = runpy.run_path(str(PROJECT_ROOT / "scripts" / "write_policy_table.py"))
    page = script["PAGE"].read_text(encoding="utf-8")
    assert script["written"](page) == page, "run scripts/write_policy_table.py"
