"""Corrections: what a question takes for granted and the guidance contradicts is put right in its words."""

from knowledge.answers import GuidanceAnswer
from knowledge.citing import Shelf
from knowledge.defining import sentence_of
from knowledge.embedding import FloatArray
from knowledge.ranking import Ranked
from knowledge.refusal import premises, presumes
from knowledge.wording import say

PREMISE_ALIKE = 0.6  # likeness to a known mistake from which a question is taken to make it
BEHIND_BANK = 0.08  # how much nearer a bank question may be before the mistake is not what is meant


def correction(
    shelf: Shelf, question: str, vector: FloatArray, best_asked: float, ranked: Ranked, limit: int
) -> GuidanceAnswer | None:
    """A correction, where the question takes for granted what the guidance contradicts."""
    if not presumes(question):
        return None
    examples = shelf.snapshot.examples
    scores = [
        (float(shelf.snapshot.example_vectors[row] @ vector), row)
        for row, example in enumerate(examples)
        if example.kind == "premise"
    ]
    score, row = max(scores, default=(0.0, -1))
    if score < max(PREMISE_ALIKE, best_asked - BEHIND_BANK):
        return None
    premise = premises()[int(examples[row].topic)]
    passage = shelf.holding(premise.document, premise.quote)
    if passage is None:
        return None
    rest = [shelf.cite(shelf.passage(other)) for other in ranked.rows[:limit]]
    rest = [cited for cited in rest if cited.passage_id != passage.id]
    short = say("correction", correction=premise.correction, answer=sentence_of(passage, premise.quote))
    return GuidanceAnswer(
        "answered", "correction", short, [shelf.cite(passage), *rest][:limit], confidence=score
    )
