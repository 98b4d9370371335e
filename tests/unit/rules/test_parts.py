"""Handover, type of POM, service level and early allocation."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.rules import RuleBook

NPS: dict[str, Any] = {
    "sentence_type": "determinate",
    "provider": "NPS",
    "sentence_date": "2025-01-03",
    "conditional_release_date": "2029-01-03",
    "care_experienced": False,
}
CRC = {**NPS, "provider": "CRC"}
SHORT = {**NPS, "conditional_release_date": "2025-09-01"}
LIFE = {
    "sentence_type": "life",
    "provider": "NPS",
    "sentence_date": "2020-01-06",
    "tariff_expiry_date": "2030-06-30",
}
PAROLE = {
    "sentence_type": "determinate_parole",
    "provider": "NPS",
    "sentence_date": "2024-01-08",
    "first_parole_eligibility_date": "2028-01-08",
}
RECALL = {"recall_type": "standard", "recall_return_date": "2029-03-01"}
NO_CRITERION: dict[str, Any] = {
    "ea_terrorism_offence": False,
    "ea_separation_centre": False,
    "ea_cppc_in_principle": False,
    "ea_nca_scpo": False,
    "ea_high_profile": False,
    "ea_needs_mappa3": False,
    "ea_maesm_managed": False,
    "ea_mappa2_exceptional": False,
    "rosh": "high",
}
START = date(2025, 2, 3)


@pytest.mark.parametrize(
    ("facts", "edition", "day", "kind"),
    [
        (NPS, "2022", "2028-05-19", "meeting"),
        (NPS, "2019", "2028-05-03", "meeting"),
        (CRC, "2022", "2028-10-03", "report"),
        (CRC, "2019", "2028-10-11", "report"),
        ({**CRC, "care_experienced": True}, "2019", "2028-10-11", "meeting"),
        (LIFE, "2022", "2029-10-30", "meeting"),
        (PAROLE, "2022", "2027-05-08", "meeting"),
        (SHORT, "2022", None, "none"),
        ({**NPS, **RECALL}, "2022", None, "none"),
        ({**NPS, "early_allocation_agreed": True}, "2022", "2027-10-03", "meeting"),
        ({**NPS, "early_allocation_agreed": True}, "2019", "2027-10-03", "meeting"),
        ({**NPS, "ea_high_profile": True}, "2022", "2027-10-03", "meeting"),
        ({**NPS, "ea_high_profile": True}, "2019", "2028-05-03", "meeting"),
        ({**NPS, "conditional_release_date": "2028-08-31"}, "2022", "2028-01-16", "meeting"),
        ({**NPS, "conditional_release_date": "2028-10-31"}, "2019", "2028-02-29", "meeting"),
    ],
)
def test_the_handover_date_and_whether_a_meeting_or_a_report(
    book: RuleBook, facts: dict[str, Any], edition: str, day: str | None, kind: str
) -> None:
    handover = book.assess(facts, START, edition).handover
    assert handover["date"] == (date.fromisoformat(day) if day else None)
    assert handover["kind"] == kind
    assert handover.reasons


def test_early_allocation_with_less_than_15_months_has_no_date_and_says_on_agreement(book: RuleBook) -> None:
    facts = {**NPS, "conditional_release_date": "2026-03-03", "early_allocation_agreed": True}
    handover = book.assess(facts, START).handover
    assert handover["date"] is None
    assert "when early allocation is agreed" in handover.reasons[0].because


def test_without_a_provider_the_handover_is_a_question(book: RuleBook) -> None:
    facts = {name: value for name, value in NPS.items() if name != "provider"}
    result = book.assess(facts, START, ask=["handover"])
    assert (result.handover.status, result.handover["date"]) == ("needs_facts", None)
    assert [item["fact"] for item in result.missing] == ["provider"]


@pytest.mark.parametrize(
    ("facts", "as_of", "value", "role", "rule"),
    [
        ({**NPS, "tier": "A"}, "2025-02-03", "probation", "responsible", "PT-01"),
        ({**NPS, "tier": "B"}, "2025-02-03", "probation", "responsible", "PT-02"),
        ({**NPS, "tier": "C"}, "2025-02-03", "prison", "responsible", "PT-03"),
        ({**NPS, "tier": "D"}, "2025-02-03", "prison", "responsible", "PT-04"),
        (
            {**NPS, "tier": "B", "prison_operator": "private"},
            "2025-02-03",
            "probation",
            "responsible",
            "PMP-05",
        ),
        ({**NPS, "tier": "C", "prison_operator": "private"}, "2025-02-03", "prison", "responsible", "PT-03"),
        (SHORT, "2025-02-03", "prison", "supporting", "PT-05"),
        ({**NPS, **RECALL, "current_pom_type": "probation"}, "2029-03-02", "prison", "supporting", "PT-05"),
        (
            {**NPS, "current_pom_type": "probation", "transferred_since_com_responsible": False},
            "2028-06-01",
            "probation",
            "supporting",
            "PT-06",
        ),
        (
            {**NPS, "current_pom_type": "probation", "transferred_since_com_responsible": True},
            "2028-06-01",
            "prison",
            "supporting",
            "PT-07",
        ),
        ({**NPS, "current_pom_type": "prison"}, "2028-06-01", "prison", "supporting", "PT-05"),
    ],
)
def test_the_type_of_pom(
    book: RuleBook, facts: dict[str, Any], as_of: str, value: str, role: str, rule: str
) -> None:
    part = book.assess(facts, date.fromisoformat(as_of)).pom_type
    assert (part.status, part["value"], part["role"]) == ("decided", value, role)
    assert part.reasons[0].rule == rule


def test_the_tier_is_asked_for_only_while_the_pom_is_responsible(book: RuleBook) -> None:
    holding = book.assess(NPS, START, ask=["pom_type"])
    assert [item["fact"] for item in holding.missing] == ["tier"]
    assert not book.assess(SHORT, START, ask=["pom_type"]).missing
    after = book.assess(NPS, date(2028, 6, 1), ask=["pom_type"])
    assert {item["fact"] for item in after.missing} == {
        "current_pom_type",
        "transferred_since_com_responsible",
    }


def test_tier_a_with_a_responsible_pom_shows_the_conflict(book: RuleBook) -> None:
    result = book.assess({**NPS, "tier": "A"}, START)
    assert "C-10" in {conflict["id"] for conflict in result.conflicts}
    assert "very rare" in result.pom_type.reasons[0].because


LOW = {**CRC, "rosh": "low", "conditional_release_date": "2029-01-03"}


@pytest.mark.parametrize(
    ("facts", "status", "exempt"),
    [
        (LOW, "decided", True),  # exactly 48 months
        ({**LOW, "conditional_release_date": "2029-01-04"}, "decided", False),
        ({**LOW, "rosh": "medium"}, "decided", False),
        ({**LOW, "care_experienced": True}, "decided", False),
        ({**LOW, "provider": "NPS"}, "undefined", None),
        ({**LOW, "estate": "women"}, "decided", False),
        ({**LOW, "estate": "male_open"}, "decided", False),
        ({**LOW, "conditional_release_date": "2025-11-02"}, "decided", True),
        ({**LOW, "conditional_release_date": "2025-11-03"}, "undefined", None),
        ({**LOW, "conditional_release_date": "2025-11-02", "care_experienced": True}, "undefined", None),
        ({**LOW, **RECALL, "recall_type": "fixed_term_28"}, "discretion", None),
        (LIFE, "decided", False),
    ],
)
def test_the_exception_from_the_additional_tasks(
    book: RuleBook, facts: dict[str, Any], status: str, exempt: bool | None
) -> None:
    part = book.assess(facts, START).service_level
    assert (part.status, part["additional_tasks_exempt"]) == (status, exempt)
    assert part.reasons


def test_risk_is_asked_for_only_where_the_exception_turns_on_it(book: RuleBook) -> None:
    asked = {item["fact"] for item in book.assess(CRC, START, ask=["service_level"]).missing}
    assert asked == {"rosh"}
    longer = {**CRC, "conditional_release_date": "2030-01-03"}
    assert not book.assess(longer, START, ask=["service_level"]).missing


def test_under_ten_months_is_excepted_unless_care_experience_makes_it_unclear(book: RuleBook) -> None:
    facts = {name: value for name, value in SHORT.items() if name != "care_experienced"}
    result = book.assess(facts, START, ask=["service_level"])
    assert (result.service_level.status, result.service_level["additional_tasks_exempt"]) == (
        "needs_facts",
        True,
    )
    assert [item["fact"] for item in result.missing] == ["care_experienced"]


AUTOMATIC = {
    "ea_terrorism_offence": "EA-01",
    "ea_cppc_in_principle": "EA-03",
    "ea_nca_scpo": "EA-04",
    "ea_high_profile": "EA-05",
    "ea_needs_mappa3": "EA-06",
}


@pytest.mark.parametrize(("fact", "rule"), AUTOMATIC.items())
def test_one_automatic_criterion_is_enough_whatever_else_is_known(
    book: RuleBook, fact: str, rule: str
) -> None:
    for facts in ({fact: True}, {**NPS, **NO_CRITERION, fact: True}):
        result = book.assess(facts, START, ask=["early_allocation"])
        assert (result.early_allocation.status, result.early_allocation["outcome"]) == (
            "decided",
            "automatic",
        )
        assert result.early_allocation.reasons[0].rule == rule
        assert not result.missing
        assert {c["id"] for c in result.early_allocation["criteria"] if c["met"]} == {rule}


def test_a_mappa_level_of_3_already_set_meets_the_criterion(book: RuleBook) -> None:
    result = book.assess({**NPS, "mappa_level": 3}, START, ask=["early_allocation"])
    assert result.early_allocation["outcome"] == "automatic"
    assert not {item["fact"] for item in result.assumed if item["fact"].startswith("ea_")}
    denied = book.assess({**NPS, **NO_CRITERION, "mappa_level": 3}, START)
    assert denied.early_allocation["outcome"] == "not_met"


def test_the_separation_centre_counts_only_within_24_months_of_release(book: RuleBook) -> None:
    facts = {**NPS, **NO_CRITERION, "ea_separation_centre": True}
    assert book.assess(facts, date(2027, 1, 2)).early_allocation["outcome"] == "not_met"
    assert book.assess(facts, date(2027, 1, 3)).early_allocation["outcome"] == "automatic"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"ea_maesm_managed": True}, "EA-07"),
        ({"rosh": "very_high"}, "EA-08"),
        ({"ea_mappa2_exceptional": True}, "EA-09"),
    ],
)
def test_a_discretionary_criterion_is_for_the_gatekeeper(
    book: RuleBook, change: dict[str, Any], rule: str
) -> None:
    part = book.assess({**NPS, **NO_CRITERION, **change}, START).early_allocation
    assert (part.status, part["outcome"]) == ("discretion", "discretionary")
    assert [reason.rule for reason in part.reasons][:3] == [rule, "EA-10", "EA-11"]


def test_very_high_risk_alone_may_still_turn_out_automatic(book: RuleBook) -> None:
    result = book.assess({**NPS, "rosh": "very_high"}, START, ask=["early_allocation"])
    assert (result.early_allocation.status, result.early_allocation["outcome"]) == (
        "needs_facts",
        "discretionary",
    )
    assert {item["fact"] for item in result.missing} == {*AUTOMATIC}


def test_no_is_said_only_when_all_nine_are_known(book: RuleBook) -> None:
    part = book.assess({**NPS, **NO_CRITERION}, START).early_allocation
    assert (part.status, part["outcome"]) == ("decided", "not_met")
    unknown = {k: v for k, v in NO_CRITERION.items() if k != "ea_maesm_managed"}
    result = book.assess({**NPS, **unknown}, START, ask=["early_allocation"])
    assert result.early_allocation["outcome"] == "unknown"
    assert [item["fact"] for item in result.missing] == ["ea_maesm_managed"]


def steps(book: RuleBook, facts: dict[str, Any], as_of: date = START) -> dict[str, str | None]:
    return {
        step.id: step.due.isoformat() if step.due else None
        for step in book.assess(facts, as_of).early_allocation["steps"]
    }


def test_the_steps_are_dated_as_they_would_run_agreed_or_not(book: RuleBook) -> None:
    expected = {
        "EA-12": "2025-03-14",
        "EA-33": "2027-07-03",
        "EA-14": "2027-07-03",
        "EA-15": "2027-07-03",
        "EA-17": "2027-10-03",
        "EA-19": "2028-01-03",
        "EA-20": "2028-01-03",
    }
    assert steps(book, {**NPS, "ea_terrorism_offence": True}) == expected
    assert steps(book, {**NPS, "ea_terrorism_offence": True, "early_allocation_agreed": True}) == expected


def test_with_less_time_left_no_step_is_dated_before_the_sentence(book: RuleBook) -> None:
    seventeen = steps(book, {**NPS, "conditional_release_date": "2026-06-03", "ea_nca_scpo": True})
    assert {"EA-31", "EA-17", "EA-19"} <= set(seventeen)
    assert "EA-14" not in seventeen
    thirteen = steps(book, {**NPS, "conditional_release_date": "2026-02-03", "ea_nca_scpo": True})
    assert thirteen["EA-32"] is None
    assert thirteen["EA-31"] == "2025-03-14"
    assert "EA-17" not in thirteen
    assert all(day is None or day >= "2025-01-03" for day in [*seventeen.values(), *thirteen.values()])


def test_what_is_not_stated_for_an_indeterminate_case_is_said(book: RuleBook) -> None:
    part = book.assess({**LIFE, "ea_terrorism_offence": True}, date(2026, 1, 5)).early_allocation
    assert part["outcome"] == "automatic"
    assert any("does not say what to count from" in reason.because for reason in part.reasons)


def test_an_answer_that_takes_early_allocation_as_not_agreed_says_what_agreement_would_change(
    book: RuleBook,
) -> None:
    answer = book.assess({**NPS, "ea_terrorism_offence": True}, START).responsibility
    assert any("3 October 2027" in reason.because for reason in answer.reasons if reason.rule == "EA-17")
