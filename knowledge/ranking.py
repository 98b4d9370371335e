"""Ordering candidates, and how sure to be of the first."""

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge.catalogue import load_yaml
from knowledge.embedding import FloatArray, IntArray
from knowledge.retrieval import FEATURES, Candidates


@dataclass(frozen=True)
class Ranked:
    """Passage rows, best first, with their scores, and their places among the candidates."""

    rows: IntArray
    scores: FloatArray
    places: IntArray


@dataclass(frozen=True)
class Weights:
    """The weights of ranking.yaml: of the features, of the confidence, and the thresholds."""

    features: FloatArray
    confidence: dict[str, float]
    added: dict[str, float]  # of the confidence in a passage without bank questions
    answer: float  # from this confidence on a question is answered
    hedge: float  # from this one the nearest passage is given, said to be unsure
    offer: float  # from this one the nearest passages are offered as choices


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights that ship. Raises ValueError when they do not name every feature."""
    data = load_yaml(Path(__file__).with_name("ranking.yaml"))
    missing = set(FEATURES) ^ set(data["features"])
    if missing:
        raise ValueError(f"ranking.yaml: features missing or unknown: {sorted(missing)}")
    return Weights(
        np.array([data["features"][name] for name in FEATURES], np.float32),
        {name: float(value) for name, value in data["confidence"].items()},
        {name: float(value) for name, value in data["added"].items()},
        float(data["thresholds"]["answer"]),
        float(data["thresholds"]["hedge"]),
        float(data["thresholds"]["offer"]),
    )


def rank(candidates: Candidates, weights: Weights | None = None) -> Ranked:
    """The candidates in order of the weighted sum of their features."""
    weights = weights or shipped_weights()
    scores: FloatArray = candidates.features @ weights.features
    order = np.argsort(-scores, kind="stable")
    return Ranked(candidates.rows[order], scores[order], order)


# Below the first, nothing indexed is like the question at all ("can you help?"); from the second on this does not
# matter. One answerable development question in a hundred lies between them.
RELEVANT_FROM, RELEVANT_TO = 0.4, 0.58

LIKENESS = ("asked", "meaning")  # how like the first passage and its questions a question is

CONFIDENCE_FEATURES = (
    "score",  # of the first passage
    "margin",  # over the third: a crowd of equals means that nothing stands out
    "asked",  # cosine of the nearest bank question of the first passage
    "meaning",
    "coverage",
    "refused",  # cosine of the nearest example of a question to refuse
    "refused_over_asked",  # how much nearer that example is than any bank question
    "unknown",  # share of the content words that nothing indexed uses
    "terms",  # how many content words there are, up to six
)


def confidence_features(
    candidates: Candidates, ranked: Ranked, refused: float, best_asked: float
) -> dict[str, float]:
    """The signals of how likely it is that the first passage answers the question. `added` is 1 where that passage is
    of a document that the bank has no questions about: one that users added."""
    first = dict(zip(FEATURES, candidates.features[ranked.places[0]].tolist(), strict=True))
    third = float(ranked.scores[min(2, len(ranked.scores) - 1)])
    words = max(1, len(candidates.query.terms))
    return {
        "score": float(ranked.scores[0]),
        "margin": float(ranked.scores[0]) - third,
        "asked": first["asked"],
        "meaning": first["meaning"],
        "coverage": first["coverage"],
        "refused": refused,
        "refused_over_asked": refused - best_asked,
        "unknown": len(candidates.query.unknown) / words,
        "terms": min(6, len(candidates.query.terms)) / 6,
        "added": float(candidates.unasked[ranked.places[0]]),
    }


def confidence(features: dict[str, float], weights: Weights | None = None) -> float:
    """The calibrated probability (0 to 1) that the first passage answers the question."""
    weights = weights or shipped_weights()
    fitted = weights.added if features.get("added") else weights.confidence
    total = fitted["intercept"] + sum(fitted.get(name, 0.0) * value for name, value in features.items())
    relevance = max(features[name] for name in LIKENESS)
    floor = (relevance - RELEVANT_FROM) / (RELEVANT_TO - RELEVANT_FROM)
    return max(0.0, min(1.0, floor)) / (1 + math.exp(-max(-30.0, min(30.0, total))))
