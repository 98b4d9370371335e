"""Facts that are worked out from the facts given. Each function takes the case and gives the value, or
what is open.

Definitions: the derived fields of the catalogue's fields.yaml. The documents behind them are named at
each function.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from actions.rules.case import Case
from actions.rules.dates import Offset, shift
from actions.rules.facts import INDETERMINATE
from actions.rules.logic import NOTHING, plain_date
from actions.rules.values import UNCLEAR, AtLeast, Duration, Open, Value

RECALLS = ("fixed_term_14", "fixed_term_28", "standard")
EIGHT_MONTHS = Offset.of({"months": 8})
FIFTEEN_MONTHS = Offset.of({"months": 15})
AUTOMATIC = ("EA-01", "EA-02", "EA-03", "EA-04", "EA-05", "EA-06")
DISCRETIONARY = ("EA-07", "EA-08", "EA-09")


def release_date(case: Case) -> Value:
    """The conditional release date, else the automatic release date (the documents' "ACR date", "release").

    An indeterminate sentence has no release date until release is directed.
    """
    conditional = case.value("conditional_release_date")
    if isinstance(conditional, date):
        return conditional
    kind = case.value("sentence_type")
    if kind in INDETERMINATE:
        automatic = case.known("automatic_release_date")
        if automatic is not None:
            return automatic  # type: ignore[no-any-return]
        if conditional is None or case.known("release_directed") is not True:
            return None
        return Open(frozenset({"conditional_release_date"}))
    if isinstance(conditional, Open):
        if isinstance(kind, Open) and case.day("tariff_expiry_date"):
            return Open(kind.facts)
        return conditional
    return case.value("automatic_release_date")


def _duration(case: Case, start: str, end: str, weeks: bool = False) -> Value:
    first, last = case.value(start), case.value(end)
    if first is None or last is None:
        return None
    if isinstance(first, Open) or isinstance(last, Open):
        still = case.open_facts(start) | case.open_facts(end)
        if start == "sentence_date" and isinstance(last, date) and case.value("legal_status") == "sentenced":
            # a sentenced person was sentenced on or before today, so at least the time from today was left
            return AtLeast(still, Duration(case.as_of, plain_date(last), weeks))
        return Open(still)
    assert isinstance(first, date)
    assert isinstance(last, date)
    return Duration(plain_date(first), plain_date(last), weeks)


def time_left_at_sentence_months(case: Case) -> Value:
    """From the sentence date to the release date, in months (the measuring point is not defined:
    conflict C-12).
    """
    return _duration(case, "sentence_date", "release_date")


def time_left_at_sentence_weeks(case: Case) -> Value:
    """From the sentence date to the release date, in weeks."""
    return _duration(case, "sentence_date", "release_date", weeks=True)


def time_to_sed_months(case: Case) -> Value:
    """From the return to custody to the sentence expiry date (2019 model, Recalled individuals: "left")."""
    return _duration(case, "recall_return_date", "sentence_expiry_date")


def months_between_parole_reviews(case: Case) -> Value:
    """From the last parole review to the next."""
    return _duration(case, "last_parole_review_date", "next_parole_eligibility_date")


def age_years(case: Case) -> Value:
    """Age in whole years on the day."""
    born = case.value("date_of_birth")
    if not isinstance(born, date):
        return born if isinstance(born, Open) else None
    return relativedelta(case.today, born).years


def _early_allocation_agreed(case: Case) -> bool:
    return case.value("early_allocation_agreed") is True


def early_allocation_handover(case: Case) -> date | None:
    """15 months before release, the early allocation handover; None when that is before the sentence or
    not known.

    2019 model, Early Allocation Process: with less time left the handover is as soon as it is agreed.
    """
    release, sentence = case.day("release_date"), case.day("sentence_date")
    if release is None:
        return None
    point = shift(plain_date(release), FIFTEEN_MONTHS, "before")
    return None if sentence is not None and point < sentence else point


def handover_date(case: Case) -> Value:
    """When a determinate case passes to the community: the deadline of the edition's handover rule.

    Only for a determinate sentence without a recall; none when the community was responsible from the start.
    Early allocation brings it to 15 months before release.
    """
    if case.value("recall_type") not in ("none",) and not isinstance(case.value("recall_type"), Open):
        return None
    if case.value("sentence_type") not in ("determinate",) and not isinstance(
        case.value("sentence_type"), Open
    ):
        return None
    if _early_allocation_agreed(case):
        early = early_allocation_handover(case)
        if early is not None:
            return early
    still: frozenset[str] = NOTHING
    unclear = False
    for rule in case.edition.handovers:
        truth = rule.condition.truth(case)
        if truth is True:
            anchor = case.value(str(rule.model.deadline.anchor))
            if isinstance(anchor, date):
                return shift(plain_date(anchor), rule.offset, rule.model.deadline.direction)
            return anchor
        if truth is None:
            unclear = True
            still |= rule.condition.open_facts(case)
    return Open(still) if unclear else None


def parole_anchor(case: Case) -> str | Open:
    """The fact that a parole handover is counted back from, or what leaves that open.

    The next parole date only after a review that did not direct release: before eight months from tariff expiry a
    review is about open conditions and leaves the tariff as the point to count from (2019 model, Joint work).
    """
    kind = case.value("sentence_type")
    if isinstance(kind, Open):
        return kind
    if kind == "determinate_parole":
        return "first_parole_eligibility_date"
    tariff = case.value("tariff_expiry_date")
    if isinstance(tariff, Open):
        return tariff
    if isinstance(tariff, date) and case.today < shift(plain_date(tariff), EIGHT_MONTHS, "before"):
        return "tariff_expiry_date"
    decision = case.value("parole_decision")
    recalled = case.value("recall_type") in RECALLS
    if decision == "no_release" or (recalled and case.known("recall_hearing_outcome") == "no_release"):
        return "next_parole_eligibility_date"
    return decision if isinstance(decision, Open) else "tariff_expiry_date"


def parole_handover_date(case: Case) -> Value:
    """Eight months before the tariff expiry, first parole eligibility or next parole date, when the COM
    takes over.

    2019 model, Community Offender Manager Allocation and Joint work.
    """
    if case.value("sentence_type") == "determinate":
        return None
    name = parole_anchor(case)
    if isinstance(name, Open):
        return name
    anchor = case.value(name)
    return shift(plain_date(anchor), EIGHT_MONTHS, "before") if isinstance(anchor, date) else anchor


def community_handover_date(case: Case) -> Value:
    """The handover date of any case: `handover_date`, or for parole cases `parole_handover_date`."""
    kind = case.value("sentence_type")
    if isinstance(kind, Open):
        return kind
    if case.value("recall_type") != "none" and case.known("recall_hearing_outcome") != "no_release":
        recall = case.value("recall_type")
        return recall if isinstance(recall, Open) else None
    if kind == "determinate":
        return handover_date(case)
    if _early_allocation_agreed(case):
        early = early_allocation_handover(case)
        if early is not None:
            return early
    return parole_handover_date(case)


def in_parole_window(case: Case) -> Value:
    """From eight months before the tariff expiry (later: the next parole date) until a no release
    decision or release.

    "Parole window" is not defined in the text; this is the working definition of conflict C-15.
    """
    kind = case.value("sentence_type")
    if kind not in INDETERMINATE:
        return Open(case.open_facts("sentence_type")) if isinstance(kind, Open) else False
    decision = case.value("parole_decision")
    tariff, following = case.value("tariff_expiry_date"), case.value("next_parole_eligibility_date")
    opens_next = shift(plain_date(following), EIGHT_MONTHS, "before") if isinstance(following, date) else None
    if opens_next is not None and case.today >= opens_next:
        return True
    if decision == "no_release" or (
        case.value("recall_type") in RECALLS and case.known("recall_hearing_outcome") == "no_release"
    ):
        done = case.value("com_post_decision_oasys_review_done")
        return done if isinstance(done, Open) else done is False
    if decision in ("adjourned", "deferred", "release"):
        return True
    if isinstance(tariff, Open):
        return tariff
    if tariff is None:
        return Open(case.open_facts("next_parole_eligibility_date")) if isinstance(following, Open) else False
    assert isinstance(tariff, date)
    if case.today < shift(plain_date(tariff), EIGHT_MONTHS, "before"):
        return False
    if isinstance(decision, Open):
        return decision
    last = case.value("last_parole_review_date")
    if opens_next is None or last is None:
        return True  # the first review: none before it, or no later one listed
    if isinstance(last, Open):
        return last if case.today >= plain_date(tariff) else True
    assert isinstance(last, date)
    return last < shift(plain_date(tariff), EIGHT_MONTHS, "before")


def responsible_om(case: Case) -> Value:
    """POM, COM or RO_CRC: the outcome of the responsibility rules; unclear where a person decides."""
    from actions.rules.responsibility import decide

    answer = decide(case)
    if answer.status == "decided":
        return answer.responsible
    if answer.status == "needs_facts":
        return Open(answer.open_facts)
    return UNCLEAR if answer.status == "discretion" else None


def com_responsible(case: Case) -> Value:
    """Whether the community is responsible."""
    holder = case.value("responsible_om")
    return holder if isinstance(holder, Open) else holder in ("COM", "RO_CRC")


def com_responsible_date(case: Case) -> Value:
    """The date on which the community became responsible, by the rule that decided it."""
    from actions.rules.responsibility import decide

    holder = case.value("com_responsible")
    if holder is not True:
        return holder if isinstance(holder, Open) else None
    decision = decide(case)
    winner = decision.winner.id if decision.winner is not None and not decision.branches else ""
    if winner in ("RESP-06", "RESP-10"):
        return case.value("sentence_date")
    if winner in ("RESP-11", "RESP-12"):
        returned = case.value("recall_return_date")
        return plain_date(returned) if isinstance(returned, datetime) else returned
    if winner == "RESP-27":
        early = early_allocation_handover(case)
        return early if early is not None else UNCLEAR
    parole = ("RESP-16", "RESP-18", "RESP-21", "RESP-25", "RESP-26")
    if winner in parole or case.value("sentence_type") == "determinate_parole":
        return parole_handover_date(case)
    if winner in ("RESP-04", "RESP-05", "RESP-08", "RESP-09"):
        return handover_date(case)
    return UNCLEAR


def kept_probation_pom_from_before_handover(case: Case) -> Value:
    """Whether the continuity exception applies (2019 model, HMPPS tiering model: rule PT-06)."""
    return _as_value(case, "PT-06")


def programme_eligible(case: Case) -> Value:
    """Whether the person is eligible for an offending behaviour programme (rule TASK-14)."""
    return _as_value(case, "TASK-14")


def _as_value(case: Case, rule_id: str) -> Value:
    truth = case.truth(rule_id)
    if truth is None:
        return Open(case.edition.by_id[rule_id].condition.open_facts(case))
    return truth


def handover_meeting_due(case: Case) -> Value:
    """Whether the case gets a handover meeting of any kind."""
    still: frozenset[str] = NOTHING
    seen_open = False
    for rule_id in ("HAND-07", "HAND-08", "HAND-21", "PAR-11", "PAR-21"):
        truth = case.truth(rule_id)
        if truth is True:
            return True
        if truth is None:
            seen_open = True
            still |= case.edition.by_id[rule_id].condition.open_facts(case)
    return Open(still) if seen_open else False


def early_allocation_type(case: Case) -> Value:
    """automatic, discretionary or no; open while an unknown criterion could still change it."""
    automatic = [case.truth(rule_id) for rule_id in AUTOMATIC]
    if True in automatic:
        return "automatic"
    discretionary = [case.truth(rule_id) for rule_id in DISCRETIONARY]
    if True in discretionary:
        return "discretionary"
    if None in automatic or None in discretionary:
        rules = [case.edition.by_id[i] for i in (*AUTOMATIC, *DISCRETIONARY) if i in case.edition.by_id]
        return Open(NOTHING.union(*(rule.condition.open_facts(case) for rule in rules)))
    return "no"


def ea_needs_mappa3(case: Case) -> Value:
    """Whether the person needs MAPPA level 3, where that is not given: yes once level 3 has been set."""
    return True if case.known("mappa_level") == 3 else Open(frozenset({"ea_needs_mappa3"}))


def phase(case: Case) -> Value:
    """The phase of the journey (2019 model, An individual's journey through case management).

    The documents give no number for the start of each phase. Reception runs to the first OASys (10 weeks
    after sentence, 16 for an indeterminate sentence); resettlement starts when the community takes over;
    parole is the parole window of an indeterminate case.
    """
    status = case.value("legal_status")
    if isinstance(status, Open):
        return status
    if status != "sentenced":
        return "remand"
    recall = case.value("recall_type")
    if isinstance(recall, Open):
        return recall
    if recall != "none":
        return "recall"
    kind = case.value("sentence_type")
    if isinstance(kind, Open):
        return kind
    if kind in INDETERMINATE or kind == "determinate_parole":
        start = parole_handover_date(case)
        later = "parole" if kind in INDETERMINATE else "resettlement"
    else:
        start, later = handover_date(case), "resettlement"
    released = case.day("release_date")
    sentence = case.value("sentence_date")
    if isinstance(start, date) and case.today >= start:
        return later
    if isinstance(sentence, date):
        weeks = Offset.of({"weeks": 16 if kind in INDETERMINATE else 10})
        began = max([sentence, *[day for day in [case.day("reception_date")] if day]])
        if case.today <= shift(plain_date(began), weeks, "after"):
            return "reception"
    if isinstance(start, Open) or isinstance(sentence, Open):
        return Open(case.open_facts("sentence_date") | (start.facts if isinstance(start, Open) else NOTHING))
    if start is None and released is not None:
        return "resettlement"  # the community was responsible from the start
    return "main"


DERIVATIONS: dict[str, Callable[[Case], Value]] = {
    function.__name__: function
    for function in (
        release_date,
        time_left_at_sentence_months,
        time_left_at_sentence_weeks,
        time_to_sed_months,
        months_between_parole_reviews,
        age_years,
        handover_date,
        community_handover_date,
        in_parole_window,
        responsible_om,
        com_responsible,
        com_responsible_date,
        kept_probation_pom_from_before_handover,
        programme_eligible,
        handover_meeting_due,
        early_allocation_type,
        phase,
    )
}

# Facts that may be given, and follow from others in the editions of the guidance when they are not
GUIDANCE_DERIVATIONS: dict[str, Callable[[Case], Value]] = {"ea_needs_mappa3": ea_needs_mappa3}
