"""The development set holds, and the assistant does far better on it than words or vectors alone."""

from knowledge.evaluation import evaluate, interval, load_development, place_of
from knowledge.guidance import Guidance


def test_the_development_set_holds_and_is_large_enough(guidance: Guidance) -> None:
    questions = load_development(guidance)
    assert sum(question.answerable for question in questions) >= 300
    assert sum(not question.answerable for question in questions) >= 80


def test_a_sample_is_answered_better_than_by_words_or_vectors_alone(guidance: Guidance) -> None:
    sample = load_development(guidance)[::6]
    report = evaluate(guidance, sample)
    answerable = [o for o in report.outcomes if o.question.answerable]
    first = sum(o.place == 1 for o in answerable) / len(answerable)
    assert first >= 0.6
    for name in ("BM25 alone", "vectors alone"):
        assert first > sum(o.baseline[name] == 1 for o in answerable) / len(answerable) + 0.2
    assert "Right passage first" in report.markdown()


def test_the_place_of_a_right_quote_counts_from_one() -> None:
    assert place_of(["something else", "due at 16 weeks from sentence"], ["16 weeks"]) == 2
    assert place_of(["something else"], ["16 weeks"]) == 0


def test_the_interval_holds_the_mean() -> None:
    low, high = interval([1.0] * 80 + [0.0] * 20)
    assert low < 0.8 < high
    assert interval([]) == (0.0, 0.0)
