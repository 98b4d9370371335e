"""What to ask: the facts that can still change an answer, the most useful first; and what was taken for
granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from actions.rules.case import Case
from actions.rules.dates import shift
from actions.rules.early_allocation import CRITERIA
from actions.rules.handover import MEETING, REPORT
from actions.rules.logic import NOTHING, All, plain_date
from actions.rules.responsibility import change_dates, decide, presumed_facts, rank
from actions.rules.results import Part, Responsibility
from actions.rules.rule import Rule
from actions.rules.values import Open

PARTS = ("responsibility", "handover", "pom_type", "service_level", "early_allocation", "tasks")
_FEW = 2
_PAST = timedelta(days=28)


def missing_facts(
    case: Case, responsibility: Responsibility, parts: Mapping[str, Part], ask: Sequence[str] | None
) -> tuple[Mapping[str, Any], ...]:
    """The facts that can still change a part asked for, each with its question and the parts it matters
    to.
    """
    wanted = PARTS if ask is None else [part for part in PARTS if part in ask]
    matters: dict[str, list[str]] = {}
    dated, undated = _open_tasks(case) if "tasks" in wanted else (NOTHING, NOTHING)
    for part in wanted:
        still = dated | undated if part == "tasks" else _open_in(case, part, responsibility, parts)
        for name in still:
            matters.setdefault(name, []).append(part)
    fields = case.edition.fields
    askable = [name for name in matters if name in fields and fields[name].ask is not None]
    askable = [name for name in askable if _worth_asking(case, name, matters[name])]
    askable = [name for name in askable if not set(fields[name].ask_after) & set(askable)]
    askable.sort(key=lambda name: (_weight(case, name, matters[name], dated), fields[name].ask or 0, name))
    return tuple(
        {"fact": name, "matters_to": matters[name], "question": fields[name].question} for name in askable
    )


def _weight(case: Case, name: str, parts: list[str], dated: frozenset[str]) -> int:
    """How much hangs on a fact, the most first: who is responsible and the handover, then the other parts and
    the duties with a date, then duties without one.
    """
    first, last = case.edition.ask_first_when.get(name), case.edition.ask_last_when.get(name)
    if first is not None and first.truth(case) is True:
        return 0
    if last is not None and last.truth(case) is True:
        return 4
    if "responsibility" in parts or "handover" in parts:
        return 1
    return 3 if parts == ["tasks"] and name not in dated else 2


def _worth_asking(case: Case, name: str, parts: list[str]) -> bool:
    """Whether the time to ask for a fact has come; it always has when more than the task list needs it."""
    when = case.edition.ask_when.get(name)
    return when is None or parts != ["tasks"] or when.truth(case) is True


def _open_in(
    case: Case, part: str, responsibility: Responsibility, parts: Mapping[str, Part]
) -> frozenset[str]:
    if part == "responsibility":
        return responsibility.open_facts | _open_change(case, responsibility)
    return parts[part].open_facts


def _open_change(case: Case, now: Responsibility) -> frozenset[str]:
    """The facts that leave the next change of a decided answer open."""
    if now.status != "decided" or now.responsible != "POM" or now.changes_on is not None:
        return NOTHING
    still: frozenset[str] = NOTHING
    for day in change_dates(case):
        answer = decide(case.on(day))
        still |= answer.open_facts
        if answer.responsible != now.responsible:
            break
    value = case.value("community_handover_date")
    return still | (value.facts if isinstance(value, Open) else NOTHING)


def _open_tasks(case: Case) -> tuple[frozenset[str], frozenset[str]]:
    """The facts that duties hang on: those that give or move a date, and those that only add a duty
    without one.
    """
    dated: set[str] = set()
    undated: set[str] = set()
    for rule, truth in case.edition.standing(case, case.edition.tasks):
        deadline = rule.model.deadline
        if truth is True:
            if deadline.anchor and deadline.offset is not None:
                dated |= case.open_facts(deadline.anchor)
            continue
        facts = rule.condition.open_facts(case)
        if len(facts) <= _FEW and facts <= case.edition.askable and not _long_past(case, rule):
            has_date = deadline.anchor and deadline.offset is not None and deadline.kind != "undated"
            if has_date and case.value(str(deadline.anchor)) is not None:
                dated |= facts
            else:
                undated |= facts
    return frozenset(dated), frozenset(undated)


def _long_past(case: Case, rule: Rule) -> bool:
    """Whether the duty's date has passed by so long that nothing is worth asking about it."""
    anchor = case.day(rule.model.deadline.anchor) if rule.model.deadline.anchor else None
    if anchor is None or rule.model.deadline.offset is None or rule.model.deadline.kind == "recurring":
        return False
    offset = rule.end_offset if rule.model.deadline.kind == "window" else rule.offset
    return shift(plain_date(anchor), offset, rule.model.deadline.direction) + _PAST < case.today


