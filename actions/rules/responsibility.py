"""Who is responsible for a case, on what ground, and when that changes next.

Among the responsibility rules of the edition the one with the lowest priority that is true wins. Where a rule
above it is still open and would give another answer, the answer is conditional and its facts are what to ask.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from actions.rules.case import Case
from actions.rules.dates import written
from actions.rules.derived import early_allocation_handover
from actions.rules.explain import depends_on, facts_used, reason
from actions.rules.facts import INDETERMINATE, Field
from actions.rules.logic import NOTHING
from actions.rules.results import Reason, Responsibility
from actions.rules.rule import Rule

NAMES = {
    "POM": "the prison offender manager",
    "COM": "the community offender manager",
    "RO_CRC": "the Responsible Officer",
    "HOMD": "for the Head of Offender Management Delivery to decide",
}
_SPLIT_LIMIT = 3


@dataclass(frozen=True)
class Ranking:
    """The rules of a case in order: the first that is true, and those above it that are still open."""

    winner: Rule | None
    open_rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Decision:
    """The answer on one day, before it is put into words.

    `branches` are the answers for each value of a missing choice, when all of them agree.
    """

    status: str
    responsible: str | None = None
    supporting: str | None = None
    decided_by: str | None = None
    winner: Rule | None = None
    rivals: tuple[Rule, ...] = ()
    open_facts: frozenset[str] = NOTHING
    branches: tuple[tuple[str, Any, Case], ...] = ()


def rank(case: Case, rules: tuple[Rule, ...]) -> Ranking:
    """The winning rule and the open rules above it."""
    still: list[Rule] = []
    truths = case.truths
    for rule in case.edition.candidates(case, rules):
        truth = truths[rule.condition.index]
        if truth is ...:
            truth = rule.condition.truth(case)
        if truth is True:
            return Ranking(rule, tuple(still))
        if truth is None:
            still.append(rule)
    return Ranking(None, tuple(still))


def holder(case: Case, rule: Rule) -> str:
    """Who a rule makes responsible; the person who decides, for a discretion."""
    return case.edition.holders[rule.id]


def decide(case: Case) -> Decision:
    """Who is responsible on the case's day, without looking ahead. Worked out once a case."""
    known: Decision | None = case.memory.get("decision")
    if known is None:
        known = case.memory["decision"] = _decide(case)
    return known


def _decide(case: Case) -> Decision:
    ranking = rank(case, case.edition.responsibility)
    winner = ranking.winner
    rivals = tuple(r for r in ranking.open_rules if winner is None or holder(case, r) != holder(case, winner))
    still = NOTHING.union(*(r.condition.open_facts(case) for r in rivals))
    if still:
        return _either_way(case, still) or _conditional(case, winner, rivals, still)
    if winner is None:
        return Decision("undefined", decided_by=_gap_decider(case))
    if winner.kind == "discretion":
        return Decision("discretion", decided_by=holder(case, winner), winner=winner)
    return Decision("decided", holder(case, winner), _supporting(winner, case), winner=winner)


def _supporting(rule: Rule, case: Case) -> str | None:
    outcome = rule.outcome(case.edition.id)
    supporting = outcome.get("supporting", outcome.get("allocated"))
    return None if supporting in (None, "none") else str(supporting)


def _values(case: Case, field: Field) -> tuple[Any, ...]:
    """The values a choice can have in this case: only an indeterminate sentence has a tariff."""
    if field.name == "sentence_type" and case.day("tariff_expiry_date") is not None:
        return INDETERMINATE
    return field.allowed or (True, False)


def _either_way(case: Case, still: frozenset[str]) -> Decision | None:
    """The answer when a missing choice gives the same one whichever way it falls."""
    if not case.presume:
        return None
    choices = [case.edition.fields[name] for name in sorted(still) if name in case.edition.fields]
    choices = [field for field in choices if field.type in ("bool", "choice")]
    if len(choices) > _SPLIT_LIMIT:
        return None
    for field in choices:
        answers: list[tuple[str, Any, Case, Decision]] = []
        for value in _values(case, field):
            branch = case.given(**{field.name: value})
            answer = decide(branch)
            if answer.status != "decided" or (answers and answer.responsible != answers[0][3].responsible):
                break
            answers.append((field.name, value, branch, answer))
        else:
            first = answers[0][3]
            same = all(answer.supporting == first.supporting for *_, answer in answers)
            branches = tuple((name, value, branch) for name, value, branch, _ in answers)
            return replace(first, supporting=first.supporting if same else None, branches=branches)
    return None


def _conditional(
    case: Case, winner: Rule | None, rivals: tuple[Rule, ...], still: frozenset[str]
) -> Decision:
    if winner is None or winner.kind == "discretion":
        return Decision("needs_facts", winner=winner, rivals=rivals, open_facts=still)
    supporting = _supporting(winner, case)
    return Decision("needs_facts", holder(case, winner), supporting, None, winner, rivals, still)


def reasons_for(case: Case) -> tuple[Reason, ...]:
    """Why the answer is what it is, in words: the winning rule first."""
    known: tuple[Reason, ...] | None = case.memory.get("reasons")
    if known is None:
        known = case.memory["reasons"] = _reasons(case, decide(case))
    return known


