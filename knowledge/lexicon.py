"""The words of the field: what practitioners type, what the documents write, and how one is turned into the
other."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from knowledge.catalogue import load_yaml

WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?")
MAX_QUESTION = 1000

_STOP = (
    "a an the of to in on at for by with from as is are was were be been being am do does did done "
    "doing have has had having i me my we us our you your he him his she her hers it its they them "
    "their this that these those there here what which who whom whose when where why how and or but if "
    "so then than not no nor can could may might must shall should will would just about into over "
    "under up down out off again also any all some each every s t re ve ll d m im ive id hes shes "
    "theyre dont doesnt didnt cant isnt arent get got gets getting go going goes please tell need needs "
    "needed want wants like know thing things really actually ok okay hi hello thanks cheers mate one "
    "whats hows whos wheres u ur r pls plz gonna gotta lets let "
)
STOP_WORDS = frozenset(_STOP.split())


def tokens(text: str) -> list[str]:
    """Lower-case words of `text`, without possessives."""
    return [re.sub(r"['’]s?$|['’]", "", word) for word in WORD.findall(text.lower())]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A crude stem that makes "allocated", "allocates" and "allocation" one word."""
    if len(word) > 4:
        for ending, keep in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) + len(keep) >= 3:
                word = word[: len(word) - len(ending)] + keep
                break
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return word


# of each pair, the ending and what stays in its place; the first that fits is taken
_ENDINGS = (
    *(("isations", "is"), ("isation", "is"), ("izations", "is"), ("ization", "is")),
    *(("ations", "at"), ("ation", "at"), ("ising", "is"), ("ised", "is"), ("ises", "is"), ("ise", "is")),
    *(("ments", "ment"), ("ibility", "ibl"), ("ability", "abl"), ("ities", "ity")),
    *(("ating", "at"), ("ated", "at"), ("ates", "at"), ("ate", "at"), ("ions", ""), ("ion", "")),
    *(("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("ly", "")),
)


@dataclass(frozen=True)
class Query:
    """A question made ready for search.

    `corrected` is the question with misspelt words mended; `canonical` with the documents' own terms in
    place of acronyms and slang; `terms` are its content words, stemmed; `related` what the documents may
    say instead.
    """

    original: str
    corrected: str
    canonical: str
    terms: tuple[str, ...]
    related: tuple[str, ...] = ()
    corrections: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()  # content words that no document, bank question or lexicon entry uses


class Lexicon:
    """Rewrites text to the documents' terms and mends spelling against the words of the field."""

    def __init__(self, path: Path | None = None, english: frozenset[str] = frozenset()) -> None:
        """`english` are ordinary words that are spelt right although no document uses them."""
        data = load_yaml(path or Path(__file__).with_name("lexicon.yaml"))
        self._forms: dict[str, str] = {}
        for term, forms in data["terms"].items():
            for form in [term, *forms]:
                self._forms[" ".join(tokens(str(form)))] = " ".join(tokens(str(term)))
        self._longest = max(len(form.split()) for form in self._forms)
        self._related: dict[str, list[str]] = {
            str(word): [str(other) for other in others] for word, others in data["related"].items()
        }
        self._english = english
        self._vocabulary: frozenset[str] = frozenset()
        self._documents: frozenset[str] = frozenset()
        self._candidates: list[str] = []
        self.learn(())

    def learn(self, texts: Iterable[str]) -> None:
        """Take the words of the documents and of the question bank as known."""
        words = {word for form, term in self._forms.items() for word in (*form.split(), *term.split())}
        words |= {word for word, others in self._related.items() for word in (word, *others)}
        counts: dict[str, int] = {}
        for text in texts:
            for word in tokens(text):
                counts[word] = counts.get(word, 0) + 1
        self._documents = frozenset(counts) | frozenset(words)
        self._vocabulary = self._documents | STOP_WORDS
        self._candidates = sorted(w for w in self._documents if len(w) > 3 and w.isalpha())

    def canonical(self, text: str) -> str:
        """`text` with every known form replaced by its term, in lower case."""
        words, out, i = tokens(text), [], 0
        while i < len(words):
            for size in range(min(self._longest, len(words) - i), 0, -1):
                term = self._forms.get(" ".join(words[i : i + size]))
                if term is not None:
                    out.append(term)
                    i += size
                    break
            else:
                out.append(words[i])
                i += 1
        return " ".join(out)

    def correct(self, word: str) -> str | None:
        """The domain word that a misspelt `word` most likely is, or None when it is fine or beyond
        guessing."""
        if len(word) < 4 or not word.isalpha() or word in self._vocabulary:
            return None
        if stem(word) in self._stems() or word in self._english:
            return None
        allowed = 1 if len(word) < 7 else 2
        found = extract(word, self._candidates, scorer=OSA.distance, score_cutoff=allowed, limit=4)
        alike = [(d, c) for c, d, _ in found if c[0] == word[0] or d == 1]
        if not alike:
            return None
        return min(alike, key=lambda pair: (pair[0], abs(len(pair[1]) - len(word)), pair[1]))[1]

    def _stems(self) -> frozenset[str]:
        if getattr(self, "_stem_source", None) is not self._documents:
            self._stem_source = self._documents
            self._known_stems = frozenset(stem(word) for word in self._documents)
        return self._known_stems

    def query(self, question: str) -> Query:
        """`question` made ready for search."""
        question = re.sub(r"\s+", " ", question)[:MAX_QUESTION].strip()
        corrections: dict[str, str] = {}
        mended: list[str] = []
        for word in tokens(question):
            better = self.correct(word)
            if better:
                corrections[word] = better
            mended.append(better or word)
        corrected = " ".join(mended)
        canonical = self.canonical(corrected)
        terms = tuple(dict.fromkeys(stem(w) for w in canonical.split() if w not in STOP_WORDS))
        related = tuple(
            dict.fromkeys(
                stem(other)
                for word in mended
                for other in self._related.get(word, ())
                if stem(other) not in terms
            )
        )
        known = self._stems()
        unknown = tuple(
            w for w in canonical.split() if w not in STOP_WORDS and stem(w) not in known and not w.isdigit()
        )
        return Query(question, corrected, canonical, terms, related, corrections, unknown)
