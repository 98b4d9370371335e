"""Key words are put right; ordinary words are left alone."""

import pytest

from assistant.nlu.facts.text import Text
from assistant.nlu.facts.vocabulary import expand, shared_vocabulary


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("condtional", "conditional"),
        ("tarrif", "tariff"),
        ("recaled", "recalled"),
        ("determinat", "determinate"),
        ("febuary", "february"),
        ("expereinced", "experienced"),
        ("teir", "tier"),
    ],
)
def test_puts_a_key_word_right(typed: str, meant: str) -> None:
    assert shared_vocabulary().correct(typed) == meant


@pytest.mark.parametrize(
    "word", ["condition", "released", "handovers", "licence", "tiers", "parent", "senior", "crd"]
)
def test_leaves_a_right_word_alone(word: str) -> None:
    assert shared_vocabulary().correct(word) == word


def test_opens_contractions_and_keeps_the_place_of_each_word() -> None:
    text = Text.of("He isn't TACT")
    assert text.canonical == "he is not tact"
    assert text.message[slice(*text.characters(3, 4))] == "TACT"


def test_a_pattern_stands_for_each_of_its_wordings() -> None:
    assert {" ".join(words) for words in expand("in~ open|closed conditions~")} == {
        "in open conditions", "in open", "open conditions", "open",
        "in closed conditions", "in closed", "closed conditions", "closed",
    }  # fmt: skip
