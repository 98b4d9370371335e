"""Where the documents differ, an answer says so and quotes the other place."""

import pytest

from knowledge.blocks import collapse
from knowledge.differences import differences
from knowledge.guidance import Guidance


def test_every_difference_quotes_the_documents(guidance: Guidance) -> None:
    for difference in differences():
        assert difference.cues, difference.id
        for document, quote in difference.quotes:
            assert collapse(quote) in collapse(guidance.source(document)), difference.id


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("when does a crc case hand over to the responsible officer", "three months"),
        ("who is responsible for a recalled ipp prisoner", "tier table"),
        ("is a lifer in open conditions the pom's responsibility", "allocated but not responsible"),
        ("who does the public protection screen on new receptions", "Probation Officer"),
        ("who does the gatekeeper decide early allocation for", "gatekeeper"),
    ],
)
def test_the_other_position_is_told(guidance: Guidance, question: str, words: str) -> None:
    answer = guidance.ask(question)
    assert answer.status == "answered"
    assert words in " ".join([answer.short, *(cited.quote for cited in answer.citations)])


def test_a_note_is_said_once(guidance: Guidance) -> None:
    answer = guidance.ask("how many months before release is handover for an NPS case?")
    assert answer.notes
    assert all(answer.short.count(note) == 1 for note in answer.notes)
