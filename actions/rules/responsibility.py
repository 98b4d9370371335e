"""Who is responsible for a case, on what ground, and when that changes next.

Among the edition's responsibility rules the one with the lowest priority that is true wins. Where a rule
above it is still open and would give another answer, the answer is conditional and its facts are what to ask.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from actions.rules.case import Case
from actions.rules.dates import written
from actions.rules.explain import facts_used, reason
from actions.rules.logic import NOTHING
from actions.rules.results import Reason, Responsibility
from actions.rules.rule import Rule
from actions.rules.values import Open

NAMES = {
    "POM": "the prison offender manager",
    "COM": "the community offender manager",
    "RO_CRC": "the Responsible Officer",
}
_SPLIT_LIMIT = 3


@dataclass(frozen=True)
class Ranking:
    """The rules of a case in order: the first that is true, and those above it that are still open."""

    winner: Rule | None
    open_rules: tuple[Rule, ...]


def rank(case: Case, rules: tuple[Rule, ...]) -> Ranking:
    """The winning rule and the open rules above it."""
    still: list[Rule] = []
    for rule in rules:
        truth = rule.condition.truth(case)
        if truth is True:
            return Ranking(rule, tuple(still))
        if truth is None:
            still.append(rule)
    return Ranking(None, tuple(still))


def holder(case: Case, rule: Rule) -> str:
    """Who a rule makes responsible; the person who decides, for a discretion."""
    outcome = rule.outcome(case.edition.id)
    return str(outcome.get("responsible") or outcome.get("decided_by"))


def decide(case: Case) -> Responsibility:
    """Who is responsible on the case's day, without looking ahead. Worked out once a case."""
    known: Responsibility | None = case.memory.get("responsibility")
    if known is None:
        known = case.memory["responsibility"] = _decide(case)
    return known


def _decide(case: Case) -> Responsibility:
    ranking = rank(case, case.edition.responsibility)
    winner = ranking.winner
    rivals = [r for r in ranking.open_rules if winner is None or holder(case, r) != holder(case, winner)]
    still = NOTHING.union(*(r.condition.open_facts(case) for r in rivals))
    if still:
        return _either_way(case, still) or _conditional(case, winner, rivals, still)
    if winner is None:
        return _undefined(case)
    outcome = winner.outcome(case.edition.id)
    reasons = (reason(case, winner), *_agreeing(case, winner))
    if winner.kind == "discretion":
        return Responsibility("discretion", decided_by=str(outcome["decided_by"]), reasons=reasons)
    return Responsibility("decided", str(outcome["responsible"]), _supporting(winner, case), reasons=reasons)


def _supporting(rule: Rule, case: Case) -> str | None:
    outcome = rule.outcome(case.edition.id)
    supporting = outcome.get("supporting", outcome.get("allocated"))
    return None if supporting in (None, "none") else str(supporting)


def _agreeing(case: Case, winner: Rule) -> tuple[Reason, ...]:
    """The other true rules that give the same answer: they add to the reasons."""
    others = [
        rule
        for rule in case.edition.responsibility
        if rule is not winner
        and rule.kind != "discretion"
        and holder(case, rule) == holder(case, winner)
        and rule.condition.truth(case) is True
    ]
    return tuple(reason(case, rule) for rule in others)


def _either_way(case: Case, still: frozenset[str]) -> Responsibility | None:
    """The answer when a missing choice gives the same one whichever way it falls."""
    if not case.presume:
        return None
    choices = [case.edition.fields[name] for name in sorted(still) if name in case.edition.fields]
    choices = [field for field in choices if field.type in ("bool", "choice")]
    if len(choices) > _SPLIT_LIMIT:
        return None
    for field in choices:
        values = field.allowed or (True, False)
        answers = [(value, decide(case.given(**{field.name: value}))) for value in values]
        first = answers[0][1]
        if all(a.status == "decided" and a.responsible == first.responsible for _, a in answers):
            same_support = all(a.supporting == first.supporting for _, a in answers)
            reasons = tuple(
                replace(why, because=f"If the {field.label} is {field.says(value)}: {why.because}")
                for value, answer in answers
                for why in answer.reasons[:1]
            )
            return replace(first, supporting=first.supporting if same_support else None, reasons=reasons)
    return None


