"""Scores of labels and facts, against sums done by hand."""

from __future__ import annotations

import pytest

from assistant.evaluation.scores import FactScores, LabelScores, same_value


def test_accuracy_macro_f1_and_confusions_of_labels() -> None:
    scores = LabelScores.of([("due", "due"), ("due", "due"), ("due", "handover"), ("greet", "greet")])
    assert scores.accuracy == 0.75
    # due: precision 2/2, recall 2/3, F1 0.8; greet: 1. Handover is never meant, so it has no F1 of its own.
    assert scores.macro_f1 == pytest.approx(0.9)
    assert scores.confusions() == [("due", "handover", 1)]


def test_the_most_frequent_confusion_comes_first() -> None:
    scores = LabelScores.of([("a", "c"), ("a", "b"), ("a", "b")])
    assert scores.confusions() == [("a", "b", 2), ("a", "c", 1)]


def test_a_label_that_is_never_recognised_counts_as_nought_in_macro_f1() -> None:
    assert LabelScores.of([("a", "a"), ("b", "a")]).macro_f1 == pytest.approx((2 / 3 + 0) / 2)


def test_nothing_measured_has_no_accuracy() -> None:
    assert LabelScores.of([]).accuracy is None
    assert LabelScores.of([]).macro_f1 is None


def test_a_fact_is_right_wrong_missed_or_not_said() -> None:
    scores = FactScores()
    mistakes = scores.add(
        expected={"tier": "B", "rosh": "high", "conditional_release_date": "2028-05-01"},
        optional={},
        got={"tier": "B", "conditional_release_date": "2028-01-05", "provider": "NPS"},
    )
    assert [(mistake.fact, mistake.kind) for mistake in mistakes] == [
        ("rosh", "missed"),
        ("conditional_release_date", "wrong"),
        ("provider", "invented"),
    ]
    # Read: tier, a wrong date, a provider nobody gave: 1 of 3. Stated: tier, rosh and the date: 1 of 3.
    assert scores.total.precision == pytest.approx(1 / 3)
    assert scores.total.recall == pytest.approx(1 / 3)
    assert scores.by_fact["conditional_release_date"].precision == 0
    assert scores.by_fact["provider"].recall is None


def test_an_optional_fact_may_be_read_or_left_out_but_not_read_otherwise() -> None:
    optional = {"sentence_type": "determinate"}
    assert not FactScores().add({}, optional, {})
    assert not FactScores().add({}, optional, {"sentence_type": "determinate"})
    (mistake,) = FactScores().add({}, optional, {"sentence_type": "life"})
    assert mistake.kind == "invented"


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        (108, 108.0, True),
        (2, "2", True),
        ("2028-05", "2028-05-01", False),
        (True, True, True),
        (True, 1, False),
        (None, None, True),
        (None, "none", False),
        ("none", "none", True),
    ],
)
def test_values_that_mean_the_same_are_the_same(expected: object, got: object, same: bool) -> None:
    assert same_value(expected, got) is same
