"""The guidance as the rest of the assistant uses it: ask, search, define, look up.

>>> guidance = Guidance.open("sqlite:///var/assistant.db")
>>> guidance.ask("how long do I have to do the first OASys for someone serving life?").status
'answered'
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from knowledge.answering import Answerer
from knowledge.answers import Citation, Criterion, Definition, GuidanceAnswer, Hit
from knowledge.catalogue import DocumentInfo
from knowledge.citing import Shelf
from knowledge.criteria import list_criteria
from knowledge.defining import define
from knowledge.embedding import guidance_encoder
from knowledge.glossary import shared_glossary
from knowledge.index import GuidanceIndex, Snapshot
from knowledge.index_stores import index_of
from knowledge.indexing import BuildReport, build_index, engine_of
from knowledge.lexicon import Lexicon
from knowledge.passages import Passage
from knowledge.quotes import QuoteFinder
from knowledge.ranking import rank
from knowledge.retrieval import FEATURES, Retriever
from knowledge.search_texts import english_words

__all__ = ["BuildReport", "Guidance", "build_index"]


@dataclass(frozen=True)
class _Version:
    """What is derived from one version of the index."""

    snapshot: Snapshot
    retriever: Retriever
    rows: dict[str, int]
    finders: dict[str, QuoteFinder]


class Guidance:
    """Answers questions from the indexed guidance. Safe to share between threads.

    A change of the index (a document added by another process) is noticed at the next question.
    """

    def __init__(self, index: GuidanceIndex) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._version: _Version | None = None

    @classmethod
    def open(cls, database: str | Engine) -> "Guidance":
        """The guidance indexed in a database. Raises IndexMissing when `build_index` has not been run."""
        guidance = cls(index_of(engine_of(database)))
        guidance._current()
        return guidance

    def _current(self) -> _Version:
        snapshot = self._index.snapshot()
        current = self._version
        if current is not None and current.snapshot is snapshot:
            return current
        with self._lock:
            if self._version is None or self._version.snapshot is not snapshot:
                self._version = self._derive(snapshot)
            return self._version

    def _derive(self, snapshot: Snapshot) -> _Version:
        lexicon = Lexicon(english=english_words())
        lexicon.learn(
            [f"{p.heading} {p.text}" for p in snapshot.passages] + [q.question for q in snapshot.questions]
        )
        retriever = Retriever(self._index, snapshot, lexicon, guidance_encoder())
        by_document: dict[str, list[Passage]] = {}
        for passage in snapshot.passages:
            by_document.setdefault(passage.document, []).append(passage)
        finders = {slug: QuoteFinder(snapshot.sources[slug], found) for slug, found in by_document.items()}
        rows = {passage.id: row for row, passage in enumerate(snapshot.passages)}
        return _Version(snapshot, retriever, rows, finders)

    def ask(self, question: str, limit: int = 5) -> GuidanceAnswer:
        """The answer to a question, with up to `limit` citations, best first; or an honest refusal."""
        return self.answerer().answer(question, limit)

    def answerer(self) -> Answerer:
        """What answers from the current version of the index."""
        return Answerer(self._shelf(), shared_glossary())

    def _shelf(self) -> Shelf:
        version = self._current()
        return Shelf(version.retriever, version.finders, version.rows)

    def search(self, query: str, limit: int = 10) -> list[Hit]:
        """The passages nearest to `query`, best first, whatever they are worth."""
        version = self._current()
        prepared = version.retriever.lexicon.query(query)
        candidates = version.retriever.candidates(prepared)
        ranked = rank(candidates)
        hits: list[Hit] = []
        best = float(ranked.scores[0]) if len(ranked.scores) else 1.0
        for row, score, place in zip(
            ranked.rows[:limit], ranked.scores[:limit], ranked.places[:limit], strict=True
        ):
            passage = version.snapshot.passages[int(row)]
            unit = version.snapshot.units[int(candidates.best_unit[place])][1]
            share = max(0.0, min(1.0, float(score) / max(best, 1e-6)))
            hits.append(Hit(passage, round(share, 4), [passage.units[unit].text]))
        return hits

    def search_by(self, query: str, feature: str, limit: int = 10) -> list[Hit]:
        """The passages that one signal alone puts first (a name of retrieval.FEATURES): for comparison."""
        version = self._current()
        candidates = version.retriever.candidates(version.retriever.lexicon.query(query))
        values = candidates.features[:, FEATURES.index(feature)]
        order = values.argsort()[::-1][:limit]
        return [
            Hit(version.snapshot.passages[int(candidates.rows[place])], round(float(values[place]), 4), [])
            for place in order
        ]

    def source(self, slug: str) -> str:
        """The canonical text of a document, against which its quotes are verbatim; empty for an unknown one."""
        return self._current().snapshot.sources.get(slug, "")

    def define(self, term: str) -> Definition | None:
        """What a term or acronym means, or None when neither glossary nor documents have it."""
        entry = shared_glossary().find(term)
        return define(self._shelf(), entry) if entry else None

    def passage(self, passage_id: str) -> Passage | None:
        """A passage by its id."""
        version = self._current()
        row = version.rows.get(passage_id)
        return version.snapshot.passages[row] if row is not None else None

    def passages(self, slug: str) -> list[Passage]:
        """The passages of a document in reading order; empty for an unknown document."""
        return [p for p in self._current().snapshot.passages if p.document == slug]

    def document(self, slug: str) -> DocumentInfo | None:
        """A document's metadata."""
        return next((doc for doc in self._current().snapshot.documents if doc.slug == slug), None)

    def documents(self) -> list[DocumentInfo]:
        """The indexed documents."""
        return list(self._current().snapshot.documents)

    def locate(self, slug: str, quote: str) -> str | None:
        """The id of the passage that holds `quote`, or None when the document does not have it."""
        finder = self._current().finders.get(slug)
        return finder.passage_of(quote) if finder else None

    def cite(self, slug: str, quote: str) -> Citation | None:
        """A citation for the words of a rule, with its link; None when the document does not have them."""
        passage_id = self.locate(slug, quote)
        passage = self.passage(passage_id) if passage_id else None
        return self._shelf().cite(passage, quote) if passage else None

    def criteria(self, code: str | None = None, theme: str | None = None) -> list[Criterion]:
        """Inspection criteria by code ("2.2b") or theme ("victims"), in the order of the documents."""
        return list_criteria(self._current().snapshot, code, theme)

    def warm(self, questions: Sequence[str] = ("What is due next?",)) -> None:
        """Load everything that the first question needs."""
        for question in questions:
            self.ask(question)
