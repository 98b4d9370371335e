"""What the edition `2026-service` works out beyond its tables: the timings of the live national service.

Source: the public repository ministryofjustice/offender-management-allocation-manager at commit 7aeb43b9 (the
rows S1 to S6 are in catalogue/service_2026.yaml). The facts here need to tell a date that was not given from
one that is known to be absent, which a decision table cannot.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from actions.rules.case import Case
from actions.rules.dates import Offset, add_months, shift, written
from actions.rules.explain import reason
from actions.rules.facts import INDETERMINATE
from actions.rules.logic import NOTHING
from actions.rules.responsibility import rank, reasons_for
from actions.rules.results import Part, Reason, Task
from actions.rules.rule import Rule
from actions.rules.tasks import in_order, make_task
from actions.rules.values import Open, Value

WINDOW_MONTHS = 18
OASYS_MONTHS = 3
_DATES = (
    "tariff_expiry_date",
    "parole_eligibility_date",
    "target_hearing_date",
    "automatic_release_date",
    "conditional_release_date",
)


def service_indeterminate(case: Case) -> Value:
    """Whether the sentence is indeterminate: life and IPP count alike, and only they have a tariff."""
    kind = case.value("sentence_type")
    if isinstance(kind, Open):
        return True if case.day("tariff_expiry_date") else kind
    return kind in INDETERMINATE


def service_scope(case: Case) -> Value:
    """Whether the service calculates anything: `in_scope`, or the reason why not (S1)."""
    status = case.value("legal_status")
    age = case.value("age_years")
    if isinstance(status, Open):
        return Open(status.facts | case.open_facts("age_years"))
    if status == "civil":
        return "civil"
    if isinstance(age, int) and age < 18:
        return "under_18"
    if isinstance(age, Open):
        return age
    immigration = case.value("immigration_case")
    if immigration is True:
        return "in_scope"
    without = _scope_of_sentence(case) if status == "sentenced" else "not_sentenced"
    if isinstance(immigration, Open) and without != "in_scope":
        return immigration
    return without


def _scope_of_sentence(case: Case) -> Value:
    if case.value("sentence_date") is None:
        return "not_sentenced"
    indeterminate = service_indeterminate(case)
    if isinstance(indeterminate, Open):
        return indeterminate
    if indeterminate:
        return "in_scope"
    release = service_release_date(case)
    return "no_dates" if release is None else "in_scope"


def service_parole_date(case: Case) -> Value:
    """The parole eligibility date of a determinate sentence; none where only the court decides release."""
    if service_indeterminate(case) is True:
        return None
    for name in ("parole_eligibility_date", "first_parole_eligibility_date"):
        if isinstance(case.facts.get(name), date):
            return case.facts[name]  # type: ignore[no-any-return]
    kind = case.value("sentence_type")
    if kind == "determinate" or "parole_eligibility_date" in case.facts:
        return None
    return kind if isinstance(kind, Open) else case.value("parole_eligibility_date")


def service_release_date(case: Case) -> Value:
    """The release date that the handover is counted from (S3).

    Determinate: the parole eligibility date where there is one, else the earlier of the automatic and
    conditional release dates. Indeterminate: the tariff expiry date after today, else the target hearing date
    after today, else the nearer of the two (both are past then, so the later one).
    """
    indeterminate = service_indeterminate(case)
    if isinstance(indeterminate, Open):
        return indeterminate
    if indeterminate:
        return _hearing_or_tariff(case)
    parole = service_parole_date(case)
    if parole is not None:
        return parole
    names = ("conditional_release_date", "automatic_release_date")
    known: list[date] = [case.facts[name] for name in names if isinstance(case.facts.get(name), date)]
    if known:
        return min(known)
    missing = [name for name in names if name not in case.facts]
    return Open(frozenset(missing[:1])) if missing else None


def _hearing_or_tariff(case: Case) -> Value:
    tariff, hearing = case.value("tariff_expiry_date"), case.value("target_hearing_date")
    if isinstance(tariff, Open) or (isinstance(tariff, date) and tariff > case.today):
        return tariff
    if isinstance(hearing, Open) or (isinstance(hearing, date) and hearing > case.today):
        return hearing
    past = [day for day in (tariff, hearing) if isinstance(day, date)]
    return max(past) if past else None


def _rows(case: Case, kind: str) -> list[Rule]:
    return sorted(
        (rule for rule in case.edition.rules if rule.kind == kind), key=lambda rule: rule.model.priority or 0
    )


def _handover_row(case: Case) -> Rule | frozenset[str]:
    """The first row of S3 that applies, or the facts that leave it open."""
    for rule in _rows(case, "handover_date"):
        truth = rule.condition.truth(case)
        if truth is True:
            return rule
        if truth is None:
            return rule.condition.open_facts(case)
    return NOTHING


def service_handover_rule(case: Case) -> Value:
    """The handover date by the first row of S3 that applies; none for a sentence of ten months or less."""
    row = _handover_row(case)
    if not isinstance(row, Rule):
        return Open(row)
    if row.model.deadline.anchor is None:
        return None
    anchor = case.value(row.model.deadline.anchor)
    return shift(anchor, row.offset, "before") if isinstance(anchor, date) else anchor


def service_open_conditions(case: Case) -> Value:
    """In open conditions, as given, or because the date of arrival in open conditions was given."""
    given = case.facts.get("in_open_conditions")
    if given is not None:
        return bool(given)
    if case.day("open_prison_arrival_date") or case.day("female_open_category_date"):
        return True
    return case.value("in_open_conditions")


def service_early_allocation_type(case: Case) -> Value:
    """automatic, discretionary or no; discretionary only when no automatic criterion is met or open (S4)."""
    rules = _rows(case, "early_allocation")
    still = NOTHING
    for kind in ("automatic", "discretionary"):
        of_kind = [rule for rule in rules if rule.model.outcome["early_allocation"] == kind]
        truths = [rule.condition.truth(case) for rule in of_kind]
        if True in truths and not still:
            return kind
        if True not in truths or kind == "automatic":
            still |= NOTHING.union(*(rule.condition.open_facts(case) for rule in of_kind))
    return Open(still) if still else "no"


def _any_criterion(case: Case) -> bool:
    return any(rule.condition.truth(case) is True for rule in _rows(case, "early_allocation"))


def _inside(case: Case, day: date) -> Value:
    """Whether the earliest of the dates is on or before `day` + 18 months (a past date counts as inside)."""
    limit = add_months(day, WINDOW_MONTHS)
    known = [found for name in _DATES if (found := case.day(name))]
    if any(found <= limit for found in known):
        return True
    release = service_release_date(case)
    if isinstance(release, Open):
        return release
    hearing = case.value("target_hearing_date")
    if service_indeterminate(case) is True and isinstance(hearing, Open):
        return hearing
    return False


def service_window(case: Case) -> Value:
    """Inside the early allocation window today (S4)."""
    return _inside(case, case.today)


def service_earliest_date(case: Case) -> Value:
    """The earliest of the dates that open the early allocation window."""
    known = [found for name in _DATES if (found := case.day(name))]
    return min(known) if known else service_release_date(case)


def early_allocation_in_effect(case: Case) -> Value:
    """Whether the latest assessment since the sentence start is in effect (S4), unless the facts say so."""
    if "early_allocation_assessed_on" not in case.facts:
        if case.facts.get("early_allocation_agreed") is not None:
            return bool(case.facts["early_allocation_agreed"])
        return False if case.presume else Open(frozenset({"early_allocation_in_effect"}))
    assessed, sentence = case.day("early_allocation_assessed_on"), case.value("sentence_date")
    if assessed is None or assessed > case.today:
        return False
    if isinstance(sentence, date) and assessed < sentence:
        return False
    licence = case.value("licence_expiry_date")
    if isinstance(licence, date) and licence < case.today:
        return False
    then = case.on(assessed)  # the questions were answered as things stood on the day of the assessment
    kind = service_early_allocation_type(then)
    decision = case.value("community_decision") if kind == "discretionary" else "approved"
    if isinstance(kind, Open) and case.value("community_decision") == "approved" and _any_criterion(then):
        kind = "approved"  # in effect whether it turns out to be automatic or discretionary
    inside = _inside(case, assessed)
    if inside is False or kind == "no" or decision in ("none", "declined"):
        return False
    still = [value.facts for value in (sentence, licence, kind, decision, inside) if isinstance(value, Open)]
    return Open(NOTHING.union(*still)) if still else True


def last_parole_outcome(case: Case) -> Value:
    """The outcome of the last completed review where only the parole decision of the guidance was given."""
    if case.facts.get("parole_decision") in ("release", "no_release"):
        return str(case.facts["parole_decision"])
    return "none" if case.presume else Open(frozenset({"last_parole_outcome"}))


def mappa_level(case: Case) -> Value:
    """The MAPPA level where only the level at which the case is managed now was given."""
    active: Value = case.facts.get("mappa_active_level", Open(frozenset({"mappa_level"})))
    return active


DERIVATIONS: dict[str, Callable[[Case], Value]] = {
    function.__name__: function
    for function in (
        service_indeterminate,
        service_scope,
        service_parole_date,
        service_release_date,
        service_handover_rule,
        service_open_conditions,
        service_early_allocation_type,
        service_window,
        service_earliest_date,
        early_allocation_in_effect,
        last_parole_outcome,
        mappa_level,
    )
}


def _out_of_scope(case: Case) -> bool:
    return case.value("service_scope") not in ("in_scope",) and not isinstance(
        case.value("service_scope"), Open
    )


def assess_handover(case: Case) -> Part:
    """The handover date of the live service (S3), and the day from which the COM supports."""
    if _out_of_scope(case):
        return Part("not_applicable", {"date": None, "starts": None, "kind": "none"}, reasons_for(case))
    value, start = case.value("handover_date"), case.day("handover_start_date")
    if isinstance(value, Open):
        return Part("needs_facts", {"date": None, "starts": None, "kind": None}, (), value.facts)
    if not isinstance(value, date):
        data = {"date": None, "starts": None, "kind": "none"}
        return Part("no_handover", data, reasons_for(case)[:1])
    return Part("decided", {"date": value, "starts": start, "kind": None}, (_date_reason(case, value),))


def _date_reason(case: Case, day: date) -> Reason:
    row = _handover_row(case)
    assert isinstance(row, Rule)
    name = str(row.model.deadline.anchor)
    anchor = case.day(name)
    assert anchor is not None
    label = _label(case, anchor)
    shown = f"{label} {written(anchor)} - {row.offset.words} = {written(day)}"
    return reason(case, row, suffix=f" The sum: {shown}.")


def _label(case: Case, day: date) -> str:
    """Which of the case's dates the handover is counted from."""
    if service_indeterminate(case) is True:
        names: tuple[str, ...] = ("tariff_expiry_date", "target_hearing_date")
    elif service_parole_date(case) is not None:
        return "parole eligibility date"
    else:
        names = ("conditional_release_date", "automatic_release_date")
    name = next((name for name in names if case.day(name) == day), names[0])
    return case.edition.fields[name].label


