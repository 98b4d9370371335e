"""A message as words that can be matched: lower case, contractions opened, key words spelt right.

Every later step reads `Text.canonical`, the words joined by single spaces, and maps what it finds back to the
characters of the message, so that a typing slip never moves a fact.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_PIECES = re.compile(
    r"""
      (?P<prison_number>(?<![A-Za-z0-9])(?:
          [A-Za-z]\d{4}[A-Za-z]{2}
        | [A-Za-z]\d{4}[ ](?!(?:a[mnst]|b[ey]|do|go|he|i[fnst]|me|my|no|o[fnr]|so|to|u[ps]|we)\b)[A-Za-z]{2}
        | (?-i:[A-Z][ ]\d{4}[ ]?(?!(?:A[MNST]|B[EY]|HE|I[FNST]|NO|O[FNR]|SO|TO|UP|WE)\b)[A-Z]{2})
        )(?![A-Za-z0-9]))
    | (?P<iso>(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d))
    | (?P<numeric>(?<![\d/])\d{1,2}\s?[/.\-\\]\s?\d{1,2}\s?[/.\-\\]\s?\d{2,6}(?!\d))
    | (?P<spaced>(?<![\d/.-])(?:0?[1-9]|[12]\d|3[01])[ ](?:0?[1-9]|1[0-2])[ ](?:(?:19|20)\d\d|\d\d)
        (?![\d/.:-]|[ ]?(?:years?|yrs?|y|months?|mths?|m|weeks?|wks?|days?|d)\b))
    | (?P<month_year>(?<![\d/])\d{1,2}/(?:19|20)\d{2}(?![\d/]))
    | (?P<pair>(?<![\d/])\d{1,2}/\d{1,2}(?![\d/]))
    | (?P<short_year>(?<![A-Za-z0-9])['’‘`]\d{2}(?!\d))
    | (?P<half>\d*½)
    | (?P<ordinal>\d{1,2}(?:st|nd|rd|th)(?![A-Za-z]))
    | (?P<initials>(?<![A-Za-z])(?:[A-Za-z]\.){2,}[A-Za-z]?(?![A-Za-z]))
    | (?P<number>\d+(?:\.\d+)?%?)
    | (?P<word>[A-Za-z]+(?:['’][A-Za-z]+)*)
    | (?P<mark>[,.;?!()\n+<>])
    """,
    re.VERBOSE | re.IGNORECASE,
)

_OPENED = {
    "cannot": ("can", "not"), "cant": ("can", "not"), "can't": ("can", "not"),
    "wont": ("will", "not"), "won't": ("will", "not"), "aint": ("is", "not"), "ain't": ("is", "not"),
    "isnt": ("is", "not"), "wasnt": ("was", "not"), "arent": ("are", "not"), "werent": ("were", "not"),
    "hasnt": ("has", "not"), "havent": ("have", "not"), "hadnt": ("had", "not"), "doesnt": ("does", "not"),
    "dont": ("do", "not"), "didnt": ("did", "not"), "dunno": ("do", "not", "know"),
    "shouldnt": ("should", "not"), "wouldnt": ("would", "not"),
    "hes": ("he", "is"), "shes": ("she", "is"), "im": ("i", "am"), "ive": ("i", "have"),
    "gotta": ("got", "to"), "gonna": ("going", "to"),
}  # fmt: skip
_ENDINGS = {"s": "s", "re": "are", "m": "am", "ve": "have", "ll": "will", "d": "d"}


@dataclass(frozen=True)
class Word:
    """One word of the message: characters `start` to `end`, `norm` as matched, `kind` of the tokeniser."""

    start: int
    end: int
    norm: str
    kind: str


def _open(raw: str, start: int) -> list[tuple[int, int, str]]:
    """A word as one or more: "isn't" is `is` and `not`; "he's" is `he` and `s`."""
    lower = raw.lower().replace("’", "'")
    end = start + len(raw)
    if lower in _OPENED:
        return [(start, end, part) for part in _OPENED[lower]]
    if lower.endswith("n't"):
        return [(start, end - 3, lower[:-3]), (end - 3, end, "not")]
    head, apostrophe, tail = lower.rpartition("'")
    if apostrophe and head and tail in _ENDINGS:
        split = start + len(head)
        return [(start, split, head.replace("'", "")), (split, end, _ENDINGS[tail])]
    return [(start, end, lower.replace("'", ""))]


def join_terms(words: Sequence[str], terms: Mapping[tuple[str, ...], str]) -> Iterator[tuple[int, int, str]]:
    """Words with each known term as one: the first word, one past the last, and what stands for them.

    >>> [norm for _, _, norm in join_terms(["the", "parole", "board"], {("parole", "board"): "board"})]
    ['the', 'board']
    """
    longest = max(map(len, terms), default=1)
    at = 0
    while at < len(words):
        sizes = range(min(longest, len(words) - at), 0, -1)
        size = next((size for size in sizes if tuple(words[at : at + size]) in terms), 1)
        piece = tuple(words[at : at + size])
        yield at, at + size, terms.get(piece, words[at])
        at += size


@dataclass(frozen=True)
class Text:
    """A message and its words.

    >>> Text.of("isn't TACT, crd 1/5/28").canonical
    'is not tact , crd 1/5/28'
    """

    message: str
    words: tuple[Word, ...]

    @classmethod
    def of(cls, message: str, correct: Callable[[str], str] = str) -> "Text":
        """Read a message. `correct` puts the spelling of one lower case word right."""
        words: list[Word] = []
        for piece in _PIECES.finditer(message):
            kind, raw = piece.lastgroup or "", piece.group()
            if kind == "word":
                words += [Word(a, b, correct(norm), kind) for a, b, norm in _open(raw, piece.start())]
            elif kind in ("spaced", "prison_number"):
                norm = "/".join(raw.split()) if kind == "spaced" else raw.lower().replace(" ", "")
                kind = "numeric" if kind == "spaced" else kind
                words.append(Word(piece.start(), piece.end(), norm, kind))
            elif kind == "initials":
                words.append(Word(piece.start(), piece.end(), raw.lower().replace(".", ""), kind))
            else:
                norm = raw.lower() if kind != "numeric" else re.sub(r"\s", "", raw)
                norm = norm.replace("’", "'").replace("‘", "'").replace("`", "'").replace("\n", ";")
                words.append(Word(piece.start(), piece.end(), norm, kind))
        return cls(message, tuple(words))

    def joined(self, terms: Mapping[tuple[str, ...], str]) -> "Text":
        """The text with each term of several words as the one word that stands for it.

        >>> Text.of("no community offender manager").joined({("community", "offender", "manager"): "com"}).canonical
        'no com'
        """
        words = [
            self.words[first]
            if past - first == 1 and norm == self.words[first].norm
            else Word(self.words[first].start, self.words[past - 1].end, norm, "word")
            for first, past, norm in join_terms([word.norm for word in self.words], terms)
        ]
        return Text(self.message, tuple(words))

    @cached_property
    def canonical(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.norm for word in self.words)

    @cached_property
    def _offsets(self) -> list[int]:
        offsets, at = [], 0
        for word in self.words:
            offsets.append(at)
            at += len(word.norm) + 1
        return offsets

    def indices(self, start: int, end: int) -> tuple[int, int]:
        """The words (first, one past the last) that characters `start` to `end` of `canonical` cover."""
        return bisect_right(self._offsets, start) - 1, bisect_right(self._offsets, end - 1)

    def characters(self, first: int, past: int) -> tuple[int, int]:
        """Where words `first` up to `past` stand in the message."""
        return self.words[first].start, self.words[past - 1].end

    def norms(self, first: int, past: int) -> list[str]:
        """The words from `first` up to `past` as they are matched."""
        return [word.norm for word in self.words[max(first, 0) : max(past, 0)]]