def _conditional(
    case: Case, winner: Rule | None, rivals: list[Rule], still: frozenset[str]
) -> Responsibility:
    labels = [case.edition.fields[name].label for name in sorted(still) if name in case.edition.fields]
    if winner is None:
        facts = Responsibility("needs_facts", open_facts=still)
        return replace(facts, reasons=tuple(reason(case, rule, prefix="Still open: ") for rule in rivals[:3]))
    who = NAMES.get(holder(case, winner), holder(case, winner))
    why = reason(case, winner, suffix=f" This is {who} unless one of these changes it: {', '.join(labels)}.")
    others = tuple(reason(case, rule, prefix="This would change it: ") for rule in rivals)
    responsible = None if winner.kind == "discretion" else holder(case, winner)
    return Responsibility(
        "needs_facts", responsible, _supporting(winner, case), reasons=(why, *others), open_facts=still
    )


def _undefined(case: Case) -> Responsibility:
    """No rule holds: why, from the catalogue's list of gaps."""
    for gap in case.edition.gaps:
        if gap.model.part == "responsibility" and gap.when.truth(case) is True:
            used = facts_used(case, gap.when)
            words = gap.model.because + (" Facts: " + "; ".join(used) + "." if used else "")
            rules = [case.edition.all_rules[i] for i in gap.model.rules]
            reasons = tuple(Reason(rule.id, words, rule.citation) for rule in rules)
            return Responsibility("undefined", decided_by=gap.model.decided_by, reasons=reasons)
    general = case.edition.all_rules["RESP-01"]
    words = case.edition.wording["responsibility_undefined"]
    return Responsibility("undefined", reasons=(Reason(general.id, words, general.citation),))


def assess_responsibility(case: Case) -> Responsibility:
    """Who is responsible, with the next change ahead under the facts as they stand."""
    now = decide(case)
    if now.status not in ("decided", "needs_facts") or now.responsible is None:
        return now
    for day in change_dates(case):
        then = decide(case.on(day))
        if then.status == "undefined" or (then.responsible is None and then.decided_by is None):
            return now
        next_holder = then.responsible or then.decided_by
        if next_holder != now.responsible:
            why = then.reasons[0]
            words = (
                f"From {written(day)} it is {NAMES.get(str(next_holder), str(next_holder))}. {why.because}"
            )
            return replace(
                now,
                changes_on=day,
                changes_to=next_holder,
                reasons=(*now.reasons, replace(why, because=words)),
            )
    return now


def change_dates(case: Case) -> list[date]:
    """The days ahead on which the passing of time can change who is responsible, in order."""
    days: set[date] = set()
    for rule in case.edition.responsibility:
        days |= rule.condition.dates(case)
    return sorted(day for day in days if day > case.today)


def presumed_facts(case: Case, until: date | None = None) -> frozenset[str]:
    """The facts taken for granted that the answer (and the next change, up to `until`) rests on."""
    found = _presumed_on(case)
    for day in change_dates(case):
        if until is None or day > until:
            break
        found |= _presumed_on(case.on(day))
    return found


def _presumed_on(case: Case) -> frozenset[str]:
    winner = rank(case, case.edition.responsibility).winner
    strict = case.strictly()
    found: frozenset[str] = NOTHING
    for rule in case.edition.responsibility:
        truth = rule.condition.truth(case)
        matters = rule is winner or (winner is None or holder(case, rule) != holder(case, winner))
        if matters and truth is not None and rule.condition.truth(strict) is None:
            found |= rule.condition.open_facts(strict)
        if rule is winner:
            break
    return found & case.presumed


def responsible_value(case: Case) -> str | None:
    """POM, COM or RO_CRC when decided; None otherwise."""
    value = case.value("responsible_om")
    return None if isinstance(value, Open) or value is None else str(value)
