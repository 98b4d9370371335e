"""A document arranged for reading, and the words of a search marked in it."""

from __future__ import annotations

from assistant.web.reader import excerpt, mark_words, sections
from assistant.web.rendering import clock_time, published, quotation
from knowledge.catalogue import load_shipped
from knowledge.passages import Passage, Unit


def passage(section: tuple[str, ...], text: str, number: int = 0) -> Passage:
    return Passage(f"p-{number}", "model", section, text, text, 0, len(text), (Unit(text),))


def test_each_heading_stands_once_above_its_passages() -> None:
    found = sections(
        [
            passage((), "Cover", 1),
            passage(("A",), "one", 2),
            passage(("A", "B"), "two", 3),
            passage(("A", "B"), "three", 4),
            passage(("A", "C"), "four", 5),
        ]
    )
    assert [(item.heading, item.level, len(item.passages)) for item in found] == [
        ("", 2, 1),
        ("A", 2, 1),
        ("B", 3, 2),
        ("C", 3, 1),
    ]


def test_every_passage_of_every_document_is_in_its_reader_once() -> None:
    for document in load_shipped():
        anchors = [item.anchor for section in sections(document.passages) for item in section.passages]
        assert anchors == [item.id for item in document.passages]


def test_words_are_marked_whatever_their_ending_and_everything_is_escaped() -> None:
    assert mark_words("Plans & <planning>", "the plan") == (
        "<mark>Plans</mark> &amp; &lt;<mark>planning</mark>&gt;"
    )


def test_common_words_are_not_marked() -> None:
    assert mark_words("who is the manager", "who is the POM") == "who is the manager"


def test_an_excerpt_begins_with_the_sentence_that_matched() -> None:
    long = Passage("p", "model", (), "", "", 0, 0, (Unit("First."), Unit("Second one."), Unit("x" * 400)))
    assert excerpt(long, ["Second one."]).startswith("… Second one.")
    assert excerpt(long, ["Second one."]).endswith("…")


def test_bold_marks_of_a_source_are_shown_as_bold_and_other_markup_never_runs() -> None:
    assert quotation("**must** be <b>done</b><br><script>") == (
        "<strong>must</strong> be <strong>done</strong> &lt;script&gt;"
    )


def test_a_date_of_publication_is_as_exact_as_it_is_known() -> None:
    assert published("2019-03") == "March 2019"
    assert published("2019-03-04") == "4 March 2019"
    assert published(None) == "Not dated"


def test_times_are_those_of_london() -> None:
    from datetime import UTC, datetime

    assert clock_time(datetime(2026, 7, 1, 11, 5, tzinfo=UTC)) == "12:05pm"
    assert clock_time(datetime(2026, 1, 1, 0, 5)) == "12:05am"
