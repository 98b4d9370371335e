"""Where editions differ: the others are quoted beside an answer that one of them gives."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.answers import Citation
from knowledge.catalogue import load_yaml
from knowledge.citing import Shelf
from knowledge.passages import Passage
from knowledge.wording import say

NOTES = 2  # differences at most that one answer mentions


@dataclass(frozen=True)
class Difference:
    """Two or more passages that give different answers; `cues` are patterns of which a question matches one."""

    id: str
    note: str
    cues: tuple[re.Pattern[str], ...]
    quotes: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def differences() -> tuple[Difference, ...]:
    """The differences of differences.yaml."""
    return tuple(
        Difference(
            entry["id"],
            entry["note"],
            tuple(re.compile(str(cue), re.IGNORECASE) for cue in entry["cues"]),
            tuple((quote["document"], quote["quote"]) for quote in entry["quotes"]),
        )
        for entry in load_yaml(Path(__file__).with_name("differences.yaml"))
    )


def with_other_editions(
    shelf: Shelf, question: str, passage: Passage, citations: list[Citation], limit: int
) -> tuple[list[Citation], list[str]]:
    """The citations with those of the passages that differ after the first, and notes of what differs: the editions,
    or two parts of one document."""
    others: list[Citation] = []
    notes: list[str] = []
    for difference in differences():
        found = [(quote, shelf.holding(document, quote)) for document, quote in difference.quotes]
        if not any(other and other.id == passage.id for _, other in found):
            continue
        if len(notes) == NOTES or not any(cue.search(question) for cue in difference.cues):
            continue
        others += [
            shelf.cite(other, quote) for quote, other in found if other is not None and other.id != passage.id
        ]
        several = len({document for document, _ in difference.quotes}) > 1
        notes.append(say("editions_differ" if several else "also_note", note=difference.note))
    others = list({other.passage_id: other for other in others}.values())
    cited = {other.passage_id for other in others}
    rest = [citation for citation in citations[1:] if citation.passage_id not in cited]
    return [citations[0], *others, *rest][: max(limit, 1 + len(others))], notes
