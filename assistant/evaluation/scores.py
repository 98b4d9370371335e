"""Scores: how often labels and facts are right, and what they are taken for when they are not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


def ratio(part: float, whole: float) -> float | None:
    """A share between 0 and 1; None when there is nothing to share."""
    return part / whole if whole else None


def f1(precision: float | None, recall: float | None) -> float | None:
    """The harmonic mean of precision and recall; 0 when one is 0 or missing, None when both are missing."""
    if precision is None and recall is None:
        return None
    if not precision or not recall:
        return 0.0
    return 2 * precision * recall / (precision + recall)


@dataclass(frozen=True)
class LabelScore:
    """How well one label is recognised."""

    label: str
    count: int
    """How often it is the right label."""
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True)
class LabelScores:
    """Expected and predicted labels, compared."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> LabelScores:
        """Scores of (expected, predicted) pairs."""
        return cls(tuple(pairs))

    @property
    def right(self) -> int:
        """How many are right."""
        return sum(expected == predicted for expected, predicted in self.pairs)

    @property
    def accuracy(self) -> float | None:
        """The share that is right."""
        return ratio(self.right, len(self.pairs))

    @property
    def macro_f1(self) -> float | None:
        """The mean F1 of the labels that are expected at least once, each counting the same."""
        scores = [score.f1 or 0.0 for score in self.by_label()]
        return ratio(sum(scores), len(scores))

    def by_label(self) -> list[LabelScore]:
        """The score of each expected label, in alphabetical order."""
        expected = Counter(label for label, _ in self.pairs)
        predicted = Counter(label for _, label in self.pairs)
        right = Counter(label for label, guess in self.pairs if label == guess)
        scores = []
        for label, count in sorted(expected.items()):
            precision, recall = ratio(right[label], predicted[label]), ratio(right[label], count)
            scores.append(LabelScore(label, count, precision, recall, f1(precision, recall)))
        return scores

    def confusions(self) -> list[tuple[str, str, int]]:
        """Each (expected, predicted, how often) that is wrong, the most frequent first."""
        wrong = Counter(pair for pair in self.pairs if pair[0] != pair[1])
        return [(*pair, count) for pair, count in sorted(wrong.items(), key=lambda item: (-item[1], item[0]))]


@dataclass(frozen=True)
class FactMistake:
    """One fact that was read wrongly, missed, or read where there is none."""

    fact: str
    expected: Any
    got: Any
    kind: str
    """`wrong`: another value. `missed`: not read. `invented`: not said."""


@dataclass
class FactScore:
    """How well one fact is read."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    invented: int = 0

    @property
    def stated(self) -> int:
        """How often messages state the fact."""
        return self.right + self.wrong + self.missed

    @property
    def precision(self) -> float | None:
        """The share of what was read that is right; a wrong value counts against it."""
        return ratio(self.right, self.right + self.wrong + self.invented)

    @property
    def recall(self) -> float | None:
        """The share of what was stated that was read rightly; a wrong value counts against it."""
        return ratio(self.right, self.stated)


@dataclass
class FactScores:
    """How well facts are read, by fact and in all."""

    by_fact: dict[str, FactScore] = field(default_factory=lambda: defaultdict(FactScore))

    def add(
        self, expected: Mapping[str, Any], optional: Mapping[str, Any], got: Mapping[str, Any]
    ) -> list[FactMistake]:
        """Count the facts of one message; returns what is not right.

        A fact of `optional` is right to read with that value and right to leave out.
        """
        mistakes = []
        for fact, value in expected.items():
            if fact not in got:
                mistakes.append(FactMistake(fact, value, None, "missed"))
            elif same_value(value, got[fact]):
                self.by_fact[fact].right += 1
            else:
                mistakes.append(FactMistake(fact, value, got[fact], "wrong"))
        for fact, value in got.items():
            if fact in expected or (fact in optional and same_value(optional[fact], value)):
                continue
            mistakes.append(FactMistake(fact, optional.get(fact), value, "invented"))
        for mistake in mistakes:
            score = self.by_fact[mistake.fact]
            setattr(score, mistake.kind, getattr(score, mistake.kind) + 1)
        return mistakes

    @property
    def total(self) -> FactScore:
        """All facts together, each statement counting the same."""
        scores = list(self.by_fact.values())
        return FactScore(
            right=sum(score.right for score in scores),
            wrong=sum(score.wrong for score in scores),
            missed=sum(score.missed for score in scores),
            invented=sum(score.invented for score in scores),
        )


def same_value(expected: Any, got: Any) -> bool:
    """Whether two values of a fact are the same: 108 is 108.0 and MAPPA level 2 is "2", but True is not 1."""
    if isinstance(expected, bool) or isinstance(got, bool) or expected is None or got is None:
        return expected is got
    if isinstance(expected, int | float) and isinstance(got, int | float):
        return float(expected) == float(got)
    return str(expected) == str(got)
