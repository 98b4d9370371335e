"""The handover to the community: its date, and whether there is a meeting or a report."""

from __future__ import annotations

from datetime import date

from actions.rules.case import Case
from actions.rules.dates import Offset, written
from actions.rules.derived import FIFTEEN_MONTHS, early_allocation_handover, parole_anchor
from actions.rules.explain import depends_on, reason, sum_in_words
from actions.rules.facts import INDETERMINATE
from actions.rules.logic import NOTHING
from actions.rules.parts import is_sentenced, open_facts, true_rules
from actions.rules.responsibility import decide, early_allocation_note, reasons_for
from actions.rules.results import Part, Reason
from actions.rules.values import Open

MEETING = ("HAND-07", "HAND-08", "HAND-21", "PAR-11", "PAR-21")
REPORT = ("HAND-10", "HAND-11")
_RULE_OF_ANCHOR = {
    "first_parole_eligibility_date": "RESP-25",
    "next_parole_eligibility_date": "RESP-21",
    "tariff_expiry_date": "RESP-16",
}


def assess_handover(case: Case) -> Part:
    """The handover date with its reasons, and `kind`: meeting, report, none, or None while that is open."""
    if is_sentenced(case) is False:
        return Part("not_applicable", {"date": None, "kind": "none"})
    day, reasons, still = _date(case)
    if day is None and not still and not reasons:
        reasons = list(reasons_for(case)[:1])
    elif still and not reasons:
        reasons = [depends_on(case, case.edition.all_rules["HAND-06"], still)]
    kind, kind_reasons, kind_open = _kind(case, day, still)
    facts = still | kind_open
    if day is not None and not facts:
        status = "decided"
    elif facts:
        status = "needs_facts"
    else:
        status = "undefined" if decide(case).status == "undefined" else "no_handover"
    return Part(status, {"date": day, "kind": kind}, tuple(reasons + kind_reasons), facts)


def _date(case: Case) -> tuple[date | None, list[Reason], frozenset[str]]:
    if case.value("early_allocation_agreed") is True and case.value("recall_type") == "none":
        return _early(case)
    high_profile = true_rules(case, "HAND-05")
    if high_profile and early_allocation_handover(case) is not None:
        rule = high_profile[0]
        shown = sum_in_words(case, "release_date", rule.offset, "before")
        note = " " + case.edition.wording["handover_high_profile"]
        return (
            early_allocation_handover(case),
            [reason(case, rule, suffix=f" The sum: {shown}.{note}")],
            NOTHING,
        )
    value = case.value("community_handover_date")
    if isinstance(value, Open):
        return None, [], value.facts | _could_be_earlier(case)
    if not isinstance(value, date):
        return None, [], NOTHING
    return value, [*_date_reasons(case), *early_allocation_note(case)], _could_be_earlier(case)


def _could_be_earlier(case: Case) -> frozenset[str]:
    """The facts that could still bring the handover to 15 months before release.

    A high-profile case is only thought of when nothing is taken for granted.
    """
    recall = case.value("recall_type")
    if early_allocation_handover(case) is None or not (isinstance(recall, Open) or recall == "none"):
        return NOTHING
    still = case.open_facts("early_allocation_agreed")
    return still if case.presume else still | open_facts(case, "HAND-05")


def _early(case: Case) -> tuple[date | None, list[Reason], frozenset[str]]:
    rules = case.edition.by_id
    release = case.value("release_date")
    if isinstance(release, Open):
        return None, [], release.facts
    if release is None:
        value = case.value("community_handover_date")
        day = value if isinstance(value, date) else None
        words = case.edition.wording["early_allocation_no_anchor"]
        still = value.facts if isinstance(value, Open) else NOTHING
        return day, [Reason("EA-17", words, rules["EA-17"].citation), *_date_reasons(case)], still
    point = early_allocation_handover(case)
    if point is None:
        words = case.edition.wording["early_allocation_at_once"]
        return None, [Reason("EA-18", words, rules["EA-18"].citation)], NOTHING
    shown = sum_in_words(case, "release_date", FIFTEEN_MONTHS, "before")
    words = f"Early allocation is agreed, so responsibility passes 15 months before release: {shown}."
    return point, [Reason("EA-17", words, rules["EA-17"].citation)], NOTHING


def _date_reasons(case: Case) -> list[Reason]:
    kind = case.value("sentence_type")
    if kind == "determinate":
        rules = [rule for rule in case.edition.handovers if rule.condition.truth(case) is True]
        return [
            reason(
                case,
                rule,
                suffix=" The sum: "
                + sum_in_words(
                    case, str(rule.model.deadline.anchor), rule.offset, rule.model.deadline.direction
                )
                + ".",
            )
            for rule in rules
        ]
    months = Offset.of({"months": 8})
    name = parole_anchor(case)
    rule = None if isinstance(name, Open) else case.edition.by_id.get(_RULE_OF_ANCHOR[name])
    if rule is None or isinstance(name, Open):
        return []
    shown = sum_in_words(case, name, months, "before")
    return [Reason(rule.id, f"{rule.plain} The sum: {shown}.", rule.citation)]


def _kind(
    case: Case, day: date | None, still: frozenset[str]
) -> tuple[str | None, list[Reason], frozenset[str]]:
    meetings = true_rules(case, *MEETING)
    if meetings:
        return "meeting", [reason(case, rule) for rule in meetings], NOTHING
    reports = true_rules(case, *REPORT)
    if reports and day is not None:
        return "report", [reason(case, rule) for rule in reports], NOTHING
    if day is None and not still and decide(case).status == "decided":
        return "none", [], NOTHING
    if day is not None and case.today < day:
        ahead = case.on(day)  # who is responsible by then decides whether the community holds its own meeting
        meetings = true_rules(ahead, "PAR-11")
        if meetings:
            return "meeting", [reason(ahead, rule) for rule in meetings], NOTHING
    needed = open_facts(case, "PAR-11") if case.value("sentence_type") in INDETERMINATE else NOTHING
    needed = needed or open_facts(case, *MEETING, REPORT[0])  # the other report rule only adds to the first
    return (None if needed or still else "none"), [], needed


def late_note(case: Case, day: date) -> str:
    """Words for a handover date that has passed."""
    return f"The handover date, {written(day)}, has passed." if day <= case.today else ""
