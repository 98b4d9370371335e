"""The texts that stand for a passage in search, all rewritten to the terms of the lexicon."""

from functools import lru_cache

from knowledge.embedding import model_directory
from knowledge.lexicon import Lexicon
from knowledge.passages import Passage


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Ordinary English words (the encoder's own vocabulary): spelt right although no document uses them."""
    lines = (model_directory() / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for word in lines if word.isalpha() and len(word) > 3)


@lru_cache(maxsize=1)
def shared_lexicon() -> Lexicon:
    """The lexicon as shipped, for rewriting text (it has learnt no documents yet)."""
    return Lexicon(english=english_words())


def search_texts(passage: Passage) -> list[str]:
    """What is encoded of a passage: each unit with its nearest heading, and the lead-in of its list."""
    lexicon = shared_lexicon()
    heading = passage.section[-1] if passage.section else ""
    if heading.startswith(("Finding", "Specific")) and len(passage.section) > 1:
        heading = passage.section[-2]
    lead = passage.context or (
        passage.units[0].text if len(passage.units) > 1 and passage.units[1].is_item else ""
    )
    units = []
    for unit in passage.units:
        before = f"{heading} {lead}" if unit.is_item and len(lead) < 160 else heading
        units.append(lexicon.canonical(f"{before} {unit.text}" if len(unit.text) < 400 else unit.text))
    return units
