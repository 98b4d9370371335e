"""Likely names of people are found, and words that only look like one are left alone."""

import pytest

from assistant.nlu.facts.reader import read_facts


def names(message: str) -> list[str]:
    return [fact.value for fact in read_facts(message) if fact.field == "personal_name"]


@pytest.mark.parametrize(
    "message",
    [
        "my prisoner John Smith is nps",
        "paul davies is nps",
        "SMITH, John A1234BC",
        "Mrs Patel's handover",
        "Dr Evans is his psychologist",
        "what about O'Connor",
        "Mark Wilson tier a",
        "May Thompson, women's estate",
        "Aaron is a lifer",
        "prisoner called Wayne, tier b",
        "the lad's called Reece James",
        "Kelly Anne Davies is in Styal",
        "Steven Gerrard-Brown needs an oasys",
    ],
)
def test_finds_a_likely_name(message: str) -> None:
    assert names(message)


@pytest.mark.parametrize(
    "message",
    [
        "Mark as done",
        "Will he be released",
        "May 2027 is his crd",
        "in March he was recalled",
        "HMP Leeds",
        "Low Newton, women",
        "at Drake Hall",
        "Warren Hill PIPE",
        "Head of Offender Management Delivery",
        "Senior Probation Officer",
        "Prison Group Director approval",
        "Grant him ROTL",
        "Rob got recalled",
        "Frank discussion with him",
        "Scott Road hostel",
        "Chelmsford Crown Court",
        "Victor Charlie wing",
        "Tier B NPS High RoSH",
    ],
)
def test_takes_no_other_words_for_a_name(message: str) -> None:
    assert names(message) == []