def assess_pom_type(case: Case) -> Part:
    """The recommended type of prison offender manager (S5)."""
    if _out_of_scope(case):
        return Part("not_applicable", {"value": None, "role": None, "case_support": None})
    ranking = rank(case, case.edition.pom_types)
    winner = ranking.winner
    wanted = winner.outcome(case.edition.id)["pom_type"] if winner else None
    rivals = [rule for rule in ranking.open_rules if rule.outcome(case.edition.id)["pom_type"] != wanted]
    holder = case.value("responsible_om")
    role = "responsible" if holder == "POM" else "supporting" if holder == "COM" else None
    still = NOTHING.union(*(rule.condition.open_facts(case) for rule in rivals))
    if still or winner is None:
        return Part("needs_facts", {"value": None, "role": role, "case_support": None}, (), still)
    data = {"value": str(wanted), "role": role, "case_support": None}
    return Part("decided", data, (reason(case, winner),))


def assess_service_level(case: Case) -> Part:
    """The service does not decide the level of service; the answer says so."""
    rule = case.edition.by_id["SVC-SCOPE-01"]
    words = case.edition.wording["service_no_service_level"]
    data: dict[str, Any] = {"additional_tasks_exempt": None, "items": []}
    return Part("not_applicable", data, (Reason(rule.id, words, rule.citation),))