def assumed_facts(
    case: Case, responsibility: Responsibility, ask: Sequence[str] | None
) -> tuple[Mapping[str, Any], ...]:
    """The facts taken for granted on which a part rests, with the value used."""
    if not case.presume:
        return ()
    wanted = PARTS if ask is None else [part for part in PARTS if part in ask]
    matters: dict[str, list[str]] = {}
    for part in wanted:
        for name in _presumed_in(case, part, responsibility):
            matters.setdefault(name, []).append(part)
    order = list(case.edition.presumptions)
    names = sorted((name for name in matters if not isinstance(case.value(name), Open)), key=order.index)
    return tuple({**_named(case, name), "matters_to": matters[name]} for name in names)


def _named(case: Case, name: str) -> dict[str, Any]:
    shown = case.edition.presumptions[name].model.shown_as
    if shown is not None:
        return {"fact": shown.fact, "value": shown.value}
    return {"fact": name, "value": case.value(name)}


def _presumed_in(case: Case, part: str, responsibility: Responsibility) -> frozenset[str]:
    by_id = case.edition.by_id
    if part == "responsibility":
        return presumed_facts(case, responsibility.changes_on)
    if part == "handover":
        found = _values(case, "community_handover_date")
        if case.day("community_handover_date"):
            found |= _values(case, "early_allocation_agreed")
        return found | _rules(case, [by_id[i].condition for i in (*MEETING, *REPORT) if i in by_id])
    if part == "pom_type":
        winner = rank(case, case.edition.pom_types).winner
        above = []
        for rule in case.edition.pom_types:
            above.append(rule.condition)
            if rule is winner:
                break
        return _rules(case, above)
    if part == "service_level":
        return _values(case, "additional_tasks_exempt")
    if part == "early_allocation":
        return _rules(case, [by_id[i].condition for i in CRITERIA if i in by_id])
    edition = case.edition
    strict = case.strictly()
    conditions = [rule.condition for rule, truth in edition.standing(strict, edition.tasks) if truth is None]
    anchors = {
        rule.model.deadline.anchor
        for rule, truth in edition.standing(case, edition.tasks)
        if rule.model.deadline.anchor and truth is True
    }
    return _rules(case, conditions) | _values(case, *sorted(anchors))


def _rules(case: Case, conditions: Iterable[All]) -> frozenset[str]:
    """The presumed facts without which a decided condition would be open."""
    strict, found = case.strictly(), NOTHING
    for condition in conditions:  # most are decided in the strict case, which then needs no second look
        truth = strict.truths[condition.index]
        if truth is ...:
            truth = condition.truth(strict)
        if truth is None and condition.truth(case) is not None:
            found |= condition.open_facts(strict)
    return found & case.presumed


def _values(case: Case, *names: str) -> frozenset[str]:
    """The presumed facts without which a value would be open."""
    strict, found = case.strictly(), NOTHING
    for name in names:
        if not isinstance(case.value(name), Open):
            found |= strict.open_facts(name)
    return found & case.presumed
