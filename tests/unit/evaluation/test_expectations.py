"""What a dialogue expects of a reply is checked against the reply, key by key."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.evaluation.expectations import unmet
from assistant.evaluation.labelled_sets import Expectation

REPLY: dict[str, Any] = {
    "kind": "assessment",
    "text": "The prison offender manager (POM) is responsible until\n20 November 2028.",
    "answer": {"short": "The POM is responsible.", "status": "answered"},
    "citations": [
        {
            "document": "omic-effective-practice-guide-2022",
            "quote": "7.5 months before the prisoner\u2019s release",
        }
    ],
    "assessment": {
        "responsibility": {"responsible": "POM"},
        "pom_type": {"value": "probation"},
        "early_allocation": {"outcome": "unknown"},
    },
    "facts": {"provider": "NPS", "conditional_release_date": "2029-07-05"},
    "asking_for": "tier",
}


@pytest.mark.parametrize(
    "expect",
    [
        {"kind": "assessment"},
        {"kind_not": "question"},
        {"text_contains": ["until 20 november 2028"]},
        {"text_contains": ["the prisoner's release"]},
        {"text_contains_any": ["5 April 2029", "20 November 2028"]},
        {"text_lacks": ["prisoner's release", "5 April 2029"]},
        {"facts": {"provider": "NPS"}},
        {"facts_absent": ["tier"]},
        {"asking_for_not": ["provider"]},
        {"citation_document": "omic-effective-practice-guide-2022"},
        {"responsible": "POM"},
        {"pom_type": "probation"},
        {"early_allocation": "unknown"},
        {"status": "answered"},
        {},
    ],
)
def test_an_expectation_that_is_met(expect: dict[str, Any]) -> None:
    assert unmet(Expectation(**expect), REPLY) == []


@pytest.mark.parametrize(
    ("expect", "key", "got"),
    [
        ({"kind": "question"}, "kind", "assessment"),
        ({"kind_not": "assessment"}, "kind_not", "assessment"),
        ({"text_contains": ["5 April 2029"]}, "text_contains", REPLY["text"]),
        ({"text_contains_any": ["5 April 2029", "COM"]}, "text_contains_any", REPLY["text"]),
        ({"text_lacks": ["20 November 2028"]}, "text_lacks", REPLY["text"]),
        ({"facts": {"provider": "CRC"}}, "facts.provider", "NPS"),
        ({"facts": {"tier": "B"}}, "facts.tier", None),
        ({"facts_absent": ["provider"]}, "facts_absent.provider", "NPS"),
        ({"asking_for_not": ["tier", "rosh"]}, "asking_for_not", "tier"),
        (
            {"citation_document": "omic-operating-model-2019"},
            "citation_document",
            ["omic-effective-practice-guide-2022"],
        ),
        ({"responsible": "COM"}, "responsible", "POM"),
        ({"responsible": None}, "responsible", "POM"),
        ({"pom_type": None}, "pom_type", "probation"),
        ({"early_allocation": "automatic"}, "early_allocation", "unknown"),
        ({"status": "not_in_guidance"}, "status", "answered"),
    ],
)
def test_an_expectation_that_is_not_met_says_what_came_instead(
    expect: dict[str, Any], key: str, got: object
) -> None:
    (failure,) = unmet(Expectation(**expect), REPLY)
    assert (failure.expectation, failure.got) == (key, got)


def test_only_the_words_that_are_missing_are_named() -> None:
    (failure,) = unmet(Expectation(text_contains=["POM", "14 March 2025"]), REPLY)
    assert failure.expected == ["14 March 2025"]


def test_a_reply_without_an_assessment_says_nobody_is_responsible() -> None:
    reply = {"kind": "question", "text": "Is it NPS or CRC?"}
    assert unmet(Expectation(responsible=None), reply) == []
    assert unmet(Expectation(responsible="POM"), reply)[0].got is None