def assess_early_allocation(case: Case) -> Part:
    """The criteria of the service, the window, and whether early allocation is in effect (S4)."""
    if _out_of_scope(case):
        return Part("not_applicable", {"outcome": "unknown", "criteria": [], "steps": []})
    rules = _rows(case, "early_allocation")
    criteria = [{"id": r.id, "met": r.condition.truth(case), "title": r.plain} for r in rules]
    kind = case.value("service_early_allocation_type")
    in_effect = case.value("early_allocation_in_effect")
    window = case.value("service_window")
    outcome = "unknown" if isinstance(kind, Open) else "not_met" if kind == "no" else str(kind)
    data = {
        "outcome": outcome,
        "criteria": criteria,
        "steps": list(_steps(case)),
        "in_effect": None if isinstance(in_effect, Open) else in_effect,
        "in_window": None if isinstance(window, Open) else window,
    }
    reasons = [reason(case, rule) for rule in rules if rule.condition.truth(case) is True]
    reasons += [*_oasys_reason(case), *_window_reason(case, window)]
    still = kind.facts if isinstance(kind, Open) else NOTHING
    status = "needs_facts" if still else "discretion" if outcome == "discretionary" else "decided"
    return Part(status, data, tuple(reasons), still)


def _steps(case: Case) -> tuple[Task, ...]:
    held = [rule for rule in _rows(case, "early_allocation_step") if rule.condition.truth(case) is True]
    return in_order(task for rule in held if (task := make_task(case, rule)) is not None)


def _oasys_reason(case: Case) -> list[Reason]:
    rule = case.edition.by_id["SVC-EA-20"]
    last = case.day("last_oasys_date")
    if last is None:
        return [Reason(rule.id, rule.plain, rule.citation)]
    recent = add_months(case.today, -OASYS_MONTHS) < last < case.today
    words = "is recent enough" if recent else "is not: a new OASys is needed before an assessment"
    return [Reason(rule.id, f"{rule.plain} The last OASys, {written(last)}, {words}.", rule.citation)]


def _window_reason(case: Case, window: Value) -> list[Reason]:
    day = case.day("service_earliest_date")
    if isinstance(window, Open) or day is None:
        return []
    rule = case.edition.by_id["SVC-EA-21"]
    opens = shift(day, Offset.of({"months": WINDOW_MONTHS}), "before")
    where = "inside" if window else "outside"
    words = (
        f"The case is {where} the early allocation window: the earliest of the tariff, parole and release "
        f"dates is {written(day)}, and {written(day)} - {WINDOW_MONTHS} months = {written(opens)}."
    )
    return [Reason(rule.id, words, rule.citation)]