def _reasons(case: Case, decision: Decision) -> tuple[Reason, ...]:
    if decision.branches:
        found = []
        first = reasons_for(decision.branches[0][2])[0]
        if all(reasons_for(branch)[0].rule == first.rule for _, _, branch in decision.branches):
            name, value, _ = decision.branches[0]
            field = case.edition.fields[name]
            words = first.because.replace(f"{field.label}: {field.says(value)}; ", "")
            return (replace(first, because=f"{words} It is the same whatever the {field.label}."),)
        for name, value, branch in decision.branches:
            field = case.edition.fields[name]
            why = reasons_for(branch)[0]
            found.append(replace(why, because=f"If the {field.label} is {field.says(value)}: {why.because}"))
        return tuple(found)
    if decision.status == "needs_facts":
        return _conditional_reasons(case, decision)
    if decision.winner is None:
        return _undefined(case)
    return (reason(case, decision.winner), *_agreeing(case, decision.winner))


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


def _conditional_reasons(case: Case, decision: Decision) -> tuple[Reason, ...]:
    fields = case.edition.fields
    known = [fields[name] for name in decision.open_facts if name in fields]
    known = [field for field in known if not set(field.ask_after) & decision.open_facts]
    labels = [field.label for field in sorted(known, key=lambda f: (f.ask or 999, f.name))]
    if decision.winner is None:
        first = decision.rivals[0]
        general = case.edition.all_rules["RESP-01"] if first.citation.document else first
        return (depends_on(case, general, decision.open_facts),)
    who = NAMES.get(holder(case, decision.winner), holder(case, decision.winner))
    unless = f" It is {who}, unless one of these changes it: {', '.join(labels)}."
    stands = reason(case, decision.winner, suffix=unless)
    return (stands, *(reason(case, rule, prefix="This would change it: ") for rule in decision.rivals))


def _undefined(case: Case) -> tuple[Reason, ...]:
    """No rule holds: why, from the catalogue's list of gaps."""
    for gap in case.edition.gaps:
        if gap.model.part == "responsibility" and gap.when.truth(case) is True:
            used = facts_used(case, gap.when)
            words = gap.model.because + (" Facts: " + "; ".join(used) + "." if used else "")
            rules = [case.edition.all_rules[i] for i in gap.model.rules]
            return tuple(Reason(rule.id, words, rule.citation) for rule in rules)
    general = case.edition.all_rules["RESP-01"]
    return (Reason(general.id, case.edition.wording["responsibility_undefined"], general.citation),)


def _gap_decider(case: Case) -> str | None:
    for gap in case.edition.gaps:
        if gap.model.part == "responsibility" and gap.when.truth(case) is True:
            return gap.model.decided_by
    return None


def assess_responsibility(case: Case) -> Responsibility:
    """Who is responsible, with the next change ahead under the facts as they stand."""
    now = decide(case)
    answer = Responsibility(
        now.status,
        now.responsible,
        now.supporting,
        decided_by=now.decided_by,
        reasons=(*reasons_for(case), *early_allocation_note(case)),
        open_facts=now.open_facts,
    )
    if now.responsible is None:
        return answer
    for day in change_dates(case):
        ahead = case.on(day)
        then = decide(ahead)
        following = then.responsible or then.decided_by
        if then.status == "undefined" or following is None:
            return answer
        if following != now.responsible:
            why = reasons_for(ahead)[0]
            words = f"From {written(day)} it is {NAMES.get(following, following)}. {why.because}"
            reasons = (*answer.reasons, replace(why, because=words))
            return replace(answer, changes_on=day, changes_to=following, reasons=reasons)
    return answer


def early_allocation_note(case: Case) -> tuple[Reason, ...]:
    """Words for a case that meets an early allocation criterion and is taken not to have been agreed."""
    rule = case.edition.by_id.get("EA-17")
    if rule is None or "early_allocation_agreed" in case.facts or responsible_value(case) != "POM":
        return ()
    if case.value("early_allocation_type") not in ("automatic", "discretionary"):
        return ()
    early = early_allocation_handover(case)
    when = f"on {written(early)}" if early is not None else "as soon as it is agreed"
    words = case.edition.wording["early_allocation_not_agreed"].format(when=when)
    return (Reason(rule.id, words, rule.citation),)


def change_dates(case: Case) -> list[date]:
    """The days ahead on which the passing of time can change who is responsible, in order."""
    known: list[date] | None = case.memory.get("change_dates")
    if known is None:
        days: set[date] = set()
        for rule in case.edition.responsibility:
            if rule.condition.dated and not rule.condition.ruled_out(case):
                days |= rule.condition.dates(case)
        known = case.memory["change_dates"] = sorted(day for day in days if day > case.today)
    return known


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
        truth = strict.truths[rule.condition.index]
        if truth is ...:
            truth = rule.condition.truth(strict)
        matters = rule is winner or winner is None or holder(case, rule) != holder(case, winner)
        if matters and truth is None and rule.condition.truth(case) is not None:
            found |= rule.condition.open_facts(strict)
        if rule is winner:
            break
    return found & case.presumed


def responsible_value(case: Case) -> str | None:
    """POM, COM or RO_CRC when decided; None otherwise."""
    value = case.value("responsible_om")
    return value if isinstance(value, str) else None
