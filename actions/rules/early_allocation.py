"""Early allocation: the nine criteria, what follows, and the steps with their dates (2019 model, Early
Allocation).
"""

from __future__ import annotations

from typing import Any

from actions.rules.case import Case
from actions.rules.derived import AUTOMATIC, DISCRETIONARY
from actions.rules.explain import reason
from actions.rules.parts import is_sentenced, open_facts, true_rules
from actions.rules.responsibility import responsible_value
from actions.rules.results import Part, Reason, Task
from actions.rules.tasks import fold, in_order, make_task

CRITERIA = (*AUTOMATIC, *DISCRETIONARY)
POM_STEPS = ("EA-12", "EA-13", "EA-14", "EA-15", "EA-31", "EA-33")
AGREED_STEPS = ("EA-17", "EA-19", "EA-20", "EA-32")


def assess_early_allocation(case: Case) -> Part:
    """`outcome` is automatic, discretionary, not_met or unknown; each criterion is answered on its own."""
    if is_sentenced(case) is False:
        return Part("not_applicable", {"outcome": "not_met", "criteria": [], "steps": []})
    rules = [case.edition.by_id[i] for i in CRITERIA if i in case.edition.by_id]
    criteria: list[dict[str, Any]] = [
        {"id": rule.id, "met": rule.condition.truth(case), "title": rule.plain} for rule in rules
    ]
    met = [rule for rule in rules if rule.condition.truth(case) is True]
    outcome, still = _outcome(case, [rule.id for rule in met])
    steps = _steps(case, bool(met))
    data = {"outcome": outcome, "criteria": criteria, "steps": list(steps)}
    reasons = [reason(case, rule) for rule in met]
    reasons += [reason(case, rule) for rule in true_rules(case, "EA-29", "EA-30")]
    if outcome == "discretionary":
        reasons += [reason(case, rule) for rule in true_rules(case, "EA-10", "EA-11")]
    if met:
        reasons += _not_stated(case)
    return Part(_status(outcome, still), data, tuple(reasons), still)


def _outcome(case: Case, met: list[str]) -> tuple[str, frozenset[str]]:
    if any(rule_id in AUTOMATIC for rule_id in met):
        return "automatic", frozenset()
    automatic = open_facts(case, *AUTOMATIC)
    if met:
        return "discretionary", automatic
    still = automatic | open_facts(case, *DISCRETIONARY)
    return ("unknown", still) if still else ("not_met", still)


def _status(outcome: str, still: frozenset[str]) -> str:
    if still:
        return "needs_facts"
    return "discretion" if outcome == "discretionary" else "decided"


def _steps(case: Case, met: bool) -> tuple[Task, ...]:
    """The steps as they would run if early allocation goes ahead; only those already due when no
    criterion is met.
    """
    agreed = case.value("early_allocation_agreed") is True
    if not met or (responsible_value(case) != "POM" and not agreed):
        return in_order(fold(case, true_rules(case, "EA-12", "EA-13")))
    ahead = case if agreed else case.given(early_allocation_agreed=True)
    tasks = fold(case, true_rules(case, *POM_STEPS))
    for rule in true_rules(ahead, *AGREED_STEPS):
        task = make_task(ahead, rule)
        if task is not None:
            tasks.append(task)
    return in_order(tasks)


def _not_stated(case: Case) -> list[Reason]:
    rules, words = case.edition.by_id, case.edition.wording
    found = []
    if case.value("release_date") is None:
        found.append(Reason("EA-17", words["early_allocation_no_anchor"], rules["EA-17"].citation))
    if true_rules(case, "EA-31"):
        found.append(Reason("EA-31", words["early_allocation_under_18"], rules["EA-31"].citation))
    if true_rules(case, "EA-32"):
        found.append(Reason("EA-32", words["early_allocation_at_once"], rules["EA-32"].citation))
    return found
