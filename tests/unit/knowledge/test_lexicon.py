"""Practitioners' words become the documents' words; misspellings are mended, ordinary words left alone."""

import pytest

from knowledge.catalogue import load_shipped
from knowledge.lexicon import Lexicon, stem, tokens
from knowledge.search_texts import english_words


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    lexicon = Lexicon(english=english_words())
    lexicon.learn(p.text for doc in load_shipped() for p in doc.passages)
    return lexicon


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kw", "key worker"),
        ("keyworker", "key worker"),
        ("POMs", "prison offender manager"),
        ("a lifer", "a life sentence prisoner"),
        ("28 dayer", "fixed term recall"),
        ("d cat", "open conditions"),
        ("on tag", "home detention curfew"),
    ],
)
def test_slang_and_acronyms_become_the_documents_terms(lexicon: Lexicon, typed: str, meant: str) -> None:
    assert lexicon.canonical(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"), [("handvoer", "handover"), ("asessment", "assessment"), ("allocaton", "allocation")]
)
def test_misspelt_words_are_mended(lexicon: Lexicon, typed: str, meant: str) -> None:
    assert lexicon.correct(typed) == meant


@pytest.mark.parametrize("word", ["weather", "lasagne", "bitcoin", "when", "pom", "responsible"])
def test_words_that_are_right_are_left_alone(lexicon: Lexicon, word: str) -> None:
    assert lexicon.correct(word) in (None, word)


def test_one_stem_for_the_forms_of_a_word() -> None:
    assert len({stem(word) for word in ("allocated", "allocates", "allocation", "allocate")}) == 1


def test_possessives_are_dropped() -> None:
    assert tokens("the POM's report, isn’t it") == ["the", "pom", "report", "isnt", "it"]
