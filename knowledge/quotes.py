"""Finding a quote in a document: white space never matters; marks of layout need not either."""

import re
from bisect import bisect_right

from knowledge.passages import Passage

_LOOSE = re.compile(r"[^a-z0-9]+")


class QuoteFinder:
    """Finds quotes in one document and names the passage they stand in."""

    def __init__(self, text: str, passages: list[Passage]) -> None:
        self._text, self._offsets = _squeeze(text)
        self._loose, self._loose_offsets = _loosen(text)
        self._passages = sorted(passages, key=lambda passage: passage.start)
        self._starts = [passage.start for passage in self._passages]

    def span(self, quote: str, exact: bool = False) -> tuple[int, int] | None:
        """Where `quote` stands in the document's text as (start, end), or None.

        Tried word for word first (white space apart); unless `exact`, then without punctuation, case and
        markup.
        """
        wanted = " ".join(quote.split())
        if not wanted:
            return None
        at = self._text.find(wanted)
        if at >= 0:
            return self._offsets[at], self._offsets[at + len(wanted) - 1] + 1
        if exact:
            return None
        wanted = _LOOSE.sub(" ", re.sub(r"<[^>]*>", " ", quote.lower())).strip()
        at = self._loose.find(wanted) if len(wanted) > 8 else -1
        if at < 0:
            return None
        return self._loose_offsets[at], self._loose_offsets[at + len(wanted) - 1] + 1

    def passage_of(self, quote: str, exact: bool = False) -> str | None:
        """The id of the passage that holds most of `quote`, or None if the quote is not in the document.

        A quote printed in several places belongs to the first that is part of a passage.
        """
        span = self.span(quote, exact)
        if span is None:
            return None
        best, most = None, 0
        first = max(0, bisect_right(self._starts, span[0]) - 12)
        for passage in self._passages[first:]:
            if passage.start >= span[1]:
                break
            shared = min(span[1], passage.end) - max(span[0], passage.start)
            tighter = (
                best is not None and shared == most and passage.end - passage.start < best.end - best.start
            )
            if shared > most or tighter:
                best, most = passage, shared
        if best is not None:
            return best.id
        nearest = min(
            self._passages, key=lambda p: min(abs(p.start - span[0]), abs(p.end - span[0])), default=None
        )
        return nearest.id if nearest else None


def _squeeze(text: str) -> tuple[str, list[int]]:
    """`text` with runs of white space as one space, and the place of each character in `text`."""
    characters: list[str] = []
    offsets: list[int] = []
    for match in re.finditer(r"\S|\s+", text):
        found = match.group()
        characters.append(" " if found.isspace() else found)
        offsets.append(match.start())
    return "".join(characters), offsets


def _loosen(text: str) -> tuple[str, list[int]]:
    """Lower-case letters and digits of `text` with single spaces between words, and their places."""
    characters: list[str] = []
    offsets: list[int] = []
    gap = False
    for match in re.finditer(r"<[^>]*>|.", text, re.DOTALL):
        found = match.group().lower()
        if len(found) == 1 and (found.isascii() and found.isalnum()):
            if gap and characters:
                characters.append(" ")
                offsets.append(match.start())
            characters.append(found)
            offsets.append(match.start())
            gap = False
        else:
            gap = True
    return "".join(characters), offsets
