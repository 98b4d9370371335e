"""Who is responsible: every rule, at its edges, with the change ahead."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.rules import RuleBook

NPS: dict[str, Any] = {"sentence_type": "determinate", "provider": "NPS"}
CRC: dict[str, Any] = {"sentence_type": "determinate", "provider": "CRC"}
LONG = {"sentence_date": "2025-01-03", "conditional_release_date": "2028-05-03"}
LIFE: dict[str, Any] = {
    "sentence_type": "life",
    "provider": "NPS",
    "sentence_date": "2020-01-06",
    "tariff_expiry_date": "2030-06-30",
}
REFUSED = {
    **LIFE,
    "parole_decision": "no_release",
    "last_parole_review_date": "2030-07-10",
    "next_parole_eligibility_date": "2032-06-01",
    "mappa_active_level": 1,
    "com_post_decision_oasys_review_done": True,
}
RECALLED_LIFE = {
    **LIFE,
    "tariff_expiry_date": "2018-06-30",
    "sentence_date": "2008-01-07",
    "recall_type": "standard",
    "recall_return_date": "2026-03-27",
}
PAROLE: dict[str, Any] = {
    "sentence_type": "determinate_parole",
    "provider": "NPS",
    "sentence_date": "2024-01-08",
    "first_parole_eligibility_date": "2028-01-08",
}
BOTH = ("2019", "2022")

# (what it shows, facts, as of, editions, rule that decides, who, changes on, changes to)
ROWS: list[tuple[str, dict[str, Any], str, tuple[str, ...], str, str, str | None, str | None]] = [
    (
        "NPS over 10 months: POM to 7.5 months",
        {**NPS, **LONG},
        "2025-02-01",
        ("2022",),
        "RESP-03",
        "POM",
        "2027-09-18",
        "COM",
    ),
    (
        "NPS over 10 months: POM to 8 months",
        {**NPS, **LONG},
        "2025-02-01",
        ("2019",),
        "RESP-03",
        "POM",
        "2027-09-03",
        "COM",
    ),
    (
        "NPS the day before handover",
        {**NPS, **LONG},
        "2027-09-17",
        ("2022",),
        "RESP-03",
        "POM",
        "2027-09-18",
        "COM",
    ),
    ("NPS on the day of handover", {**NPS, **LONG}, "2027-09-18", ("2022",), "RESP-05", "COM", None, None),
    (
        "NPS between the two dates: 2019 has handed over",
        {**NPS, **LONG},
        "2027-09-10",
        ("2019",),
        "RESP-04",
        "COM",
        None,
        None,
    ),
    (
        "NPS between the two dates: 2022 has not",
        {**NPS, **LONG},
        "2027-09-10",
        ("2022",),
        "RESP-03",
        "POM",
        "2027-09-18",
        "COM",
    ),
    (
        "NPS one day over 10 months",
        {**NPS, "sentence_date": "2025-04-30", "conditional_release_date": "2026-03-01"},
        "2025-05-01",
        ("2022",),
        "RESP-03",
        "POM",
        "2025-07-17",
        "COM",
    ),
    (
        "NPS one day under 10 months",
        {**NPS, "sentence_date": "2025-05-01", "conditional_release_date": "2026-02-28"},
        "2025-05-01",
        BOTH,
        "RESP-06",
        "COM",
        None,
        None,
    ),
    (
        "NPS by the automatic release date",
        {**NPS, "sentence_date": "2025-01-03", "automatic_release_date": "2028-05-03"},
        "2025-02-01",
        ("2022",),
        "RESP-03",
        "POM",
        "2027-09-18",
        "COM",
    ),
    (
        "CRC over 12 weeks: POM to three months",
        {**CRC, **LONG},
        "2025-02-01",
        ("2022",),
        "RESP-07",
        "POM",
        "2028-02-03",
        "COM",
    ),
    (
        "CRC over 12 weeks: POM to 12 weeks",
        {**CRC, **LONG},
        "2025-02-01",
        ("2019",),
        "RESP-07",
        "POM",
        "2028-02-09",
        "RO_CRC",
    ),
    ("CRC after 12 weeks before", {**CRC, **LONG}, "2028-02-09", ("2019",), "RESP-08", "RO_CRC", None, None),
    (
        "CRC after three months before",
        {**CRC, **LONG},
        "2028-02-03",
        ("2022",),
        "RESP-09",
        "COM",
        None,
        None,
    ),
    (
        "CRC exactly 12 weeks at sentence",
        {**CRC, "sentence_date": "2025-05-01", "conditional_release_date": "2025-07-24"},
        "2025-05-01",
        ("2019",),
        "RESP-08",
        "RO_CRC",
        None,
        None,
    ),
    (
        "CRC a day under 12 weeks, 2019",
        {**CRC, "sentence_date": "2025-05-01", "conditional_release_date": "2025-07-23"},
        "2025-05-01",
        ("2019",),
        "RESP-10",
        "RO_CRC",
        None,
        None,
    ),
    (
        "CRC a day under 12 weeks, 2022",
        {**CRC, "sentence_date": "2025-05-01", "conditional_release_date": "2025-07-23"},
        "2025-05-01",
        ("2022",),
        "RESP-10",
        "COM",
        None,
        None,
    ),
    (
        "CRC 8 months left: POM first",
        {**CRC, "sentence_date": "2025-05-01", "conditional_release_date": "2026-01-05"},
        "2025-05-06",
        ("2019",),
        "RESP-07",
        "POM",
        "2025-10-13",
        "RO_CRC",
    ),
    (
        "determinate fixed-term recall",
        {**NPS, **LONG, "recall_type": "fixed_term_14"},
        "2028-06-01",
        BOTH,
        "RESP-11",
        "COM",
        None,
        None,
    ),
    (
        "determinate standard recall",
        {**NPS, **LONG, "recall_type": "standard"},
        "2028-06-01",
        BOTH,
        "RESP-11",
        "COM",
        None,
        None,
    ),
    (
        "determinate parole recall",
        {**PAROLE, "recall_type": "standard"},
        "2029-06-01",
        BOTH,
        "RESP-11",
        "COM",
        None,
        None,
    ),
    (
        "life recall, hearing pending",
        {**RECALLED_LIFE, "recall_hearing_outcome": "pending"},
        "2026-04-01",
        BOTH,
        "RESP-12",
        "COM",
        None,
        None,
    ),
    (
        "life recall, release directed",
        {**RECALLED_LIFE, "recall_hearing_outcome": "release"},
        "2026-08-01",
        BOTH,
        "RESP-12",
        "COM",
        None,
        None,
    ),
    (
        "life recall, no release, review done",
        {
            **RECALLED_LIFE,
            "recall_hearing_outcome": "no_release",
            "com_post_decision_oasys_review_done": True,
            "mappa_active_level": "none",
            "last_parole_review_date": "2026-07-01",
            "next_parole_eligibility_date": "2028-06-01",
        },
        "2026-08-01",
        BOTH,
        "RESP-13",
        "POM",
        "2027-10-01",
        "COM",
    ),
    (
        "life recall, no release, MAPPA 3",
        {**RECALLED_LIFE, "recall_hearing_outcome": "no_release", "mappa_active_level": 3},
        "2026-08-01",
        BOTH,
        "RESP-20",
        "COM",
        None,
        None,
    ),
    ("life pre-tariff", LIFE, "2026-01-05", BOTH, "RESP-15", "POM", "2029-10-30", "COM"),
    (
        "IPP pre-tariff",
        {**LIFE, "sentence_type": "ipp"},
        "2026-01-05",
        BOTH,
        "RESP-15",
        "POM",
        "2029-10-30",
        "COM",
    ),
    (
        "life in open conditions",
        {**LIFE, "in_open_conditions": True},
        "2028-01-05",
        BOTH,
        "RESP-17",
        "POM",
        "2029-10-30",
        "COM",
    ),
    (
        "woman suitable for open conditions",
        {**LIFE, "estate": "women", "suitable_for_open_conditions": True},
        "2028-01-05",
        BOTH,
        "RESP-17",
        "POM",
        "2029-10-30",
        "COM",
    ),
    ("life 8 months before tariff", LIFE, "2029-10-30", BOTH, "RESP-18", "COM", None, None),
    (
        "life after no release, handed back",
        REFUSED,
        "2030-12-01",
        BOTH,
        "RESP-19",
        "POM",
        "2031-10-01",
        "COM",
    ),
    (
        "life after no release, MAPPA 2",
        {**REFUSED, "mappa_active_level": 2},
        "2030-12-01",
        BOTH,
        "RESP-20",
        "COM",
        None,
        None,
    ),
    (
        "life after no release, review outstanding",
        {**REFUSED, "com_post_decision_oasys_review_done": False},
        "2030-12-01",
        BOTH,
        "RESP-20",
        "COM",
        None,
        None,
    ),
    ("life 8 months before the next review", REFUSED, "2031-10-01", BOTH, "RESP-21", "COM", None, None),
    (
        "life review adjourned",
        {**LIFE, "parole_decision": "adjourned"},
        "2030-12-01",
        BOTH,
        "RESP-23",
        "COM",
        None,
        None,
    ),
    (
        "life review deferred",
        {**LIFE, "parole_decision": "deferred"},
        "2030-12-01",
        BOTH,
        "RESP-23",
        "COM",
        None,
        None,
    ),
    (
        "life pre-tariff review adjourned stays with the POM",
        {**LIFE, "parole_decision": "adjourned"},
        "2028-01-05",
        BOTH,
        "RESP-15",
        "POM",
        "2029-10-30",
        "COM",
    ),
    (
        "determinate parole before 8 months",
        PAROLE,
        "2026-01-05",
        BOTH,
        "RESP-24",
        "POM",
        "2027-05-08",
        "COM",
    ),
    ("determinate parole from 8 months", PAROLE, "2027-05-08", BOTH, "RESP-25", "COM", None, None),
    (
        "determinate parole after no release",
        {**PAROLE, "parole_decision": "no_release"},
        "2028-03-01",
        BOTH,
        "RESP-26",
        "COM",
        None,
        None,
    ),
    (
        "early allocation agreed, before 15 months",
        {**NPS, **LONG, "early_allocation_agreed": True},
        "2027-02-02",
        BOTH,
        "RESP-03",
        "POM",
        "2027-02-03",
        "COM",
    ),
    (
        "early allocation agreed, from 15 months",
        {**NPS, **LONG, "early_allocation_agreed": True},
        "2027-02-03",
        BOTH,
        "RESP-27",
        "COM",
        None,
        None,
    ),
]


@pytest.mark.parametrize(
    ("facts", "as_of", "edition", "rule", "who", "on", "to"),
    [
        pytest.param(facts, as_of, edition, rule, who, on, to, id=f"{title} ({edition})")
        for title, facts, as_of, editions, rule, who, on, to in ROWS
        for edition in editions
    ],
)
def test_who_is_responsible_and_what_changes_next(
    book: RuleBook,
    facts: dict[str, Any],
    as_of: str,
    edition: str,
    rule: str,
    who: str,
    on: str | None,
    to: str | None,
) -> None:
    answer = book.assess(facts, date.fromisoformat(as_of), edition).responsibility
    assert answer.status == "decided"
    assert answer.reasons[0].rule == rule
    assert answer.responsible == who
    assert (answer.changes_on.isoformat() if answer.changes_on else None) == on
    assert answer.changes_to == to


def test_every_responsibility_rule_decides_some_row(book: RuleBook) -> None:
    decided = {rule for *_, rule, _, _, _ in ROWS} | {"RESP-16", "RESP-22", "RESP-44"}
    for edition in BOTH:
        for rule in book.edition(edition).responsibility:
            assert rule.id in decided, rule.id


def test_the_tariff_rule_is_among_the_reasons_in_the_parole_window(book: RuleBook) -> None:
    reasons = book.assess(LIFE, date(2029, 10, 30)).responsibility.reasons
    assert "8 months before their tariff expiry date and become responsible" in {
        reason.citation.quote.removeprefix("- ") for reason in reasons
    }


@pytest.mark.parametrize("edition", BOTH)
def test_exactly_ten_months_is_undefined_and_both_texts_are_shown(book: RuleBook, edition: str) -> None:
    facts = {**NPS, "sentence_date": "2025-04-30", "conditional_release_date": "2026-02-28"}
    result = book.assess(facts, date(2025, 6, 2), edition)
    assert result.responsibility.status == "undefined"
    assert result.responsibility.responsible is None
    assert [reason.rule for reason in result.responsibility.reasons] == ["RESP-06", "RESP-03"]
    assert "C-12" in {conflict["id"] for conflict in result.conflicts}


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"legal_status": "remand"}, "REM-07"),
        ({"legal_status": "convicted_unsentenced"}, "REM-07"),
        ({"legal_status": "civil"}, "REM-05"),
        ({**LIFE, "tariff_expiry_date": None, "next_parole_eligibility_date": None}, "RESP-15"),
        ({**PAROLE, "first_parole_eligibility_date": None}, "RESP-24"),
        ({**NPS, "conditional_release_date": None, "automatic_release_date": None}, "RESP-03"),
    ],
)
def test_where_no_rule_holds_the_answer_says_why(book: RuleBook, facts: dict[str, Any], rule: str) -> None:
    answer = book.assess(facts, date(2026, 1, 5)).responsibility
    assert answer.status == "undefined"
    assert answer.responsible is None
    assert answer.reasons[0].rule == rule


def test_a_next_review_within_12_months_is_for_the_head_of_delivery(book: RuleBook) -> None:
    facts = {**REFUSED, "next_parole_eligibility_date": "2031-07-10"}
    answer = book.assess(facts, date(2030, 9, 1)).responsibility
    assert (answer.status, answer.decided_by, answer.responsible) == ("discretion", "HOMD", None)
    later = book.assess({**facts, "next_parole_eligibility_date": "2031-07-11"}, date(2030, 9, 1))
    assert later.responsibility.responsible == "POM"


def test_early_allocation_without_a_release_date_is_for_the_head_of_delivery(book: RuleBook) -> None:
    facts = {**LIFE, "early_allocation_agreed": True}
    before = book.assess(facts, date(2029, 3, 29)).responsibility
    assert (before.responsible, before.changes_on, before.changes_to) == ("POM", date(2029, 3, 30), "HOMD")
    assert book.assess(facts, date(2029, 3, 30)).responsibility.status == "discretion"
    assert book.assess(facts, date(2029, 10, 30)).responsibility.responsible == "COM"


def test_a_missing_choice_that_cannot_matter_does_not_hold_up_the_answer(book: RuleBook) -> None:
    facts = {"sentence_type": "determinate", **LONG}
    result = book.assess(facts, date(2026, 1, 5), ask=["responsibility"])
    assert (result.responsibility.status, result.responsibility.responsible) == ("decided", "POM")
    assert result.responsibility.changes_on is None
    assert [item["fact"] for item in result.missing] == ["provider"]


def test_a_sentence_date_is_not_needed_when_over_ten_months_are_still_left(book: RuleBook) -> None:
    facts = {**NPS, "conditional_release_date": "2028-05-03"}
    answer = book.assess(facts, date(2026, 1, 5)).responsibility
    assert (answer.status, answer.responsible, answer.changes_on) == ("decided", "POM", date(2027, 9, 18))
    close = book.assess(facts, date(2027, 12, 1), ask=["responsibility"])
    assert close.responsibility.status == "needs_facts"
    assert "sentence_date" in {item["fact"] for item in close.missing}


def test_strictly_evaluated_an_answer_is_conditional_and_names_what_would_turn_it(book: RuleBook) -> None:
    facts = {**NPS, **LONG, "legal_status": "sentenced", "recall_type": "none", "parole_decision": "none"}
    result = book.assess(facts, date(2027, 3, 1), ask=["responsibility"], presume=False)
    assert (result.responsibility.status, result.responsibility.responsible) == ("needs_facts", "POM")
    assert (
        "unless one of these changes it: early allocation agreed" in result.responsibility.reasons[0].because
    )
    assert [item["fact"] for item in result.missing] == ["early_allocation_agreed"]


def test_the_reason_shows_the_facts_and_the_sum(book: RuleBook) -> None:
    because = book.assess({**NPS, **LONG}, date(2027, 10, 1), "2022").responsibility.reasons[0].because
    assert "40 months left at sentence (3 January 2025 to 3 May 2028)" in because
    assert "conditional release date 3 May 2028 - 7 months and 15 days = 18 September 2027" in because


def test_what_is_taken_for_granted_is_named_only_where_it_matters(book: RuleBook) -> None:
    result = book.assess({**NPS, **LONG}, date(2026, 1, 5), ask=["responsibility"])
    assumed = {item["fact"]: item["value"] for item in result.assumed}
    assert assumed == {
        "legal_status": "sentenced",
        "recall_type": "none",
        "early_allocation_agreed": False,
    }
    recalled = book.assess(
        {**NPS, **LONG, "recall_type": "standard"}, date(2026, 1, 5), ask=["responsibility"]
    )
    assert {item["fact"] for item in recalled.assumed} == {"legal_status"}
