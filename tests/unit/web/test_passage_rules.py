"""The rules that rest on each passage of a document."""

from __future__ import annotations

from pathlib import Path

from actions.rules import RuleBook
from assistant.settings import Settings
from assistant.storage.database import connect
from assistant.web.passage_rules import rules_by_passage
from knowledge.guidance import Guidance

MODEL = "omic-operating-model-2019"


def test_a_passage_names_the_rules_whose_words_it_holds(settings: Settings, model: Path) -> None:
    book, guidance = RuleBook.load(), Guidance.open(connect(settings.database()))
    found = rules_by_passage(book, guidance, MODEL)
    first_oasys = book.rule("TASK-15")
    passage_id = guidance.locate(MODEL, str(first_oasys.citation.quote))
    assert passage_id is not None
    assert "TASK-15" in {rule.id for rule in found[passage_id]}
    resting = {rule.id for rules in found.values() for rule in rules}
    expected = {
        rule.id
        for rule in book.catalogue.rules.values()
        if rule.status == "operative" and rule.citation.document == MODEL
    }
    assert expected - resting == set()
