"""The edition of the live service: what it cites, what it never asks, and a plain reading of its rows."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.rules import RuleBook

REPOSITORY = "ministryofjustice/offender-management-allocation-manager"
VIGNETTES = yaml.safe_load((Path(__file__).parent / "vignettes" / "service_2026.yaml").read_text())
BOOK = RuleBook.load()
TODAY = date(2026, 6, 1)


def citations(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value["citation"]] if "citation" in value else []
        return own + [found for item in value.values() for found in citations(item)]
    return [found for item in value for found in citations(item)] if isinstance(value, list) else []


def answered(facts: dict[str, Any], as_of: date) -> dict[str, Any]:
    written = {k: v.isoformat() if isinstance(v, date) else v for k, v in facts.items() if v != "unknown"}
    return BOOK.assess(written, as_of, edition="2026-service").as_dict()


GOOD = [vignette for vignette in VIGNETTES["vignettes"] if "errors" not in vignette]


@pytest.mark.parametrize("vignette", GOOD, ids=lambda v: v["id"])
def test_every_citation_is_of_the_service_and_the_provider_is_never_asked(vignette: dict[str, Any]) -> None:
    facts = {**VIGNETTES["base"].get(vignette.get("base"), {}), **vignette.get("facts", {})}
    result = answered(facts, vignette["as_of"])
    found = citations(result)
    assert found
    for citation in found:
        assert citation["repository"] == REPOSITORY
        assert citation["file"].startswith("app/")
        assert citation["commit"] == "7aeb43b9"
        assert citation["document"] is None
    assert "provider" not in {item["fact"] for item in result["missing"]}
    assert result["conflicts"] == []


days = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@settings(max_examples=300, deadline=None)
@given(sentence=st.dates(date(2010, 1, 1), date(2026, 5, 31)), left=st.integers(0, 2500), today=days)
def test_a_plain_determinate_case(sentence: date, left: int, today: date) -> None:
    release = sentence + timedelta(days=left)
    facts = {
        "sentence_type": "determinate",
        "sentence_date": sentence,
        "conditional_release_date": release,
    }
    result = answered(facts, today)
    handover: date | None = release - relativedelta(months=8) - timedelta(days=14)
    if release <= sentence + relativedelta(months=10):
        handover = None
    assert result["handover"]["date"] == (handover.isoformat() if handover else None)
    com = handover is None or today >= handover
    assert result["responsibility"]["responsible"] == ("COM" if com else "POM")
    assert result["responsibility"]["supporting"] == ("POM" if com else None)


@settings(max_examples=300, deadline=None)
@given(tariff=st.none() | days, hearing=st.none() | days, today=days)
def test_the_release_date_of_an_indeterminate_case(
    tariff: date | None, hearing: date | None, today: date
) -> None:
    facts = {
        "sentence_type": "life",
        "sentence_date": date(2009, 1, 5),
        "tariff_expiry_date": tariff,
        "target_hearing_date": hearing,
        "last_parole_outcome": "release",
    }
    result = answered(facts, today)
    if tariff and tariff > today:
        release: date | None = tariff
    elif hearing and hearing > today:
        release = hearing
    else:
        release = min((d for d in (tariff, hearing) if d), key=lambda d: today - d, default=None)
    handover = release - relativedelta(months=12) if release else None
    assert result["handover"]["date"] == (handover.isoformat() if handover else None)
    com = handover is not None and today >= handover
    assert result["responsibility"]["responsible"] == ("COM" if com else "POM")


def test_the_sum_behind_the_date_is_shown() -> None:
    facts = {
        "sentence_type": "determinate",
        "sentence_date": date(2024, 1, 15),
        "conditional_release_date": date(2027, 3, 15),
    }
    words = answered(facts, TODAY)["handover"]["reasons"][0]["because"]
    assert "conditional release date 15 March 2027 - 8 months and 14 days = 1 July 2026" in words


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (date(2026, 5, 31), "is recent enough"),
        (date(2026, 3, 2), "is recent enough"),
        (date(2026, 3, 1), "a new OASys is needed"),
        (date(2026, 6, 1), "a new OASys is needed"),
    ],
)
def test_an_early_allocation_assessment_needs_a_recent_oasys(last: date, words: str) -> None:
    facts = {
        "sentence_type": "determinate",
        "sentence_date": date(2024, 1, 15),
        "conditional_release_date": date(2027, 3, 15),
        "ea_high_profile": True,
        "last_oasys_date": last,
    }
    reasons = answered(facts, TODAY)["early_allocation"]["reasons"]
    assert any(words in reason["because"] for reason in reasons)


def test_what_follows_inside_and_outside_the_window() -> None:
    facts = {
        "sentence_type": "determinate",
        "sentence_date": date(2024, 1, 15),
        "conditional_release_date": date(2027, 12, 1),
        "ea_high_profile": True,
    }
    outside = answered(facts, date(2026, 5, 31))["early_allocation"]
    assert outside["in_window"] is False
    assert [(s["id"], s["opens"]) for s in outside["steps"]] == [("SVC-EA-21", "2026-06-01")]
    inside = answered(facts, TODAY)["early_allocation"]
    assert inside["in_window"] is True
    assert [step["id"] for step in inside["steps"]] == ["SVC-EA-22"]


def test_an_unknown_age_is_taken_as_adult_and_named() -> None:
    facts = {"sentence_type": "determinate", "sentence_date": "2025-01-01"}
    facts["conditional_release_date"] = "2028-06-01"
    result = BOOK.assess(facts, TODAY, edition="2026-service")
    assumed = {item["fact"]: item for item in result.assumed}
    assert assumed["age_years"]["value"] == "18 or over"
    assert "responsibility" in assumed["age_years"]["matters_to"]
    born = BOOK.assess({**facts, "date_of_birth": "1990-05-04"}, TODAY, edition="2026-service")
    assert "age_years" not in {item["fact"] for item in born.assumed}
    assert born.responsibility.responsible == result.responsibility.responsible
    strict = BOOK.assess(facts, TODAY, edition="2026-service", presume=False)
    assert "date_of_birth" in {item["fact"] for item in strict.missing}
