"""The catalogue: complete, checked against the documents, and open to a deployment's own rules."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from actions.rules import CatalogueError, RuleBook
from actions.rules.book import GUIDANCE
from actions.rules.loader import CATALOGUE, load_catalogue, quote_problems

CASE = {
    "sentence_type": "determinate",
    "provider": "NPS",
    "sentence_date": "2025-01-03",
    "conditional_release_date": "2028-05-03",
}


def test_all_468_rules_are_in_it_with_their_status(book: RuleBook) -> None:
    guidance = [rule for rule in book.rules() if rule.citation.document is not None]
    assert len(guidance) == 468
    assert Counter(rule.status for rule in guidance) == {
        "operative": 272,
        "inspection-criterion": 104,
        "context": 65,
        "superseded": 24,
        "local-practice": 3,
    }


def test_every_quote_is_in_its_document_word_for_word(book: RuleBook) -> None:
    assert quote_problems(book.catalogue, GUIDANCE) == []
    assert RuleBook.load(check_quotes=True) is book


def test_all_50_conflicts_give_both_sides_and_a_reading(book: RuleBook) -> None:
    ids = [key for key in book.catalogue.conflicts if key.startswith("C-")]
    assert len(ids) == 50
    for key in ids:
        data = book.conflict(key)
        assert data["positions"], key
        assert data["resolution"], key


def test_criteria_are_found_by_code_and_by_theme(book: RuleBook) -> None:
    assert {rule.id for rule in book.rules(criterion="1.2.e")} == {
        rule.id for rule in book.rules(criterion="1.2e")
    }
    assert book.rules(criterion="1.2e")
    assert book.rules(status="inspection-criterion", theme="victims")
    assert book.rules(criterion="9.9z") == []


@pytest.mark.parametrize("status", ["context", "superseded", "local-practice", "inspection-criterion"])
def test_rules_that_are_not_operative_never_decide(book: RuleBook, status: str) -> None:
    for edition in ("2019", "2022"):
        used = {rule.id for rule in book.edition(edition).rules}
        assert not used & {rule.id for rule in book.rules(status=status)}


def test_every_duty_has_a_short_plain_title(book: RuleBook) -> None:
    for edition in ("2019", "2022"):
        for rule in book.edition(edition).tasks:
            assert rule.model.title, rule.id
            assert len(rule.title) <= 90, rule.id
            assert rule.title[0].isupper(), rule.id
            assert not rule.title.endswith("."), rule.id
            assert "_" not in rule.title, rule.id


def test_processes_are_walked_in_order_with_owner_timing_and_citation(book: RuleBook) -> None:
    assert set(book.processes) == {
        "reception",
        "handover",
        "early_allocation",
        "parole_isp",
        "parole_determinate",
        "recall",
        "transfer",
        "youth_transition",
        "opd",
        "restricted_patient",
    }
    for process in book.processes:
        for step in book.steps(process):
            assert step.title, step.rule
            assert step.timing, step.rule
            assert step.owner, step.rule
    recall = [step.rule for step in book.steps("recall")]
    assert recall.index("RECALL-09") < recall.index("RECALL-11") < recall.index("RECALL-13")


def test_what_the_documents_never_give_is_listed_for_refusal(book: RuleBook) -> None:
    topics = " ".join(item.topic for item in book.not_stated)
    assert "score" in topics
    assert "hours of one-to-one" in topics
    assert "Annex E" in topics
    assert "Annex A" in topics


def write(folder: Path, **content: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "extra.yaml").write_text(yaml.safe_dump(content), "utf-8")
    return folder


RULE = {
    "id": "LOCAL-01",
    "group": "task",
    "title": "Send the local form",
    "summary": "The local form is sent within 3 weeks of sentence.",
    "status": "operative",
    "edition": "local",
    "conditions": [{"field": "sentence_type", "op": "eq", "value": "determinate"}],
    "outcome": {"kind": "task"},
    "deadline": {"kind": "by", "anchor": "sentence_date", "offset": {"weeks": 3}},
    "role": ["POM"],
    "source": {"repository": "example/local-policy", "file": "policy.md", "commit": "0123456789abcdef"},
}


def test_a_deployment_adds_an_edition_and_a_rule_with_yaml_alone(tmp_path: Path) -> None:
    edition = {
        "id": "local",
        "title": "Our prison",
        "sources": ["2019-model", "2022-guide", "local"],
        "variants": {"nps_handover": "2022", "crc_handover": "2022"},
    }
    book = RuleBook.load(extra=write(tmp_path / "extra", rules=[RULE], editions=[edition]))
    assert "local" in book.editions
    tasks = {task.id: task for task in book.assess(CASE, date(2025, 1, 10), "local").tasks}
    assert tasks["LOCAL-01"].due == date(2025, 1, 24)
    assert tasks["LOCAL-01"].citation.repository == "example/local-policy"
    assert "LOCAL-01" not in {task.id for task in book.assess(CASE, date(2025, 1, 10), "2022").tasks}


def test_a_derived_fact_and_a_presumption_can_be_added_with_yaml_alone(tmp_path: Path) -> None:
    field = {
        "name": "long_case",
        "kind": "derived",
        "type": "bool",
        "meaning": "over two years",
        "label": "long case",
    }
    table = {
        "field": "long_case",
        "first_match": [
            {"when": [{"field": "time_left_at_sentence_months", "op": "gt", "value": 24}], "value": True},
            {"value": False},
        ],
    }
    book = RuleBook.load(extra=write(tmp_path / "more", fields=[field], derived=[table]))
    assert book.case(CASE, date(2025, 1, 10)).value("long_case") is True


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"conditions": [{"field": "sentence_typ", "op": "eq", "value": "life"}]}, "no field sentence_typ"),
        (
            {"conditions": [{"field": "sentence_type", "op": "equals", "value": "life"}]},
            "Input should be 'eq'",
        ),
        ({"conditions": [{"field": "sentence_type", "op": "eq", "value": "lief"}]}, "never 'lief'"),
        ({"conditions": [{"field": "tier"}]}, "a condition needs field and op"),
        ({"source": {"document": "another-document", "quote": "x"}}, "no document another-document"),
        ({"source": {"document": "omic-operating-model-2019"}}, "needs a quote"),
        (
            {
                "edition": "2031-model",
                "source": {"document": "omic-operating-model-2019", "quote": "Tier"},
            },
            "no edition 2031-model",
        ),
        ({"see_also": ["RESP-99"]}, "no rule RESP-99"),
        ({"conflict_ids": ["C-99"]}, "no conflict C-99"),
        ({"role": ["wizard"]}, "no role wizard"),
        ({"deadline": {"kind": "by", "anchor": "doomsday", "offset": {"days": 1}}}, "no field doomsday"),
        ({"deadline": {"kind": "by", "anchor": "sentence_date", "offset": {"moons": 1}}}, "Extra inputs"),
        ({"outcome": {"task": "x"}}, "the outcome needs a kind"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_mistake_stops_the_load_and_names_the_rule(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    folder = write(tmp_path / "wrong", rules=[{**RULE, **change}])
    with pytest.raises(CatalogueError) as raised:
        load_catalogue([CATALOGUE, folder])
    assert "LOCAL-01" in str(raised.value)
    assert words in str(raised.value)


def test_a_quote_that_is_not_in_the_document_is_named(tmp_path: Path) -> None:
    source = {"document": "omic-operating-model-2019", "quote": "The POM may do as they please."}
    rule = {**RULE, "edition": "2019-model", "source": source}
    catalogue = load_catalogue([CATALOGUE, write(tmp_path / "quote", rules=[rule])])
    problems = quote_problems(catalogue, GUIDANCE)
    assert len(problems) == 1
    assert problems[0].startswith("LOCAL-01")


def test_answers_do_not_depend_on_the_order_of_rules_in_a_file(book: RuleBook, tmp_path: Path) -> None:
    shuffled = tmp_path / "shuffled"
    shutil.copytree(CATALOGUE, shuffled)
    random_ = random.Random(7)
    for path in shuffled.glob("*.yaml"):
        content = yaml.safe_load(path.read_text("utf-8"))
        for key in ("rules", "conflicts", "fields"):
            if key in content:
                random_.shuffle(content[key])
        path.write_text(yaml.safe_dump(content), "utf-8")
    other = RuleBook(load_catalogue([shuffled]))
    for as_of in (date(2025, 1, 10), date(2027, 9, 18), date(2028, 4, 1)):
        first, second = (
            {**b.assess(CASE, as_of).as_dict(), "conflicts": [], "notes": []} for b in (book, other)
        )
        assert first == second
