"""A document arranged for reading: its sections in order, and what a search found in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from knowledge.passages import Passage

EXCERPT_CHARACTERS = 320
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_COMMON = re.compile(
    r"an?|and|are|as|at|be|by|can|do|does|for|from|has|have|how|if|in|is|its?|my|of|on|or|our|should|that|the|"
    r"their|there|they|this|to|was|we|what|when|where|which|who|why|will|with|would|you|i"
)


@dataclass(frozen=True)
class Text:
    """A paragraph, or the items of a list."""

    lines: list[str]
    is_list: bool


@dataclass(frozen=True)
class ReadPassage:
    """A passage in its place."""

    anchor: str
    texts: list[Text]
    before_model: bool
    spelled: str = ""
    """What the words of a table row mean, read with the headings of their columns."""


@dataclass(frozen=True)
class Section:
    """A heading with the passages that stand directly under it. `level` is 2 for the top ones."""

    anchor: str
    heading: str
    level: int
    passages: list[ReadPassage] = field(default_factory=list)


def sections(passages: Iterable[Passage]) -> list[Section]:
    """The passages of a document under its headings, each heading once where it begins."""
    found: list[Section] = []
    path: tuple[str, ...] = ()
    for passage in passages:
        if passage.section != path or not found:
            shared = _shared(path, passage.section)
            first = max(min(shared, len(passage.section) - 1), 0)
            for depth in range(first, len(passage.section)):
                found.append(_section(len(found), passage.section[depth], depth))
            if not passage.section:
                found.append(_section(len(found), "", 0))
            path = passage.section
        found[-1].passages.append(_read(passage))
    return found


def _read(passage: Passage) -> ReadPassage:
    if passage.kind == "row":
        return ReadPassage(
            passage.id, [Text([passage.quote], False)], passage.before_model, spelled=passage.text
        )
    return ReadPassage(passage.id, texts(passage.text), passage.before_model)


def _section(number: int, heading: str, depth: int) -> Section:
    return Section(f"section-{number + 1}", heading, min(2 + depth, 6))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many headings two paths have in common, from the top."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def texts(text: str) -> list[Text]:
    """The lines of a passage as paragraphs and lists."""
    arranged: list[Text] = []
    for line in text.splitlines():
        is_item = line.startswith("•")
        line = line.removeprefix("•").strip()
        if is_item and arranged and arranged[-1].is_list:
            arranged[-1].lines.append(line)
        else:
            arranged.append(Text([line], is_item))
    return arranged


def excerpt(passage: Passage, highlights: Sequence[str]) -> str:
    """The sentence of a passage that matched best, with as much of what follows as fits."""
    words = " ".join(unit.text for unit in passage.units)
    start = max(words.find(highlights[0]), 0) if highlights else 0
    shown = words[start : start + EXCERPT_CHARACTERS]
    if start + len(shown) < len(words):
        shown = shown.rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
    return ("… " if start else "") + shown


def mark_words(text: str, query: str) -> Markup:
    """The text with the words of a search marked, endings apart: `plans` marks `plan` and `planning`."""
    stems = {_stem(word) for word in _WORD.findall(query.lower())} - {""}
    parts: list[str | Markup] = []
    at = 0
    for found in _WORD.finditer(text):
        if _stem(found.group().lower()) in stems:
            parts += [escape(text[at : found.start()]), Markup("<mark>{}</mark>").format(found.group())]
            at = found.end()
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def _stem(word: str) -> str:
    if _COMMON.fullmatch(word):
        return ""
    for ending in ("ments", "ment", "ning", "ing", "ions", "ion", "ies", "es", "ed", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
