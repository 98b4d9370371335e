"""Duties as dated tasks: what is due, when it opens, who does it, and the sum behind the date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from actions.rules.case import Case
from actions.rules.dates import Offset, shift, shift_time, written
from actions.rules.explain import anchor_label, sum_in_words
from actions.rules.logic import plain_date
from actions.rules.results import Task
from actions.rules.rule import Rule
from actions.rules.schema import DeadlineModel
from actions.rules.values import Open

SOON = timedelta(days=28)
_ORDER = {"overdue": 0, "due_soon": 1, "upcoming": 2, "no_date": 3, "done": 4}
_LIMITS = ("by", "at", "within", "window", "recurring")


def assess_tasks(case: Case) -> tuple[Task, ...]:
    """Every duty of the case, the most pressing first. Two rules for one duty are shown once."""
    standing = case.edition.standing(case, case.edition.tasks)
    return in_order(fold(case, (rule for rule, truth in standing if truth is True)))


def fold(case: Case, rules: Iterable[Rule]) -> list[Task]:
    """The tasks of the rules, with a rule that repeats another's duty on the same day folded into it."""
    made = {rule.id: (rule, make_task(case, rule)) for rule in rules}
    made = {key: pair for key, pair in made.items() if pair[1] is not None}
    for rule, _ in list(made.values()):
        for replaced in rule.model.outcome.get("replaces", ()):
            made.pop(str(replaced), None)
    also: dict[str, list[str]] = {}
    dropped: set[str] = set()
    for key, (rule, task) in made.items():
        for main in rule.model.same_as:
            if main in made and main not in dropped and task is not None:
                other = made[main][1]
                if other is not None and (task.due in (None, other.due)):
                    also.setdefault(main, []).append(key)
                    dropped.add(key)
                    break
    tasks = []
    for key, (_, task) in made.items():
        if task is not None and key not in dropped:
            extra = tuple(sorted(also.get(key, ())))
            tasks.append(replace(task, also=extra) if extra else task)
    return tasks


def in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Overdue first, then by date, then those without a date, then those done."""
    far = date.max
    return tuple(sorted(tasks, key=lambda t: (_ORDER[t.status], t.due or t.opens or far, t.id)))


def make_task(case: Case, rule: Rule) -> Task | None:
    """The task of one rule, or None when its date would make no sense for this case (a review after
    release).
    """
    key = ("task", rule.id)
    if key not in case.memory:
        case.memory[key] = _make_task(case, rule)
    made: Task | None = case.memory[key]
    return made


def _make_task(case: Case, rule: Rule) -> Task | None:
    deadline = rule.model.deadline
    due, opens, working = _dates(case, rule)
    sentence = case.day("sentence_date")
    if sentence is not None and deadline.direction == "before" and (due or opens):
        early = [day for day in (due, opens) if day is not None and day < sentence]
        if early:
            working = (
                f"{working}. That is before the sentence date, {written(sentence)}, so no date is shown."
            )
            due = None if due is not None and due < sentence else due
            opens = None if opens is not None and opens < sentence else opens
    if deadline.kind == "recurring" and due is not None and _after_release(case, due):
        return None
    return Task(
        id=rule.id,
        title=rule.title,
        owner=_owner(case, rule),
        kind=deadline.kind,
        status=_status(case, rule, due, opens),
        working=working,
        citation=rule.citation,
        due=due,
        opens=opens,
        inferred=deadline.inferred or deadline.anchor_inferred,
    )


def _after_release(case: Case, due: date) -> bool:
    release = case.day("release_date")
    return release is not None and due > release and case.value("recall_type") == "none"


def _owner(case: Case, rule: Rule) -> str:
    roles = list(rule.model.role)
    if "responsible_OM" in roles:
        holder = case.value("responsible_om")
        if isinstance(holder, str):
            roles[roles.index("responsible_OM")] = holder
    if "RO_CRC" in roles and case.edition.id != "2019" and "COM" in roles:
        roles.remove("RO_CRC")
    return case.edition.owners(roles)


def _status(case: Case, rule: Rule, due: date | None, opens: date | None) -> str:
    if rule.done is not None and rule.done.truth(case) is True:
        return "done"
    if due is None:
        return "upcoming" if opens is not None and opens > case.today else "no_date"
    if due < case.today:
        return "overdue"
    return "due_soon" if due - case.today <= SOON else "upcoming"


def _dates(case: Case, rule: Rule) -> tuple[date | None, date | None, str]:
    deadline = rule.model.deadline
    if deadline.kind == "undated" or deadline.anchor is None:
        return None, None, _no_date(case, deadline)
    anchor = case.value(deadline.anchor)
    label = anchor_label(case, deadline.anchor)
    if isinstance(anchor, Open):
        if deadline.offset is None:
            return None, None, _no_date(case, deadline)
        needs = ", ".join(case.edition.fields[n].label for n in sorted(anchor.facts)) or label
        return None, None, f"{_timing(rule, label)}. No date: the {needs} is not known."
    if not isinstance(anchor, date) or deadline.offset is None:
        name = case.edition.fields[deadline.anchor].label
        missing = "" if deadline.offset is None else f"{_timing(rule, name)}. There is no {name}."
        return None, None, missing or _no_date(case, deadline)
    start = plain_date(anchor)
    if rule.offset.hours:
        return _hours(anchor, rule.offset, label)
    day = shift(start, rule.offset, deadline.direction)
    working = sum_in_words(case, deadline.anchor, rule.offset, deadline.direction)
    if deadline.kind == "window":
        end = shift(start, rule.end_offset, deadline.direction)
        until = sum_in_words(case, deadline.anchor, rule.end_offset, deadline.direction)
        return end, day, f"from {working}, to {until}{_remark(deadline)}"
    if deadline.kind == "earliest":
        return None, day, f"not before: {working}{_remark(deadline)}"
    if deadline.kind not in _LIMITS:
        return None, None, working
    return day, None, working + _remark(deadline)


def _hours(anchor: date, offset: Offset, label: str) -> tuple[date, None, str]:
    if isinstance(anchor, datetime):
        end = shift_time(anchor, offset)
        at = f"{written(anchor.date())} at {anchor:%H:%M}"
        return end.date(), None, f"{label} {at} + {offset.words} = {written(end.date())} at {end:%H:%M}"
    day = shift(anchor, offset, "after")
    return (
        day,
        None,
        f"{label} {written(anchor)} + {offset.words} = {written(day)} (the time of day is not known)",
    )


def _timing(rule: Rule, label: str) -> str:
    words = rule.offset.words
    if not words:
        return f"At the {label}"
    return f"{words[0].upper()}{words[1:]} {rule.model.deadline.direction} the {label}"


def _remark(deadline: DeadlineModel) -> str:
    if deadline.inferred:
        return ". The guidance gives no date of its own: this one is inferred."
    if deadline.anchor_inferred:
        return ". The guidance does not say what to count from: this start is inferred."
    days = deadline.offset.days if deadline.offset is not None and not deadline.offset.months else 0
    if days > 1 and deadline.day_basis == "unstated":
        return ". Counted in calendar days: the guidance does not say working days."
    return ""


def _no_date(case: Case, deadline: DeadlineModel) -> str:
    every = (deadline.recurrence or {}).get("every")
    if isinstance(every, dict):
        minutes = (deadline.recurrence or {}).get("minutes")
        each = Offset.of(every).words.removeprefix("1 ")
        return f"every {each}" + (f", {minutes} minutes each" if minutes else "")
    if isinstance(every, str):
        return every
    return case.edition.wording["no_deadline"]
