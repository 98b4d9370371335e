"""Finding the passages that may answer a question: candidates from words, meaning and the question bank."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.cues import asks_number, asks_time, cued_documents, states_number, states_time
from knowledge.embedding import FloatArray, IntArray, SentenceEncoder
from knowledge.index import GuidanceIndex, Snapshot
from knowledge.lexicon import STOP_WORDS, Lexicon, Query, stem, tokens

WORD_CANDIDATES = 60
MEANING_CANDIDATES = 40
QUESTION_CANDIDATES = 60
UNSEEN = 0.8  # slope of the learned score against cosine, for passages the ranker has not seen

FEATURES = (
    "words",  # BM25 of the passage, divided by the best of this question
    "coverage",  # share of the question's content words (by rarity) that the passage uses
    "meaning",  # cosine of the nearest sentence of the passage
    "meaning_second",  # of the second nearest
    "whole",  # cosine of the whole passage
    "asked",  # cosine of the nearest bank question of the passage
    "asked_second",  # of the second nearest bank question
    "asked_words",  # BM25 of the best bank question, divided by the best of this question
    "asked_coverage",  # share of the question's content words in the best bank question
    "learned",  # score of the learned ranker
    "cued",  # 1 in a document that the question points to, -1 in the others, 0 when it points to none
    "timed",  # the question asks for a time or a number: 1 where the passage states one, -1 where it does not
    "operative",  # the 2019 model or the 2022 guide
    "before_model",  # the position before the model
    "background",  # history, forewords, acknowledgements
)


@dataclass(frozen=True)
class Candidates:
    """Passages that may answer, with a row of FEATURES for each.

    `best_unit` is the sentence of each passage nearest to the question; `best_question` the row of its
    nearest bank question, -1 where it has none; `unasked` whether its document has none at all.
    """

    query: Query
    rows: IntArray
    features: FloatArray
    best_unit: IntArray
    best_question: IntArray
    vector: FloatArray
    unasked: NDArray[np.bool_]


class WordStatistics:
    """How rare each word is among the passages, and which words each passage and bank question uses."""

    def __init__(self, snapshot: Snapshot, lexicon: Lexicon) -> None:
        self.passage_words = [
            frozenset(
                stem(word)
                for word in (
                    *tokens(f"{' '.join(p.section)} {p.context} {p.text}"),
                    *lexicon.canonical(f"{' '.join(p.section[-1:])} {p.context} {p.text}").split(),
                )
            )
            for p in snapshot.passages
        ]
        self.question_words = [
            frozenset(stem(w) for w in lexicon.canonical(q.question).split() if w not in STOP_WORDS)
            for q in snapshot.questions
        ]
        counts: dict[str, int] = {}
        for words in self.passage_words:
            for word in words:
                counts[word] = counts.get(word, 0) + 1
        total = max(1, len(self.passage_words))
        self._idf = {word: float(np.log(1 + total / (1 + n))) for word, n in counts.items()}
        self._rare = float(np.log(1 + total))

    def rarity(self, word: str) -> float:
        """Inverse document frequency of a stemmed word; an unknown word is the rarest."""
        return self._idf.get(word, self._rare)

    def share(self, terms: tuple[str, ...], words: frozenset[str]) -> float:
        """How much of `terms`, by rarity, is among `words` (0 to 1)."""
        total = sum(self.rarity(term) for term in terms)
        return sum(self.rarity(term) for term in terms if term in words) / total if total else 0.0


_BACKGROUND = ("Background", "Acknowledgements", "ACKNOWLEDGEMENTS", "FOREWORD", "Introduction", "APPENDIX")


class Retriever:
    """Searches one snapshot of the index."""

    def __init__(
        self, index: GuidanceIndex, snapshot: Snapshot, lexicon: Lexicon, encoder: SentenceEncoder
    ) -> None:
        self._index = index
        self.snapshot = snapshot
        self.lexicon = lexicon
        self._encoder = encoder
        self.statistics = WordStatistics(snapshot, lexicon)
        editions = {doc.slug: doc.edition for doc in snapshot.documents}
        self._operative = np.array(
            [editions[p.document] not in ("2007-inspection", "2008-report") for p in snapshot.passages],
            np.float32,
        )
        self._before = np.array([p.before_model for p in snapshot.passages], np.float32)
        self._background = np.array(
            [
                (bool(p.section) and p.section[0].startswith(_BACKGROUND)) or not p.section
                for p in snapshot.passages
            ],
            np.float32,
        )

        self._of_document: dict[str, list[int]] = {}
        for row, passage in enumerate(snapshot.passages):
            self._of_document.setdefault(passage.document, []).append(row)
            if passage.before_model:
                self._of_document.setdefault("before_model", []).append(row)
        banked = {snapshot.passages[int(row)].document for row in snapshot.question_rows}
        self._unasked = np.array([p.document not in banked for p in snapshot.passages], np.bool_)
        said = [f"{p.context} {p.text}" for p in snapshot.passages]
        self._states_time = np.array([1.0 if states_time(text) else -1.0 for text in said], np.float32)
        self._states_number = np.array([1.0 if states_number(text) else -1.0 for text in said], np.float32)

    def _learned(self, query: Query, vector: FloatArray, meaning: FloatArray) -> FloatArray:
        """Scores of the learned ranker; of passages it has not seen, what it would give for their meaning alone."""
        scores: FloatArray = UNSEEN * np.maximum(meaning - 0.25, 0.0)
        ranker = self.snapshot.ranker
        if ranker is not None:
            known = ranker.score(query.canonical, vector)
            scores[: len(known)] = known
        return scores

    def encode(self, query: Query) -> FloatArray:
        """One vector for the question: as corrected, and as the documents would put it."""
        texts = (
            [query.corrected] if query.canonical == query.corrected else [query.corrected, query.canonical]
        )
        vector: FloatArray = self._encoder.encode(texts).mean(axis=0)
        vector /= np.linalg.norm(vector)
        return vector

    def candidates(self, query: Query, exclude: frozenset[int] = frozenset()) -> Candidates:
        """Candidates for a question. `exclude` are rows of bank questions to act as if they were not
        there."""
        snapshot, count = self.snapshot, len(self.snapshot.passages)
        vector = self.encode(query)
        words = np.zeros(count, np.float32)
        terms = [*query.terms, *query.related]
        matched = self._index.match_passages(
            list(dict.fromkeys([*query.canonical.split(), *terms])), 4 * WORD_CANDIDATES
        )
        for row, score in matched.items():
            words[row] = score

        unit_scores = snapshot.unit_vectors @ vector
        meaning = np.full(count, -1.0, np.float32)
        np.maximum.at(meaning, snapshot.unit_rows, unit_scores)
        best_unit = np.zeros(count, np.int64)
        order = np.argsort(unit_scores, kind="stable")
        best_unit[snapshot.unit_rows[order]] = order  # the last one written is the best
        rest = unit_scores.copy()
        rest[best_unit[snapshot.unit_rows]] = -1.0
        second = np.full(count, -1.0, np.float32)
        np.maximum.at(second, snapshot.unit_rows, rest)
        second = np.where(second < -0.5, meaning * 0.7, second)
        whole = snapshot.passage_vectors @ vector

        asked = np.zeros(count, np.float32)
        asked_second = np.zeros(count, np.float32)
        asked_words = np.zeros(count, np.float32)
        asked_coverage = np.zeros(count, np.float32)
        best_question = np.full(count, -1, np.int64)
        if len(snapshot.questions):
            scores = snapshot.question_vectors @ vector
            if exclude:
                scores[list(exclude)] = -1.0
            order = np.argsort(scores, kind="stable")
            rows = snapshot.question_rows[order]
            best_question[rows] = order
            best_question[asked_rows_without(best_question, scores)] = -1
            np.maximum.at(asked, snapshot.question_rows, scores)
            rest = scores.copy()
            rest[best_question[best_question >= 0]] = -1.0
            np.maximum.at(asked_second, snapshot.question_rows, rest)
            found = self._index.match_questions(query.canonical.split(), 3 * QUESTION_CANDIDATES)
            for number, score in found.items():
                if number in exclude:
                    continue
                row = snapshot.question_rows[number]
                asked_words[row] = max(asked_words[row], score)
                share = self.statistics.share(query.terms, self.statistics.question_words[number])
                asked_coverage[row] = max(asked_coverage[row], share)

        unasked = self._unasked  # documents without bank questions must not lose for that
        asked = np.where(unasked, 0.9 * meaning, asked)
        asked_second = np.where(unasked, 0.8 * meaning, asked_second)
        alike = (
            0.8
            * words
            / max(float(words.max(initial=0)), 1e-6)
            * max(float(asked_words.max(initial=0)), 1e-6)
        )
        asked_words = np.where(unasked, alike, asked_words)
        learned = self._learned(query, vector, meaning)
        cues = cued_documents(query.original)
        cued = np.zeros(count, np.float32)
        if cues:
            cued[:] = -1.0
            for slug in cues:
                cued[self._of_document.get(slug, [])] = 1.0
        timed = np.zeros(count, np.float32)
        if asks_time(query.original):
            timed = self._states_time
        elif asks_number(query.original):
            timed = self._states_number
        chosen: set[int] = set()
        for values, limit in (
            (words, WORD_CANDIDATES),
            (meaning, MEANING_CANDIDATES),
            (whole, MEANING_CANDIDATES // 2),
            (asked, QUESTION_CANDIDATES),
            (asked_words, QUESTION_CANDIDATES // 2),
            (learned, MEANING_CANDIDATES),
        ):
            limit = min(limit, count)
            top = np.argpartition(-values, limit - 1)[:limit]
            chosen.update(int(row) for row in top if values[row] > 0)
        rows = np.array(sorted(chosen), dtype=np.int64)
        coverage = np.array(
            [self.statistics.share(query.terms, self.statistics.passage_words[row]) for row in rows],
            np.float32,
        )
        features = (
            np.stack(
                [
                    words[rows] / max(float(words.max(initial=0)), 1e-6),
                    coverage,
                    meaning[rows],
                    second[rows],
                    whole[rows],
                    asked[rows],
                    asked_second[rows],
                    asked_words[rows] / max(float(asked_words.max(initial=0)), 1e-6),
                    asked_coverage[rows],
                    learned[rows],
                    cued[rows],
                    timed[rows],
                    self._operative[rows] if not cues else np.zeros(len(rows), np.float32),
                    -self._before[rows] if "before_model" in cues else self._before[rows],
                    self._background[rows],
                ],
                axis=1,
            ).astype(np.float32)
            if len(rows)
            else np.zeros((0, len(FEATURES)), np.float32)
        )
        return Candidates(query, rows, features, best_unit[rows], best_question[rows], vector, unasked[rows])


def asked_rows_without(best_question: IntArray, scores: FloatArray) -> NDArray[np.bool_]:
    """Passages whose best bank question is one that must not be used."""
    has = best_question >= 0
    masked = np.zeros_like(has)
    masked[has] = scores[best_question[has]] <= -1.0
    return masked
