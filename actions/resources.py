"""The rule book and the guidance that actions work with: opened once a process, when first needed."""

from __future__ import annotations

from functools import lru_cache

from actions.rules import RuleBook
from assistant.settings import current_settings
from assistant.storage.database import connect
from knowledge.guidance import Guidance


@lru_cache(maxsize=1)
def rule_book() -> RuleBook:
    """The rules, with a deployment's own if the settings name a folder of them."""
    return RuleBook.load(extra=current_settings().extra_rules)


@lru_cache(maxsize=1)
def guidance() -> Guidance:
    """The indexed guidance in the application's database."""
    return Guidance.open(connect(current_settings().database()))
