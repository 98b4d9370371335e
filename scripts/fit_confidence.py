"""Fit how sure an answer is: `python scripts/fit_confidence.py`, after a change of encoder, bank or refusals.

Logistic regression of "the first passage is right" on the signals of ranking.CONFIDENCE_FEATURES, over the
development set and data/questions/calibration.yaml (answerable or not), five-fold cross-validated. Prints the
coefficients and, for several thresholds, how many unanswerable questions would be answered and how many answerable
ones would not: for knowledge/ranking.yaml, by hand.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from knowledge.answering import Answerer
from knowledge.bank import QUESTIONS
from knowledge.evaluation import load_development, place_of
from knowledge.guidance import Guidance
from knowledge.ranking import CONFIDENCE_FEATURES, LIKENESS

SETS = ("development.yaml", "calibration.yaml")


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("database", help="URL of a database with the guidance indexed")
    parser.add_argument(
        "--strength", type=float, default=0.3, help="C of the regression: smaller is smoother"
    )
    chosen = parser.parse_args()
    guidance = Guidance.open(chosen.database)
    answerer: Answerer = guidance.answerer()
    questions = [q for name in SETS for q in load_development(guidance, Path(QUESTIONS) / name)]
    rows, right, answerable, relevance = [], [], [], []
    for question in questions:
        signals, first = answerer.signals(question.question)
        if first is None:
            continue
        rows.append([signals[name] for name in CONFIDENCE_FEATURES])
        right.append(place_of([first.quote], question.gold) == 1)
        answerable.append(question.answerable)
        relevance.append(max(signals[name] for name in LIKENESS))
    x, y, can = np.array(rows), np.array(right), np.array(answerable)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=chosen.strength))
    sure = cross_val_predict(model, x, y, cv=5, method="predict_proba")[:, 1]
    model.fit(x, y)
    scale, fitted = model[0], model[1]
    weights = fitted.coef_[0] / scale.scale_
    print(f"  intercept: {float(fitted.intercept_[0] - (weights * scale.mean_).sum()):.3f}")
    for name, weight in zip(CONFIDENCE_FEATURES, weights, strict=True):
        print(f"  {name}: {weight:.3f}")
    for share in (1, 2, 5, 10):
        low = np.percentile(np.array(relevance)[can], share)
        print(f"relevance: {share} % of answerable below {low:.2f}")
    print("threshold: unanswerable at or above it; answerable right, answerable wrong, at or above it")
    for threshold in np.arange(0.1, 0.95, 0.05):
        over = sure >= threshold
        print(
            f"{threshold:.2f}: {over[~can].mean():.3f}; {(over & y)[can].mean():.3f}, {(over & ~y)[can].mean():.3f}"
        )


if __name__ == "__main__":
    main()
