"""docs/rules.md says what the catalogue says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from actions.rules import RuleBook

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_on_the_rules_is_up_to_date(book: RuleBook) -> None:
    spec = importlib.util.spec_from_file_location(
        "write_rules_page", ROOT / "scripts" / "write_rules_page.py"
    )
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    text = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert script.page(text, book) == text, "run python scripts/write_rules_page.py"
