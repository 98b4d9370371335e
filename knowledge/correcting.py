"""Corrections: what a question takes for granted and the guidance contradicts is put right in its words."""

from knowledge.answers import GuidanceAnswer
from knowledge.citing import Shelf
from knowledge.defining import sentence_of
from knowledge.embedding import FloatArray
from knowledge.ranking import Ranked
from knowledge.refusal import asserts, premises, presumes
from knowledge.wording import say

STATED_ALIKE = (
    0.6  # likeness to a known mistake from which a question that states something is taken to make it,
)
PUT_ALIKE = 0.8  # and one that only puts it ("if ...", "when ...")
BEHIND_BANK = 0.08  # how much nearer another question may be before the mistake is not what is meant


def correction(
    shelf: Shelf, question: str, vector: FloatArray, best_other: float, ranked: Ranked, limit: int
) -> GuidanceAnswer | None:
    """A correction, where the question takes for granted what the guidance contradicts; `best_other` is the likeness
    of the nearest bank question or example of a question to refuse."""
    if not presumes(question):
        return None
    examples = shelf.snapshot.examples
    scores = [
        (float(shelf.snapshot.example_vectors[row] @ vector), row)
        for row, example in enumerate(examples)
        if example.kind == "premise"
    ]
    score, row = max(scores, default=(0.0, -1))
    alike = STATED_ALIKE if asserts(question) else PUT_ALIKE
    if score < max(alike, best_other - BEHIND_BANK):
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
