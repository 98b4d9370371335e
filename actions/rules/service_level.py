"""What service applies: the core service, and whether the case is excepted from the additional tasks."""

from __future__ import annotations

from typing import Any

from actions.rules.case import Case
from actions.rules.explain import depends_on, facts_used, reason
from actions.rules.parts import group_rules, is_sentenced
from actions.rules.results import Part, Reason
from actions.rules.values import Duration, Open

_SERVICES = ("service", "in_scope", "not_in_scope", "not_exempt")


def assess_service_level(case: Case) -> Part:
    """`additional_tasks_exempt` is true, false or None; `items` lists what applies with its citation.

    The status is decided, needs_facts, or undefined where the texts contradict each other or leave the
    case out (discretion where that is for the Head of Offender Management Delivery).
    """
    if is_sentenced(case) is False:
        return Part("not_applicable", {"additional_tasks_exempt": None, "items": _items(case)})
    value = case.value("additional_tasks_exempt")
    items = _items(case)
    data: dict[str, Any] = {"additional_tasks_exempt": None, "items": items}
    if not isinstance(value, Open):
        data["additional_tasks_exempt"] = value
        return Part("decided", data, _reasons(case, value is True))
    if value.facts:
        why = (depends_on(case, case.edition.all_rules["SL-14"], value.facts),)
        return Part("needs_facts", {**data, "additional_tasks_exempt": _likely(case)}, why, value.facts)
    return _unclear(case, data)


def _likely(case: Case) -> bool | None:
    """The answer that stands unless a missing fact makes the text unclear."""
    under_ten = case.edition.by_id.get("SL-03")
    short = case.value("time_left_at_sentence_months")
    if under_ten is None or not isinstance(short, Duration) or short.order(10) >= 0:
        return None
    return True if under_ten.condition.truth(case) is True else None


def _items(case: Case) -> list[dict[str, Any]]:
    rules = [*group_rules(case, "service-level", *_SERVICES), *group_rules(case, "women", "service")]
    rules += group_rules(case, "remand-civil", "service")
    return [
        {
            "id": rule.id,
            "title": rule.plain,
            "includes": list(rule.outcome(case.edition.id).get("includes", ())),
            "citation": rule.citation,
        }
        for rule in rules
    ]


def _reasons(case: Case, exempt: bool) -> tuple[Reason, ...]:
    if exempt:
        found = group_rules(case, "service-level", "exempt", "not_in_scope")
    else:
        found = group_rules(case, "service-level", "not_exempt", "in_scope")
        found += [rule for rule in group_rules(case, "service-level", "service") if rule.id == "SL-02"]
    return tuple(reason(case, rule) for rule in found)


def _unclear(case: Case, data: dict[str, Any]) -> Part:
    for gap in case.edition.gaps:
        if gap.model.part == "service_level" and gap.when.truth(case) is True:
            used = facts_used(case, gap.when)
            words = gap.model.because + (" Facts: " + "; ".join(used) + "." if used else "")
            rules = [case.edition.all_rules[i] for i in gap.model.rules]
            status = "discretion" if gap.model.decided_by else "undefined"
            reasons = tuple(Reason(rule.id, words, rule.citation) for rule in rules)
            return Part(status, {**data, "decided_by": gap.model.decided_by}, reasons)
    return Part("undefined", data)
