"""Things that hold for every case, tried on thousands of generated ones."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from actions.rules import FactErrors, RuleBook
from actions.rules.facts import Field
from actions.rules.loader import normalised

BOOK = RuleBook.load()
EDITIONS = ("2019", "2022")
DAYS = st.dates(date(2018, 1, 1), date(2032, 12, 31))
NAMES = [name for name, field in BOOK.fields.items() if field.kind != "derived" and name != "today"]


def values(field: Field) -> st.SearchStrategy[Any]:
    """The values that a fact may take."""
    if field.type in ("date", "datetime"):
        return st.one_of(DAYS, DAYS.map(date.isoformat), st.none())
    if field.type == "bool":
        return st.booleans()
    if field.type == "number":
        return st.one_of(st.integers(0, 600), st.none())
    return st.sampled_from(field.allowed)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Any combination of facts, the common ones given more often."""
    common = [
        "sentence_type",
        "provider",
        "sentence_date",
        "conditional_release_date",
        "tariff_expiry_date",
        "first_parole_eligibility_date",
        "recall_type",
        "rosh",
        "tier",
        "parole_decision",
    ]
    names = set(draw(st.lists(st.sampled_from(common), unique=True)))
    names |= set(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=8)))
    return {name: draw(values(BOOK.field(name))) for name in sorted(names)}


@st.composite
def whole_cases(draw: st.DrawFn) -> dict[str, Any]:
    """Cases with nothing left to presume about who is responsible."""
    facts: dict[str, Any] = {
        "legal_status": "sentenced",
        "sentence_type": draw(st.sampled_from(("determinate", "determinate_parole", "life", "ipp"))),
        "provider": draw(st.sampled_from(("NPS", "CRC"))),
        "recall_type": draw(st.sampled_from(("none", "none", "none", "standard", "fixed_term_28"))),
        "parole_decision": draw(st.sampled_from(("none", "none", "no_release", "adjourned"))),
        "early_allocation_agreed": draw(st.sampled_from((False, False, True))),
        "sentence_date": draw(st.dates(date(2018, 1, 1), date(2024, 12, 31))),
    }
    ahead = draw(st.dates(date(2025, 1, 1), date(2032, 12, 31)))
    if facts["sentence_type"] in ("life", "ipp"):
        facts |= {"tariff_expiry_date": ahead, "mappa_active_level": draw(st.sampled_from(("none", 1, 2)))}
        facts |= {"com_post_decision_oasys_review_done": draw(st.booleans()), "in_open_conditions": False}
        facts |= {"next_parole_eligibility_date": ahead + timedelta(days=draw(st.integers(1, 900)))}
    else:
        facts |= {"first_parole_eligibility_date": ahead, "conditional_release_date": ahead}
    return facts


MANY = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def assessed(facts: dict[str, Any], as_of: date, edition: str, **options: Any) -> dict[str, Any]:
    try:
        return BOOK.assess(facts, as_of, edition, **options).as_dict()
    except FactErrors:
        assume(False)
        raise


@MANY
@given(facts=cases(), as_of=DAYS, edition=st.sampled_from(BOOK.editions), presume=st.booleans())
def test_no_combination_of_valid_facts_raises(
    facts: dict[str, Any], as_of: date, edition: str, presume: bool
) -> None:
    result = assessed(facts, as_of, edition, presume=presume)
    assert result["responsibility"]["status"] in ("decided", "needs_facts", "undefined", "discretion")


@MANY
@given(facts=cases(), as_of=DAYS, edition=st.sampled_from(EDITIONS))
def test_a_decided_answer_has_a_citation_that_is_in_the_document(
    facts: dict[str, Any], as_of: date, edition: str
) -> None:
    result = assessed(facts, as_of, edition)
    if result["responsibility"]["status"] in ("decided", "undefined", "discretion"):
        assert result["responsibility"]["reasons"]
    for part in ("responsibility", "handover", "pom_type", "service_level", "early_allocation"):
        for reason in result[part]["reasons"]:
            assert quoted(reason["citation"]), reason["rule"]
    for task in result["tasks"]:
        assert quoted(task["citation"]), task["id"]


