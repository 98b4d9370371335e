"""A small learned ranker: kernel ridge regression from questions to passages, trained on the question bank.

Every bank question, and every sentence of the shipped passages, is an example of a question that its passage answers.
Two texts are alike by meaning (cosine of their vectors), by words, and by runs of letters (which forgives spelling).
Solving (K + regularisation) A = Y once gives, for a new question with similarities k, a score k A for every passage.
Unlike the nearest bank question, the score weighs all of them, and learns which likenesses tell passages apart.
Chosen over a hand-set mixture alone because it does better on the development set (docs/evaluation/guidance.md).
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

from knowledge.embedding import FloatArray, IntArray
from knowledge.lexicon import STOP_WORDS, stem

BUCKETS = 1 << 18  # words and letter runs are hashed into this many places
WORD_WEIGHT, LETTER_WEIGHT = 0.7, 0.5  # beside 1.0 for meaning
POWER = 1.5  # above 1, near likenesses count for more
QUESTION_RIDGE, SENTENCE_RIDGE = 1.0, 2.0  # sentences are trusted less: they are not questions


def _buckets(text: str) -> tuple[dict[int, float], dict[int, float]]:
    """Hashed counts of the words and word pairs, and of the runs of three to five letters, of a canonical text."""
    every = text.split()
    words: dict[int, float] = {}
    letters: dict[int, float] = {}
    named = [stem(word) for word in every if word not in STOP_WORDS]
    for token in (*named, *(f"{a} {b}" for a, b in pairwise(every))):
        bucket = zlib.crc32(token.encode()) % BUCKETS
        words[bucket] = words.get(bucket, 0.0) + 1.0
    for word in every:
        padded = f" {word} "
        for size in (3, 4, 5):
            for at in range(max(1, len(padded) - size + 1)):
                bucket = zlib.crc32(padded[at : at + size].encode(), size) % BUCKETS
                letters[bucket] = letters.get(bucket, 0.0) + 1.0
    return words, letters


def _matrix(counts: Sequence[dict[int, float]], idf: FloatArray, weight: float) -> csr_matrix:
    """Rows of damped counts times rarity, of length `weight` squared (so that their products sum to a kernel)."""
    indptr: list[int] = [0]
    indices: list[int] = []
    data: list[float] = []
    for row in counts:
        values = {b: (1.0 + np.log(n)) * float(idf[b]) for b, n in row.items()}
        length = np.sqrt(sum(v * v for v in values.values())) or 1.0
        indices.extend(values)
        data.extend(v / length * np.sqrt(weight) for v in values.values())
        indptr.append(len(indices))
    shape = (len(counts), BUCKETS)
    return csr_matrix(
        (np.array(data, np.float32), np.array(indices, np.int32), np.array(indptr, np.int32)), shape
    )


def _idf(counts: Sequence[dict[int, float]]) -> FloatArray:
    seen = np.zeros(BUCKETS, np.float32)
    for row in counts:
        seen[list(row)] += 1
    rarity: FloatArray = (np.log((1 + len(counts)) / (1 + seen)) + 1).astype(np.float32)
    return rarity


@dataclass(frozen=True)
class KernelRanker:
    """A trained ranker. `rows` of its examples' vectors and texts are in the order they were given to `train`."""

    vectors: FloatArray
    words: csr_matrix  # transposed: a question's buckets select rows of examples
    letters: csr_matrix
    word_idf: FloatArray
    letter_idf: FloatArray
    weights: FloatArray  # (examples, passages)

    def score(self, canonical: str, vector: FloatArray) -> FloatArray:
        """A score for each passage it was trained on; about 0 for nothing, up to 1 for a question it knows."""
        words, letters = _buckets(canonical)
        likeness = self.vectors @ vector
        likeness += np.asarray((_matrix([words], self.word_idf, WORD_WEIGHT) @ self.words).todense()).ravel()
        likeness += np.asarray(
            (_matrix([letters], self.letter_idf, LETTER_WEIGHT) @ self.letters).todense()
        ).ravel()
        scores: FloatArray = _sharpen(likeness) @ self.weights
        return scores


def _sharpen(likeness: FloatArray) -> FloatArray:
    most = 1.0 + WORD_WEIGHT + LETTER_WEIGHT
    sharp: FloatArray = most * np.maximum(likeness / most, 0.0) ** POWER
    return sharp.astype(np.float32)


def lexical_parts(texts: Iterable[str]) -> tuple[csr_matrix, csr_matrix, FloatArray, FloatArray]:
    """Word and letter matrices of canonical texts (transposed) and the rarities they were made with."""
    counted = [_buckets(text) for text in texts]
    words, letters = [c[0] for c in counted], [c[1] for c in counted]
    word_idf, letter_idf = _idf(words), _idf(letters)
    return (
        _matrix(words, word_idf, WORD_WEIGHT).T.tocsr(),
        _matrix(letters, letter_idf, LETTER_WEIGHT).T.tocsr(),
        word_idf,
        letter_idf,
    )


def train(
    vectors: FloatArray, texts: Sequence[str], targets: IntArray, questions: int, passages: int
) -> FloatArray:
    """The weights of a ranker: (examples, passages). The first `questions` examples are bank questions, the others
    sentences; `targets` are the rows of the passages that they belong to."""
    words, letters, _, _ = lexical_parts(texts)
    kernel = vectors @ vectors.T
    kernel += (words.T @ words).toarray()
    kernel += (letters.T @ letters).toarray()
    kernel = _sharpen(kernel)
    ridge = np.full(len(texts), SENTENCE_RIDGE, np.float32)
    ridge[:questions] = QUESTION_RIDGE
    kernel[np.diag_indices_from(kernel)] += ridge
    wanted = np.zeros((len(texts), passages), np.float32)
    wanted[np.arange(len(texts)), targets] = 1.0
    weights: FloatArray = cho_solve(cho_factor(kernel, overwrite_a=True), wanted, overwrite_b=True)
    return weights.astype(np.float32)
