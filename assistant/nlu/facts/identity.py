"""What names a person or a place: prison numbers, establishments, likely names."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assistant.nlu.facts.fact import Fact
from assistant.nlu.facts.text import Text

SOURCE = Path(__file__).with_name("names.yaml")

_CAPITAL = r"[A-Z][a-zA-Z]*(?:[-'’][A-Z][a-z]+)?"
_SURNAME = r"[A-Z](?:[a-z]+|['’][A-Z][a-z]+|[a-z]*[A-Z][a-z]+)(?:-[A-Z][a-z]+)?"
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|mr|mrs|ms|miss)\.?\s+(?P<name>{_SURNAME}(?:\s+{_SURNAME})?|(?<=[a-z]\s)[a-z]{{3,}})"
)
_CALLED = re.compile(
    r"(?i:\b(?:named|called|name is|name's|prisoner name|surname is?|offender name)\b)"
    rf"\s*:?\s+(?P<name>{_SURNAME}(?:\s+{_SURNAME})?)"
)
_CALLED_PLAINLY = re.compile(
    r"\b(?P<lead>name is|name's|names|name:|named|called|surname is|goes by)\s+"
    r"(?P<name>(?P<given>[a-z]{2,})(?:\s+(?P<surname>[a-z]{2,}(?:[-'][a-z]+)?))?)",
    re.IGNORECASE,
)
"""A name in small letters, which counts after these words only if it starts with a common first name."""
_SURNAME_FIRST = re.compile(
    rf"\b(?P<name>(?P<surname>[A-Z]{{2,}}(?:[-'’][A-Z]+)?),\s+(?P<given>{_CAPITAL}))\b"
)
""" "SMITH, John", as lists of prisoners have it."""
_PLAIN_PAIR = re.compile(
    r"\b(?=(?P<name>(?P<given>[A-Za-z]{2,})\s+(?P<surname>[A-Za-z]+(?:['’][A-Za-z]+)?))\b)"
)
_TELLING_SURNAME = re.compile(r"\b(?P<name>(?:O['’]|Mc|Mac(?=[A-Z]))[A-Z][a-z]{2,})\b")
_FIRST_NAME_ALONE = re.compile(
    rf"\b(?P<name>{_CAPITAL})(?=(?:\s+(?:is|was|has|had|needs|got|gets)\b|['’]s\b))"
)
_PAIR = re.compile(rf"\b(?=(?P<name>(?P<given>{_CAPITAL})\s+(?P<surname>{_SURNAME})\b))")
_PRISON = re.compile(
    rf"\b(?P<kind>(?i:hmp\s*/\s*h?m?yoi|hmp\s*&\s*yoi|hmp|hmyoi|yoi))\s+(?P<name>{_CAPITAL}(?:\s+{_CAPITAL})?|[a-z]{{4,}})"
)


@lru_cache(maxsize=1)
def _names() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return {
        "prisons": {name.lower(): name for name in data["prisons"]},
        "known": {kind: frozenset(data[kind]) for kind in ("women", "open", "private", "youth")},
        "also_places": frozenset(data["also_places"]),
        "given": frozenset(data["given_names"]),
        "words_too": frozenset(data["words_too"]),
        "surnames": frozenset(data["surnames"]),
        "not_surnames": frozenset(data["not_surnames"]),
        "small_words": frozenset(data["small_words"]),
    }


@lru_cache(maxsize=1)
def _prison_pattern() -> re.Pattern[str]:
    names = sorted(_names()["prisons"], key=len, reverse=True)
    joined = "|".join(re.escape(name) for name in names)
    return re.compile(rf"\b(?P<name>{joined})\b", re.IGNORECASE)


def find_prison_numbers(text: Text) -> Iterator[Fact]:
    """Prison numbers, as A1234BC."""
    for word in text.words:
        if word.kind == "prison_number":
            yield Fact("prison_number", word.norm.upper(), word.start, word.end)


def find_establishments(text: Text) -> Iterator[Fact]:
    """Prisons: any after HMP or HMYOI; a known one also after at, in, from or to, or by itself."""
    message, prisons = text.message, _names()["prisons"]
    taken: list[tuple[int, int]] = []
    for match in _PRISON.finditer(message):
        known = _prison_pattern().match(message, match.start("name"))
        if known:
            name, end = prisons[known["name"].lower()], known.end()
        elif match["name"][0].isupper():
            name, end = match["name"].split()[0], match.start("name") + len(match["name"].split()[0])
        else:
            continue
        kind = match["kind"].upper().replace(" ", "")
        taken.append((match.start(), end))
        yield Fact("establishment", f"{kind} {name}", match.start(), end)
    for match in _prison_pattern().finditer(message):
        if any(start <= match.start() < end for start, end in taken):
            continue
        before = message[: match.start()].rstrip().rsplit(None, 1)[-1:] or [""]
        alone = message.strip().strip(".") == match.group()
        if re.match(
            r"\s+(?:crown|magistrates|county|youth court|court)", message[match.end() :], re.IGNORECASE
        ):
            continue
        name = prisons[match["name"].lower()]
        plain = match.group()[0].isupper() or (_kinds(name) and name not in _names()["also_places"])
        if alone or (plain and before[0].lower() in {"at", "in", "from", "to", "into"}):
            yield Fact("establishment", f"HMP {prisons[match['name'].lower()]}", match.start(), match.end())


def _kinds(name: str) -> set[str]:
    """What is known of a prison: `women`, `open`, `private`, `youth`."""
    return {kind for kind, names in _names()["known"].items() if name in names}


def facts_of_establishment(text: Text, place: Fact) -> Iterator[Fact]:
    """What follows for somebody who is held at a prison: its estate, its operator, whether it is open.

    Nothing follows from where somebody came from or goes to, nor from a town that may not be the prison.
    """
    kind, _, name = str(place.value).partition(" ")
    before = text.message[: place.start].lower().split()[-2:]
    said = text.message[place.start : place.end].lower().startswith(kind.lower()[:3])
    if {"from", "to", "into", "than", "for"} & set(before) or (name in _names()["also_places"] and not said):
        return
    kinds = _kinds(name)
    follows: list[tuple[str, Any]] = []
    if "women" in kinds:
        follows.append(("estate", "women"))
    elif "youth" in kinds:
        follows.append(("estate", "youth"))
    elif "open" in kinds:
        follows.append(("estate", "male_open"))
    if "open" in kinds:
        follows.append(("in_open_conditions", True))
    if "private" in kinds:
        follows.append(("prison_operator", "private"))
    for field, value in follows:
        yield Fact(field, value, place.start, place.end, derived=True)


def find_names(text: Text) -> Iterator[Fact]:
    """Likely names of people: after a title, after "called", or a common first name and a surname."""
    message, names = text.message, _names()
    taken: list[tuple[int, int]] = []
    for pattern in (_TITLED, _CALLED):
        for match in pattern.finditer(message):
            taken.append(match.span())
            yield Fact("personal_name", match["name"], match.start(), match.end())
    for match in _CALLED_PLAINLY.finditer(message):
        start, end = match.span("name")
        if any(first < end and start < past for first, past in taken):
            continue
        given, surname = match["given"].lower(), (match["surname"] or "").lower()
        if given not in names["given"]:
            continue
        if surname in names["not_surnames"] or surname in names["small_words"]:
            end = match.end("given")
        taken.append((match.start(), end))
        yield Fact("personal_name", message[start:end], match.start(), end)
    for start, end in sorted(_unmarked_names(message), key=lambda span: span[0] - span[1]):
        if not any(first < end and start < past for first, past in taken):
            taken.append((start, end))
            yield Fact("personal_name", message[start:end], start, end)


def _unmarked_names(message: str) -> Iterator[tuple[int, int]]:
    """Where names stand that no title and no "called" marks, by what is known of first names and surnames."""
    names = _names()
    prisons = [match.span() for match in _prison_pattern().finditer(message)]
    for pattern in (_PAIR, _PLAIN_PAIR, _SURNAME_FIRST):
        for match in pattern.finditer(message):
            given, surname = match["given"].lower(), match["surname"].lower().replace("’", "'")
            known = surname in names["surnames"]
            if given in names["words_too"] and not known:
                continue
            if given not in names["given"] | names["words_too"] or surname in names["not_surnames"]:
                continue
            written = pattern is not _PLAIN_PAIR or (known and given not in names["words_too"])
            if written and not any(start <= match.start("name") < end for start, end in prisons):
                yield match.span("name")
    for match in _TELLING_SURNAME.finditer(message):
        yield match.span("name")
    for match in _FIRST_NAME_ALONE.finditer(message):
        given = match["name"].lower()
        if given in names["given"] and given not in names["words_too"]:
            yield match.span("name")
