"""Steps shared by the parts of an assessment."""

from __future__ import annotations

from actions.rules.case import Case
from actions.rules.logic import NOTHING
from actions.rules.rule import Rule
from actions.rules.values import Open


def open_facts(case: Case, *rule_ids: str) -> frozenset[str]:
    """The facts that keep any of the rules open."""
    rules = [case.edition.by_id[i] for i in rule_ids if i in case.edition.by_id]
    return NOTHING.union(*(rule.condition.open_facts(case) for rule in rules))


def true_rules(case: Case, *rule_ids: str) -> list[Rule]:
    """Those of the rules that hold, in the order named."""
    rules = [case.edition.by_id[i] for i in rule_ids if i in case.edition.by_id]
    return [rule for rule in rules if rule.condition.truth(case) is True]


def group_rules(case: Case, group: str, *kinds: str) -> list[Rule]:
    """The rules of a group that hold, of the kinds named (any kind when none is)."""
    standing = case.edition.standing(case, case.edition.in_group(group, *kinds))
    return [rule for rule, truth in standing if truth is True]


def is_sentenced(case: Case) -> bool | None:
    """Whether the person is sentenced; None while that is open."""
    status = case.value("legal_status")
    return None if isinstance(status, Open) else status == "sentenced"