def quoted(citation: dict[str, Any]) -> bool:
    return normalised(citation["quote"]) in TEXTS[citation["document"]]


@pytest.fixture(autouse=True, scope="module")
def texts(documents_text: dict[str, str]) -> None:
    TEXTS.update(documents_text)


TEXTS: dict[str, str] = {}


@MANY
@given(facts=cases(), as_of=DAYS, edition=st.sampled_from(EDITIONS))
def test_what_is_asked_is_not_known_and_what_is_assumed_was_not_given(
    facts: dict[str, Any], as_of: date, edition: str
) -> None:
    result = assessed(facts, as_of, edition)
    asked = {item["fact"] for item in result["missing"]}
    assumed = {item["fact"] for item in result["assumed"]}
    assert not asked & set(facts)
    assert not assumed & set(facts)
    assert not asked & assumed
    assert all(item["question"].endswith(("?", ")")) for item in result["missing"])


@MANY
@given(facts=cases(), as_of=DAYS, edition=st.sampled_from(EDITIONS))
def test_answers_are_the_same_whatever_the_order_of_the_facts(
    facts: dict[str, Any], as_of: date, edition: str
) -> None:
    backwards = dict(reversed(list(facts.items())))
    assert assessed(facts, as_of, edition) == assessed(backwards, as_of, edition)


@MANY
@given(facts=whole_cases(), as_of=DAYS, edition=st.sampled_from(EDITIONS), extra=st.data())
def test_a_fact_more_never_overturns_an_answer_that_assumed_nothing_about_it(
    facts: dict[str, Any], as_of: date, edition: str, extra: st.DataObject
) -> None:
    before = assessed(facts, as_of, edition, presume=False)["responsibility"]
    assume(before["status"] == "decided")
    name = extra.draw(st.sampled_from([name for name in NAMES if name not in facts]))
    more = {**facts, name: extra.draw(values(BOOK.field(name)))}
    after = assessed(more, as_of, edition, presume=False)["responsibility"]
    if (after["status"], after["responsible"]) != ("decided", before["responsible"]):
        old, new = (BOOK.rule(answer["reasons"][0]["rule"]).model for answer in (before, after))
        assert new.priority is not None
        assert old.priority is not None
        assert new.priority < old.priority, (name, old.id, new.id)


@MANY
@given(facts=whole_cases(), as_of=DAYS, edition=st.sampled_from(EDITIONS))
def test_the_change_ahead_is_true_on_its_day_and_not_the_day_before(
    facts: dict[str, Any], as_of: date, edition: str
) -> None:
    answer = assessed(facts, as_of, edition)["responsibility"]
    assume(answer["status"] == "decided" and answer["changes_on"])
    day = date.fromisoformat(answer["changes_on"])
    assert day > as_of
    on_the_day = BOOK.assess(facts, day, edition).responsibility
    assert answer["changes_to"] in (on_the_day.responsible, on_the_day.decided_by)
    before = BOOK.assess(facts, day - timedelta(days=1), edition).responsibility
    assert before.responsible == answer["responsible"]


@MANY
@given(facts=cases(), as_of=DAYS, edition=st.sampled_from(EDITIONS))
def test_no_date_before_the_sentence_is_shown_for_work_counted_back_from_release(
    facts: dict[str, Any], as_of: date, edition: str
) -> None:
    result = assessed(facts, as_of, edition)
    sentence = facts.get("sentence_date")
    assume(sentence is not None)
    for task in [*result["tasks"], *result["early_allocation"]["steps"]]:
        if BOOK.rule(task["id"]).model.deadline.direction == "before":
            assert task["due"] is None or task["due"] >= str(sentence)[:10]
            assert task["opens"] is None or task["opens"] >= str(sentence)[:10]
