"""The phrases of vocabulary.yaml, found in a message with spaCy's phrase matcher."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Literal

import spacy
import yaml
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from assistant.nlu.facts.spelling import Speller
from assistant.nlu.facts.text import Text, join_terms

SOURCE = Path(__file__).with_name("vocabulary.yaml")
READERS_WORDS = (  # what dates.py and durations.py look for
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
    "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "yesterday",
    "tomorrow", "today", "month", "months", "weeks", "years", "days", "fortnight", "unknown",
)  # fmt: skip

_ARTICLES = frozenset({"a", "an", "the", "his", "her", "their", "my", "our", "its"})

Kind = Literal["value", "detail", "date", "event", "name", "ignored"]


@dataclass(frozen=True)
class Meaning:
    """What a phrase stands for: a `value` of `field`, a `date` of it, the date
    of such an `event`, its `name`, or nothing (`ignored`)."""

    kind: Kind
    field: str
    value: Any = None
    derived: bool = False


@dataclass(frozen=True)
class Phrase:
    """A phrase found: words `first` up to `past` of the text, and all that it can mean."""

    first: int
    past: int
    meanings: tuple[Meaning, ...]

    def of_kind(self, *kinds: Kind) -> list[Meaning]:
        """Its meanings of these kinds."""
        return [meaning for meaning in self.meanings if meaning.kind in kinds]


def expand(pattern: str) -> Iterator[tuple[str, ...]]:
    """Every wording of a pattern: `a|b` either word, a trailing `~` on a group says that it may be left out.

    >>> sorted(" ".join(words) for words in expand("next ped|review date~"))
    ['next ped', 'next ped date', 'next review', 'next review date']
    """
    groups = []
    for group in pattern.split():
        choices = group.rstrip("~").split("|")
        if {"is", "has"} & set(choices):
            choices.append("s")  # "he's", "it's"
        groups.append([*choices, ""] if group.endswith("~") else choices)
    for words in product(*groups):
        yield tuple(word for word in words if word)


def alternatives(patterns: Iterable[str]) -> str:
    """A regular expression for any wording of any of the patterns, the longest first.

    >>> alternatives(["time left", "to go|serve"])
    '(?:time left|to serve|to go)'
    """
    wordings = {" ".join(words) for pattern in patterns for words in expand(str(pattern))}
    ordered = sorted(wordings, key=lambda wording: (-len(wording), wording))
    return f"(?:{'|'.join(re.escape(wording).replace(chr(92) + ' ', ' ') for wording in ordered)})"


def _constant(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


class Vocabulary:
    """The phrases of the field, with a matcher and a speller made from them."""

    def __init__(self, source: Path = SOURCE) -> None:
        """Read the YAML and build the matcher (about 0.2 s)."""
        data: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
        self.negated: dict[str, dict[Any, Any]] = data["negated"]
        self.lengths = {name: alternatives(patterns) for name, patterns in data["lengths"].items()}
        self.editions = {
            edition: re.compile(rf"\b{alternatives(patterns)}\b")
            for edition, patterns in data["editions"].items()
        }
        self.in_general = frozenset(data["in_general"])
        self.statements_only = frozenset(data["statements_only"])
        self._upper_case_only = frozenset(data["upper_case_only"])
        self.event_dates: dict[str, str] = data["event_dates"]
        self._terms = {
            words: short
            for short, patterns in data["same_as"].items()
            for pattern in patterns
            for words in expand(str(pattern))
        }
        self._fillers = frozenset(data["fillers"])
        self._meanings: dict[tuple[str, ...], list[Meaning]] = {}
        self._read(data)
        self._loose = self._without_articles()
        self._vocab = spacy.blank("en").vocab
        self._matcher = self._matching(self._meanings)
        self._loose_matcher = self._matching(self._loose)
        words = (
            {word for phrase in self._meanings for word in phrase}
            | set(READERS_WORDS)
            | set(data["key_words"])
            | {word for term in self._terms for word in term}
        )
        self.correct = Speller(words, data["right_as_they_are"], data["slips"]).correct

    def _add(self, patterns: Iterable[str], meaning: Meaning) -> None:
        for pattern in patterns:
            for typed in expand(str(pattern)):
                words = tuple(norm for _, _, norm in join_terms(typed, self._terms))
                meanings = self._meanings.setdefault(words, [])
                if meaning not in meanings:
                    meanings.append(meaning)

    def _read(self, data: dict[str, Any]) -> None:
        for section, derived in (("values", False), ("worked_out", True)):
            for field, values in data[section].items():
                for value, patterns in values.items():
                    self._add(patterns, Meaning("value", field, _constant(value), derived))
        for field, details in data["needs_detail"].items():
            for detail in details:
                self._add(detail["phrases"], Meaning("detail", field, tuple(detail["among"])))
        for field, entry in data["dates"].items():
            reads_as = entry.get("reads_as", field)
            self._add(entry["phrases"], Meaning("date", reads_as, derived=reads_as != field))
        for field, patterns in data["names"].items():
            self._add(patterns, Meaning("name", field))
        self._add(data["ignored"], Meaning("ignored", ""))

    def _without_articles(self) -> dict[tuple[str, ...], list[Meaning]]:
        """The phrases of three words and more without "the", "his" and the like, where two words are left."""
        loose: dict[tuple[str, ...], list[Meaning]] = {}
        for words, meanings in self._meanings.items():
            bare = tuple(
                word
                for at, word in enumerate(words)
                if word not in _ARTICLES
                or at == len(words) - 1
                or words[at - 1 : at] in (("cat",), ("category",))
            )
            if len(words) > 2 and len(bare) > 1:
                loose.setdefault(bare, meanings)
        return loose

    def _matching(self, phrases: Iterable[tuple[str, ...]]) -> PhraseMatcher:
        matcher = PhraseMatcher(self._vocab, attr="ORTH")
        matcher.add("PHRASE", [Doc(self._vocab, words=list(words)) for words in phrases])
        return matcher

    def text(self, message: str) -> Text:
        """A message with its key words spelt right, and long terms as their short forms."""
        return Text.of(message, self.correct).joined(self._terms)

    def find(self, text: Text) -> list[Phrase]:
        """The phrases of a text, in order; where two overlap the longer counts.

        Words that add nothing ("still", "currently") may stand inside a phrase, and articles may be left
        out of one or put into it.
        """
        if not text.words:
            return []
        everything = range(len(text.words))
        telling = [index for index in everything if text.words[index].norm not in self._fillers]
        bare = [
            index
            for index in telling
            if text.words[index].norm not in _ARTICLES
            or text.norms(index - 1, index) in (["cat"], ["category"])
        ]
        spans = [
            *self._spans(text, everything, self._matcher, self._meanings),
            *self._spans(text, telling, self._matcher, self._meanings),
            *self._spans(text, bare, self._loose_matcher, self._loose),
        ]
        spans.sort(key=lambda span: (span.first - span.past, span.first))
        taken: set[int] = set()
        found = []
        for span in spans:
            if taken.isdisjoint(range(span.first, span.past)):
                taken.update(range(span.first, span.past))
                found.append(span)
        return sorted(found, key=lambda phrase: phrase.first)

    def _spans(
        self,
        text: Text,
        indices: Sequence[int],
        matcher: PhraseMatcher,
        meanings: dict[tuple[str, ...], list[Meaning]],
    ) -> Iterator[Phrase]:
        """The phrases among the words at `indices`, as they stand in the whole text."""
        words = [text.words[index].norm for index in indices]
        if not words:
            return
        for _, first, past in matcher(Doc(self._vocab, words=words)):
            span = indices[first], indices[past - 1] + 1
            if self._readable(text, *span):
                yield Phrase(*span, tuple(meanings[tuple(words[first:past])]))

    def _readable(self, text: Text, first: int, past: int) -> bool:
        """False for a short form that is also an ordinary word and is not in capitals."""
        if past - first > 1 or text.words[first].norm not in self._upper_case_only:
            return True
        start, end = text.characters(first, past)
        return text.message[start:end].isupper()


@lru_cache(maxsize=1)
def shared_vocabulary() -> Vocabulary:
    """The vocabulary, read once a process."""
    return Vocabulary()
