"""Which kind of prison offender manager is recommended: a Probation Officer or prison staff (HMPPS
tiering model).
"""

from __future__ import annotations

from actions.rules.case import Case
from actions.rules.explain import depends_on, reason
from actions.rules.logic import NOTHING
from actions.rules.parts import is_sentenced, true_rules
from actions.rules.responsibility import rank, reasons_for
from actions.rules.results import Part, Reason
from actions.rules.rule import Rule
from actions.rules.values import Open


def assess_pom_type(case: Case) -> Part:
    """probation or prison, whether the POM is responsible or supports, and who gives case support."""
    if is_sentenced(case) is False:
        return Part("not_applicable", {"value": None, "role": None, "case_support": None})
    ranking = rank(case, case.edition.pom_types)
    winner = ranking.winner
    rivals = [r for r in ranking.open_rules if winner is None or _value(case, r) != _value(case, winner)]
    still = NOTHING.union(*(rule.condition.open_facts(case) for rule in rivals))
    if still:
        return Part("needs_facts", _data(None, case), _so_far(case, still), still)
    if winner is None:
        return Part("undefined", _data(None, case), reasons_for(case)[:1])
    extra = true_rules(case, "PMP-01")
    if case.value("tier") in ("A", "B") and winner.id == "PMP-05":
        extra = [*true_rules(case, "PT-01", "PT-02"), *extra]
    reasons = (reason(case, winner), *(reason(case, rule) for rule in extra))
    return Part("decided", _data(winner, case), reasons)


def _value(case: Case, rule: Rule) -> str:
    return str(rule.outcome(case.edition.id)["pom_type"])


def _data(winner: Rule | None, case: Case) -> dict[str, str | None]:
    holder = case.value("responsible_om")
    role = (
        None
        if isinstance(holder, Open) or holder is None
        else "responsible"
        if holder == "POM"
        else "supporting"
    )
    if winner is None:
        return {"value": None, "role": role, "case_support": None}
    outcome = winner.outcome(case.edition.id)
    support = outcome.get("case_support")
    return {
        "value": str(outcome["pom_type"]),
        "role": role,
        "case_support": str(support) if support else None,
    }


def _so_far(case: Case, still: frozenset[str]) -> tuple[Reason, ...]:
    return (depends_on(case, case.edition.all_rules["PT-14"], still),)
