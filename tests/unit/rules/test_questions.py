"""What is asked, which contradictions are shown, and what comparisons say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.rules import RuleBook
from actions.rules.facts import FactErrors
from actions.rules.missing import PARTS

NPS: dict[str, Any] = {
    "sentence_type": "determinate",
    "provider": "NPS",
    "sentence_date": "2025-01-03",
    "conditional_release_date": "2029-01-03",
}
LIFE: dict[str, Any] = {
    "sentence_type": "life",
    "provider": "NPS",
    "sentence_date": "2020-01-06",
    "tariff_expiry_date": "2030-06-30",
}
AS_OF = date(2026, 1, 5)


def asked(book: RuleBook, facts: dict[str, Any], *ask: str, **options: Any) -> list[str]:
    result = book.assess(facts, AS_OF, ask=ask or None, **options)
    return [item["fact"] for item in result.missing]


def test_with_nothing_known_the_sentence_type_is_asked_first(book: RuleBook) -> None:
    first = asked(book, {}, "responsibility")
    assert first[0] == "sentence_type"
    assert {"provider", "sentence_date", "conditional_release_date"} <= set(first)
    assert "tariff_expiry_date" not in first
    assert asked(book, {"sentence_type": "life"}, "responsibility")[0] == "tariff_expiry_date"


def test_a_date_of_a_later_review_is_not_asked_for_before_the_tariff(book: RuleBook) -> None:
    facts = {"sentence_type": "life", "provider": "NPS"}
    assert asked(book, facts, "responsibility") == ["tariff_expiry_date"]


def test_a_determinate_case_is_never_asked_about_parole(book: RuleBook) -> None:
    parole = {"parole_decision", "tariff_expiry_date", "first_parole_eligibility_date", "hearing_type"}
    parole |= {"next_parole_eligibility_date", "last_parole_review_date", "recall_hearing_outcome"}
    assert not parole & set(asked(book, {"sentence_type": "determinate"}))
    assert not parole & set(asked(book, NPS))


def test_responsibility_never_asks_for_tier_or_risk(book: RuleBook) -> None:
    for facts in ({}, NPS, LIFE, {"sentence_type": "determinate"}):
        assert not {"tier", "rosh", "care_experienced"} & set(asked(book, facts, "responsibility"))


def test_nothing_is_asked_about_a_decided_answer(book: RuleBook) -> None:
    assert asked(book, NPS, "responsibility") == []
    assert asked(book, LIFE, "responsibility") == []
    assert asked(book, NPS, "handover") == ["care_experienced"] or asked(book, NPS, "handover") == []


def test_the_automatic_release_date_is_asked_for_only_without_a_conditional_one(book: RuleBook) -> None:
    facts = {"sentence_type": "determinate", "provider": "NPS", "sentence_date": "2025-01-03"}
    assert asked(book, facts, "responsibility") == ["conditional_release_date"]
    facts["conditional_release_date"] = None
    assert asked(book, facts, "responsibility") == ["automatic_release_date"]


def test_a_recalled_lifer_is_asked_for_the_hearing_outcome(book: RuleBook) -> None:
    facts = {**LIFE, "tariff_expiry_date": "2022-01-06", "recall_type": "standard"}
    assert "recall_hearing_outcome" in asked(book, facts, "responsibility")


def test_after_the_recall_of_an_indeterminate_sentence_the_hearing_is_asked_about_first(
    book: RuleBook,
) -> None:
    for facts in ({"sentence_type": "life"}, {"sentence_type": "ipp", "tariff_expiry_date": "2020-01-06"}):
        recalled = {**facts, "recall_type": "standard"}
        assert asked(book, recalled)[0] == "recall_hearing_outcome"
        assert asked(book, recalled, "responsibility")[0] == "recall_hearing_outcome"
    assert "recall_hearing_outcome" not in asked(book, {**recalled, "recall_hearing_outcome": "pending"})


def test_the_provider_of_an_indeterminate_sentence_is_asked_for_last(book: RuleBook) -> None:
    for facts in (
        {"sentence_type": "life"},
        {"sentence_type": "ipp", "tariff_expiry_date": "2030-06-30"},
        {"sentence_type": "life", "tariff_expiry_date": "2020-06-30", "sentence_date": "2010-01-06"},
        {"sentence_type": "life", "recall_type": "standard"},
    ):
        assert asked(book, facts)[-1] == "provider"
        for part in ("responsibility", "handover", "pom_type", "early_allocation"):
            assert "provider" not in asked(book, facts, part)
    assert asked(book, {"sentence_type": "life"})[0] == "tariff_expiry_date"
    assert asked(book, {"sentence_type": "determinate"})[0] == "provider"


def test_a_fact_that_only_adds_a_duty_without_a_date_is_asked_for_after_those_that_decide(
    book: RuleBook,
) -> None:
    without = {key: value for key, value in NPS.items() if key not in ("provider", "sentence_date")}
    missing = book.assess(without, AS_OF).missing
    deciding = [
        i for i, item in enumerate(missing) if {"responsibility", "handover"} & set(item["matters_to"])
    ]
    assert deciding == list(range(len(deciding)))
    assert missing[0]["fact"] == "provider"
    # MAPPA level 1 needs a decision on release on home detention curfew, which has no date of its own
    facts = {**NPS, "tier": "B", "rosh": "high", "care_experienced": True}
    order = asked(book, facts)
    assert order.index("mappa_level") < order.index("date_of_birth")


def test_each_question_says_which_parts_it_matters_to(book: RuleBook) -> None:
    missing = {item["fact"]: item for item in book.assess(NPS, AS_OF).missing}
    assert missing["tier"]["matters_to"] == ["pom_type"]
    assert missing["rosh"]["matters_to"][:2] == ["service_level", "early_allocation"]
    assert missing["tier"]["question"] == "What is the custody tier: A, B, C or D?"
    assert all(set(item["matters_to"]) <= set(PARTS) for item in missing.values())


def test_without_presumptions_the_ordinary_facts_are_asked_for(book: RuleBook) -> None:
    strict = asked(book, NPS, "responsibility", presume=False)
    assert strict[:2] == ["legal_status", "recall_type"]
    result = book.assess(NPS, AS_OF, presume=False)
    assert result.assumed == ()


def test_without_presumptions_what_could_bring_the_handover_forward_is_asked_for(book: RuleBook) -> None:
    known = {**NPS, "legal_status": "sentenced", "recall_type": "none"}
    result = book.assess(known, AS_OF, presume=False, ask=["handover"])
    assert result.handover.status == "needs_facts"
    assert {"early_allocation_agreed", "ea_high_profile"} <= {item["fact"] for item in result.missing}
    assert {"early_allocation_agreed", "ea_high_profile"} <= set(asked(book, NPS, "handover", presume=False))
    settled = {**known, "early_allocation_agreed": False, "ea_high_profile": False}
    assert not {"early_allocation_agreed", "ea_high_profile"} & set(
        asked(book, settled, "handover", presume=False)
    )
    assert "ea_high_profile" not in asked(book, known, "handover", presume=False, edition="2019")
    assert "ea_high_profile" not in asked(
        book, LIFE, "handover", presume=False
    )  # no release date to count from


def test_a_release_date_read_from_another_fact_is_named(book: RuleBook) -> None:
    facts = {**NPS, "conditional_release_date": None, "automatic_release_date": "2029-01-03"}
    assert "conditional_release_date" not in {i["fact"] for i in book.assess(facts, AS_OF).assumed}
    del facts["conditional_release_date"]
    assumed = {item["fact"]: item["value"] for item in book.assess(facts, AS_OF).assumed}
    assert assumed["conditional_release_date"] is None
    parole = {"sentence_type": "determinate_parole", "parole_eligibility_date": "2029-01-03"}
    result = book.assess(parole, AS_OF)
    assert result.responsibility.responsible == "POM"
    assert "first_parole_eligibility_date" in {item["fact"] for item in result.assumed}


def shown(book: RuleBook, facts: dict[str, Any], edition: str = "2022") -> set[str]:
    return {conflict["id"] for conflict in book.assess(facts, AS_OF, edition).conflicts}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (NPS, "C-01"),
        ({**NPS, "provider": "CRC"}, "C-02"),
        ({**NPS, "rosh": "low"}, "C-03"),
        ({**NPS, "recall_type": "fixed_term_14", "recall_return_date": "2026-01-02"}, "C-04"),
        ({**NPS, "care_experienced": True}, "C-05"),
        ({**NPS, "rosh": "low"}, "C-06"),
        ({**NPS, "ea_terrorism_offence": True}, "C-08"),
        ({**LIFE, "in_open_conditions": True}, "C-09"),
        ({**NPS, "tier": "A"}, "C-10"),
        ({**LIFE, "recall_type": "standard"}, "C-11"),
        ({**NPS, "provider": "CRC", "conditional_release_date": "2025-09-01"}, "C-13"),
        ({**NPS, "ea_terrorism_offence": True}, "C-19"),
        ({**NPS, "ea_separation_centre": True}, "C-20"),
        ({**NPS, "prison_operator": "private", "tier": "B"}, "C-21"),
        (LIFE, "C-26"),
        ({**NPS, "mappa_level": 2}, "C-31"),
        ({**NPS, "estate": "women"}, "C-41"),
        ({**NPS, "ea_high_profile": True}, "C-44"),
        ({**NPS, "restricted_patient": "s45A"}, "C-47"),
    ],
)
def test_a_contradiction_is_shown_with_the_case_that_meets_it(
    book: RuleBook, facts: dict[str, Any], expected: str
) -> None:
    assert expected in shown(book, facts)


def test_a_contradiction_that_does_not_touch_the_case_is_not_shown(book: RuleBook) -> None:
    assert not {"C-01", "C-02"} & shown(book, LIFE)
    assert "C-02" not in shown(book, NPS)
    assert not {"C-03", "C-06"} & shown(book, {**NPS, "rosh": "high"})
    assert not {"C-16", "C-22", "C-30", "C-36", "C-37", "C-46"} & shown(book, NPS)


def test_both_sides_of_a_contradiction_give_their_date_and_quote(book: RuleBook) -> None:
    conflict = next(c for c in book.assess(NPS, AS_OF).conflicts if c["id"] == "C-01")
    assert [(p["edition"], p["value"]) for p in conflict["positions"]] == [
        ("2019-model", "8 months before release: 3 May 2028"),
        ("2022-guide", "7.5 months before release: 19 May 2028"),
    ]
    assert all(position["citation"]["quote"] for position in conflict["positions"])
    assert "7 months and 15 days" in conflict["resolution"]


def test_the_2022_guide_decides_nothing_in_the_2019_edition(book: RuleBook) -> None:
    result = book.assess({**NPS, "ea_high_profile": True, "foreign_national": True}, AS_OF, "2019").as_dict()
    cited = {reason["citation"]["edition"] for reason in result["responsibility"]["reasons"]}
    cited |= {task["citation"]["edition"] for task in result["tasks"]}
    assert cited == {"2019-model"}


def test_a_what_if_gives_the_differences_as_data(book: RuleBook) -> None:
    result = book.compare(NPS, {"conditional_release_date": "2028-01-03"}, AS_OF)
    changes = {item["path"]: (item["before"], item["after"]) for item in result["differences"]}
    assert changes["handover.date"] == ("2028-05-19", "2027-05-19")
    assert changes["responsibility.changes_on"] == ("2028-05-19", "2027-05-19")
    moved = {item["id"]: item for item in result["tasks"]["moved"]}
    assert moved["HAND-02"]["after"]["due"] == "2027-05-19"
    recalled = book.compare(NPS, {"recall_type": "standard", "recall_return_date": "2026-01-02"}, AS_OF)
    assert "RECALL-09" in {task["id"] for task in recalled["tasks"]["added"]}
    assert "HAND-02" in {task["id"] for task in recalled["tasks"]["removed"]}


def test_no_change_makes_no_difference_and_a_fact_can_be_taken_away(book: RuleBook) -> None:
    same = book.compare(NPS, {"provider": "NPS"}, AS_OF)
    assert same["differences"] == []
    assert same["tasks"] == {"added": [], "removed": [], "moved": []}
    without = book.compare(NPS, {"provider": ...}, AS_OF)
    assert "provider" in without["missing"]["after"]


def test_editions_are_compared_as_data(book: RuleBook) -> None:
    result = book.compare_editions(NPS, AS_OF, editions=["2019", "2022"])
    found = {item["path"]: item["values"] for item in result["differences"]}
    assert found["handover.date"] == {"2019": "2028-05-03", "2022": "2028-05-19"}
    assert "pom_type.value" not in found
    assert {"HAND-01", "HAND-02"} <= {task["id"] for task in result["tasks"]}


def test_an_edition_that_cannot_use_a_fact_is_left_out_of_the_comparison(book: RuleBook) -> None:
    result = book.compare_editions({**NPS, "mappa_level": 0}, AS_OF)
    assert result["editions"] == ["2026-service"]
    assert [item["edition"] for item in result["left_out"]] == ["2019", "2022"]
    error = result["left_out"][0]["errors"][0]
    assert error["field"] == "mappa_level"
    assert error["problem"] == "0 is not an allowed value"
    assert error["allowed"]
    assert book.compare_editions(NPS, AS_OF)["left_out"] == []
    with pytest.raises(FactErrors):
        book.compare_editions({**NPS, "mappa_level": 7}, AS_OF)
    with pytest.raises(FactErrors):
        book.compare_editions(NPS, AS_OF, editions=["2022", "2035"])


def test_an_assessment_has_the_form_that_others_rely_on(book: RuleBook) -> None:
    result = book.assess(NPS, AS_OF).as_dict()
    assert list(result)[:8] == [
        "as_of",
        "edition",
        "responsibility",
        "handover",
        "pom_type",
        "service_level",
        "early_allocation",
        "tasks",
    ]
    assert {"status", "responsible", "supporting", "changes_on", "changes_to", "reasons"} <= set(
        result["responsibility"]
    )
    reason = result["responsibility"]["reasons"][0]
    assert set(reason) == {"rule", "because", "citation"}
    assert set(reason["citation"]) == {
        "document",
        "title",
        "edition",
        "section",
        "passage_id",
        "quote",
        "url",
    }
    assert reason["citation"]["url"] == "/guidance/omic-operating-model-2019"
    assert {
        "id",
        "title",
        "owner",
        "due",
        "opens",
        "kind",
        "status",
        "working",
        "inferred",
        "citation",
    } <= set(result["tasks"][0])
    assert {"fact", "matters_to", "question"} == set(result["missing"][0])
    assert {"fact", "value", "matters_to"} == set(result["assumed"][0])
    assert {"id", "title", "positions"} <= set(result["conflicts"][0])


def test_answers_share_nothing_that_a_caller_could_change(book: RuleBook) -> None:
    first = book.assess(NPS, AS_OF).as_dict()
    first["responsibility"]["reasons"][0]["citation"]["passage_id"] = "p-1"
    second = book.assess(NPS, AS_OF).as_dict()
    assert second["responsibility"]["reasons"][0]["citation"]["passage_id"] is None
