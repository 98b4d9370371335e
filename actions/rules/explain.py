"""Plain words for why: the facts a rule rests on, and the sums."""

from __future__ import annotations

from datetime import date

from actions.rules.case import Case
from actions.rules.dates import Offset, shift, written
from actions.rules.logic import All, Any_, Comparison, Condition, DateComparison, plain_date
from actions.rules.results import Reason
from actions.rules.rule import Rule
from actions.rules.values import AtLeast, Duration, Open

_LEFT = {
    "time_left_at_sentence_months": "{value} left at sentence ({start} to {end})",
    "time_left_at_sentence_weeks": "{value} left at sentence ({start} to {end})",
    "time_to_sed_months": "{value} from the return to custody ({start}) to the sentence expiry date ({end})",
    "months_between_parole_reviews": "{value} between the parole reviews ({start} and {end})",
}
_HIDDEN = frozenset({"legal_status", "responsible_om", "early_allocation_type"})


def reason(case: Case, rule: Rule, prefix: str = "", suffix: str = "") -> Reason:
    """Why a rule applies: its plain sentence, then the facts and sums that make it true."""
    used = facts_used(case, rule.condition)
    words = prefix + rule.plain
    if used:
        words += " Facts: " + "; ".join(used) + "."
    return Reason(rule.id, words + suffix, rule.citation)


def depends_on(case: Case, rule: Rule, facts: frozenset[str]) -> Reason:
    """Why an answer is still open: the facts it depends on, those to ask for first, beside a rule that says so."""
    fields = case.edition.fields
    known = [fields[name] for name in facts if name in fields]
    known = [field for field in known if not set(field.ask_after) & facts]
    labels = [field.label for field in sorted(known, key=lambda f: (f.ask or 999, f.name))]
    words = case.edition.wording["still_open"].format(facts=", ".join(labels))
    return Reason(rule.id, words, rule.citation)


def facts_used(case: Case, condition: Condition) -> list[str]:
    """The facts that make a condition true, in words and in order, each once."""
    found: dict[str, None] = {}
    _collect(case, condition, found)
    return list(found)


def _collect(case: Case, condition: Condition, found: dict[str, None]) -> None:
    if isinstance(condition, All):
        for part in condition.parts:
            _collect(case, part, found)
    elif isinstance(condition, Any_):
        for part in condition.parts:
            if part.truth(case) is True:
                _collect(case, part, found)
                break
    elif isinstance(condition, Comparison):
        words = _comparison(case, condition)
        if words:
            found[words] = None
    elif isinstance(condition, DateComparison):
        words = _date_comparison(case, condition)
        if words:
            found[words] = None


def _comparison(case: Case, condition: Comparison) -> str:
    name = condition.field
    if name in _HIDDEN or (name in case.edition.presumptions and name not in case.facts):
        return ""
    value = case.value(name)
    if isinstance(value, AtLeast):
        duration = value.bound
        if duration is None:
            return ""
        return f"at least {duration} left at sentence (today to {written(duration.end)})"
    if isinstance(value, Duration):
        text = _LEFT[name].format(value=value, start=written(value.start), end=written(value.end))
        return text
    field = case.edition.fields[name]
    if isinstance(value, Open) or field.kind == "derived":
        return ""
    return f"{field.label}: {field.says(value)}"


def _date_comparison(case: Case, condition: DateComparison) -> str:
    limit = condition.limit(case)
    if not isinstance(limit, date):
        return ""
    side = {"lt": "before", "lte": "on or before", "gt": "after"}.get(condition.op, "on or after")
    subject = (
        f"{written(case.today)} is" if condition.field == "today" else f"{_label(case, condition.field)} is"
    )
    if not condition.offset.words:
        return f"{subject} {side} {written(limit)}, the {anchor_label(case, condition.anchor)}"
    shown = sum_in_words(case, condition.anchor, condition.offset, condition.direction)
    return f"{subject} {side} {written(limit)} ({shown})"


def anchor_label(case: Case, anchor: str) -> str:
    """The label of an anchor date; for the release date, which release date was used."""
    if anchor == "release_date":
        conditional = case.known("conditional_release_date")
        return "conditional release date" if conditional is not None else "automatic release date"
    return _label(case, anchor)


def _label(case: Case, name: str) -> str:
    field = case.edition.fields.get(name)
    return field.label if field else name.replace("_", " ")


def sum_in_words(case: Case, anchor: str, offset: Offset, direction: str) -> str:
    """The sum behind a date: `sentence date 3 January 2025 + 10 weeks = 14 March 2025`."""
    start = case.day(anchor)
    label = anchor_label(case, anchor)
    if start is None:
        return label
    if not offset.words:
        return f"{label} {written(plain_date(start))}" if case.today != plain_date(start) else label
    end = shift(plain_date(start), offset, direction)
    sign = "-" if direction == "before" else "+"
    return f"{label} {written(plain_date(start))} {sign} {offset.words} = {written(end)}"
