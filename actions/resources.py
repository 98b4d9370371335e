"""The rule book, the guidance and the cases that actions work with: opened once a process, when first needed."""

from __future__ import annotations

from functools import lru_cache

from actions.rules import RuleBook
from assistant.cases.caseload import Caseloads
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


@lru_cache(maxsize=1)
def caseloads() -> Caseloads:
    """The stored cases in the application's database, worked out by the rules."""
    settings = current_settings()
    return Caseloads(connect(settings.database()), rule_book(), settings.edition)
