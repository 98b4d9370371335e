"""Definitions: what a term means, with the words of the documents that explain it."""

from collections.abc import Sequence

from knowledge.answers import Citation, Definition, GuidanceAnswer, Status
from knowledge.blocks import clean
from knowledge.citing import Shelf
from knowledge.glossary import GlossaryEntry
from knowledge.passages import Passage
from knowledge.wording import first_sentences, say

KNOWN_QUESTION = (
    0.78  # likeness from which a bank question asks the same, and its passage comes before the glossary's
)
WORTH_QUOTING = 60  # characters from which a quote of the glossary explains more than the expansion


def define(shelf: Shelf, entry: GlossaryEntry) -> Definition:
    """A glossary entry with its citations, and the caveat its expansion needs."""
    found = [(quote, shelf.holding(document, quote)) for document, quote in entry.quotes]
    citations = [shelf.cite(passage) for _, passage in found if passage is not None]
    names = {"term": entry.term, "expansion": entry.expansion or ""}
    caveat = None
    if entry.source == "verbatim":
        short = say("definition", **names)
    elif entry.source == "editorial":
        short = say("definition_described", **names)
    elif entry.source == "general-knowledge":
        short = caveat = say("definition_general" if entry.quotes else "definition_not_used", **names)
    else:
        short = caveat = say("definition_unknown", **names)
    if found and entry.source in ("verbatim", "editorial"):
        quote, passage = found[0]
        if passage is not None and len(quote) > WORTH_QUOTING:
            said = shelf.dated(passage, sentence_of(passage, quote))
            short = said if entry.source == "editorial" else f"{short} {said}"
    if entry.note:
        short = f"{short} {entry.note}"
    return Definition(entry.term, entry.expansion, entry.source, short, caveat, citations)


def definition_answer(
    shelf: Shelf, entry: GlossaryEntry, retrieved: Sequence[Citation], best_asked: float, limit: int
) -> GuidanceAnswer:
    """The answer to "what is ...": the definition, and what search found after it."""
    definition = define(shelf, entry)
    if entry.source == "none":
        return GuidanceAnswer(
            "not_in_guidance", "refusal", definition.short, definition.citations[:1], confidence=1.0
        )
    first = definition.citations[:1]
    if best_asked > KNOWN_QUESTION and retrieved and entry.source != "general-knowledge":
        first = list(retrieved[:1])
    unique = {c.passage_id: c for c in [*first, *definition.citations, *retrieved]}
    status: Status = "answered" if definition.citations else "not_in_guidance"
    return GuidanceAnswer(
        status,
        "definition",
        definition.short,
        list(unique.values())[:limit] if definition.citations else [],
        confidence=0.95,
        notes=[definition.caveat] if definition.caveat else [],
    )


def sentence_of(passage: Passage, quote: str) -> str:
    """The sentence or sentences of a passage that hold `quote`, for reading."""
    wanted = clean(quote)
    found = " ".join(unit.text for unit in passage.units if wanted[:60] in unit.text or unit.text in wanted)
    return (
        found
        if found and len(found) < len(wanted) + 200
        else first_sentences(wanted[:1].upper() + wanted[1:])
    )
