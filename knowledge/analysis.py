"""Words as the search indexes hold them: SQLite's own tokenizer (unicode61, then Porter's stemmer), for every store.

PostgreSQL gets the very words that FTS5 would make, so that both stores find and score the same.

>>> [token.word for token in analyse([("Early Allocation", "the POM's decisions")])[0]]
['earli', 'alloc', 'the', 'pom', 's', 'decis']
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

TOKENIZER = "porter unicode61"
FIELDS = 3  # the most fields that a text to analyse has
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Token:
    """A word in a field of a text, and its place in that field."""

    word: str
    field: int
    offset: int


class _Analyser:
    """A table of FTS5 in memory that texts pass through. The lock makes it safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        names = ", ".join(f"f{field}" for field in range(FIELDS))
        self._connection.execute(f"CREATE VIRTUAL TABLE t USING fts5({names}, tokenize='{TOKENIZER}')")
        self._connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'instance')")

    def tokens(self, texts: Sequence[Sequence[str]]) -> list[list[Token]]:
        found: list[list[Token]] = [[] for _ in texts]
        with self._lock:
            rows = ((number, *fields, *("",) * (FIELDS - len(fields))) for number, fields in enumerate(texts))
            marks = ", ".join("?" * (FIELDS + 1))
            self._connection.executemany(f"INSERT INTO t (rowid, f0, f1, f2) VALUES ({marks})", rows)
            for word, row, field, offset in self._connection.execute("SELECT term, doc, col, offset FROM v"):
                found[row].append(Token(word, int(field[1:]), offset))
            self._connection.execute("DELETE FROM t")
            self._connection.commit()
        for tokens in found:
            tokens.sort(key=lambda token: (token.field, token.offset))
        return found


@lru_cache(maxsize=1)
def _analyser() -> _Analyser:
    return _Analyser()


def analyse(texts: Sequence[Sequence[str]]) -> list[list[Token]]:
    """The words of each text, a text being up to three fields, in order."""
    analyser = _analyser()
    return [
        tokens for at in range(0, len(texts), _BATCH) for tokens in analyser.tokens(texts[at : at + _BATCH])
    ]


@lru_cache(maxsize=32768)
def _analysed_term(term: str) -> tuple[str, ...]:
    return tuple(token.word for token in analyse([(term,)])[0])


def analyse_terms(terms: Iterable[str]) -> Counter[str]:
    """The words that search terms stand for, each with how many of the terms it is in."""
    return Counter(word for term in terms for word in _analysed_term(term))
