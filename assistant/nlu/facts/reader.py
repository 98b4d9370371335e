"""Read the facts of a case from a message.

>>> [(fact.field, fact.value) for fact in read_facts("nps lad, tier B")]
[('provider', 'NPS'), ('tier', 'B')]
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from assistant.nlu.facts import identity, risk, roles, sentence
from assistant.nlu.facts.dates import DateExpression, find_dates
from assistant.nlu.facts.durations import Duration, find_durations, number_of
from assistant.nlu.facts.fact import Fact
from assistant.nlu.facts.polarity import Polarities, Polarity
from assistant.nlu.facts.text import Text
from assistant.nlu.facts.vocabulary import Meaning, Phrase, Vocabulary, shared_vocabulary

_EDITIONS = (
    ("2019", re.compile(
        r"\b(?:(?:spring )?2019|original|old|older|omic|operating)(?: (?:omic|operating))?"
        r" (?:model|guidance|edition|version|rules?|document|doc|one|policy|timings?|arrangements)\b"
        r"|\b(?:under|per|by|use|using|in|go by|switch to|and|with|on|go with|about|for) (?:the )?2019\b(?! ?-)")),
    ("2022", re.compile(
        r"\b(?:2022|newer|effective practice|inspectorate s?)(?: effective practice)?"
        r" (?:guide|guidance|edition|version|rules?|document|doc|one|policy|timings?)\b|\beffective practice guide\b"
        r"|\b(?:under|per|by|use|using|in|go by|switch to|and|with|on|go with|about|for) (?:the )?2022\b(?! ?-)")),
    ("2026-service", re.compile(
        r"\b(?:live|national|digital|manage pom cases|moj|allocation|current) (?:service|system|screen|tool)\b"
        r"|\bmanage pom cases\b|\bmpc\b|\b2026 (?:service|edition|version|rules?|one|timings?)\b|\bon the screen\b"
        r"|\b(?:under|use|using|go by|switch to|about|for) (?:the )?2026\b")),
)  # fmt: skip
_NUMBER = re.compile(
    r"^(?:(?:about|around|roughly|its|it s|he s|she s|is|it is|probably|maybe|i think|say) )*(?P<number>\d+(?:\.\d+)?)$"
)
_LETTER = re.compile(
    r"^(?:(?:its|it s|it is|he s|she s|he is|she is|probably|think|i|a|an|now|say|tier|yes|is) )*(?P<tier>[abcd])$"
)
_LIST_AGE = re.compile(r"^\d{2}$")
_CORRECTION = {
    "no",
    "not",
    "sorry",
    "meant",
    "actually",
    "now",
    "was",
    "changed",
    "rather",
    "mean",
    "instead",
}


@dataclass
class _Reading:
    """What has been read so far, and which words it used."""

    text: Text
    facts: list[Fact] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def add(self, name: str, value: Any, first: int, past: int, derived: bool = False) -> None:
        self.taken.update(range(first, past))
        self.facts.append(Fact(name, value, *self.text.characters(first, past), derived))

    def free(self, first: int, past: int) -> bool:
        return self.taken.isdisjoint(range(first, past))


def read_facts(message: str, vocabulary: Vocabulary | None = None) -> list[Fact]:
    """The facts of a message in the order they stand in it; the same message always reads the same."""
    vocabulary = vocabulary or shared_vocabulary()
    text = Text.of(message, vocabulary.correct)
    if not text.words:
        return []
    reading = _Reading(text)
    _read_identity(reading)
    _read_editions(reading)
    levels = list(risk.find_levels(text))
    phrases = _uncovered(vocabulary.find(text), levels)
    polarities = Polarities(text, phrases)
    durations, expressions = _times(reading, phrases)
    cues = [phrase for phrase in phrases if phrase.of_kind("date")]
    _read_dates(reading, durations, expressions, cues, polarities, phrases)
    _read_values(reading, phrases, polarities, vocabulary)
    _read_levels(reading, levels, phrases)
    _read_lengths(reading, durations, expressions)
    _read_bare(reading)
    return _settle(reading, text)


def _read_identity(reading: _Reading) -> None:
    for finder in (identity.find_prison_numbers, identity.find_establishments, identity.find_names):
        for fact in finder(reading.text):
            reading.facts.append(fact)
            for index, word in enumerate(reading.text.words):
                if fact.start <= word.start < fact.end:
                    reading.taken.add(index)


def _read_editions(reading: _Reading) -> None:
    for edition, pattern in _EDITIONS:
        for match in pattern.finditer(reading.text.canonical):
            first, past = reading.text.indices(*match.span())
            if reading.free(first, past):
                reading.add("edition", edition, first, past)


def _uncovered(phrases: list[Phrase], levels: list[risk.Level]) -> list[Phrase]:
    """The phrases that are not part of a longer reading of a level ("mappa" in "mappa is at level 2")."""
    return [
        phrase
        for phrase in phrases
        if not any(
            level.first < phrase.past
            and phrase.first < level.past
            and level.past - level.first > phrase.past - phrase.first
            for level in levels
        )
    ]


def _times(reading: _Reading, phrases: list[Phrase]) -> tuple[list[Duration], list[DateExpression]]:
    """Durations and dates, less those that are part of a phrase ("28 day recall") or of an edition's name."""
    spoken = {i for p in phrases if p.of_kind("value", "detail", "ignored") for i in range(p.first, p.past)}
    ages = {i for age in sentence.find_ages(reading.text) for i in range(age.first, age.past)}
    used = spoken | reading.taken | ages
    durations = [d for d in find_durations(reading.text) if used.isdisjoint(range(d.first, d.past))]
    expressions = [e for e in find_dates(reading.text, durations) if reading.free(e.first, e.past)]
    return durations, expressions


def _read_dates(
    reading: _Reading,
    durations: list[Duration],
    expressions: list[DateExpression],
    cues: list[Phrase],
    polarities: Polarities,
    phrases: list[Phrase],
) -> None:
    text = reading.text
    loose = [d for d in durations if not any(e.first < d.past and d.first < e.past for e in expressions)]
    anchored = roles.attach_anchored(text, roles.place_against_cues(text, loose, cues), cues)
    anchors = {placed.cue.first for placed in anchored if placed.cue}
    anchors |= {c.first for c in cues if any(p.first <= c.first < p.past for p in anchored)}
    from_sentence: set[int] = set()
    for duration in loose:
        length = sentence.place_duration(text, duration, expressions)
        if length and length.field == "sentence_length_months":
            dated = sentence.dated_from(text, duration, expressions)
            if dated and reading.free(dated.first, dated.past) and not _named_after(dated, cues, expressions):
                value = roles.settled(text, dated, "sentence_date")
                reading.add("sentence_date", value, dated.first, dated.past)
                from_sentence.add(dated.first)
    recalled = any(m.field == "recall_type" for p in phrases for m in p.of_kind("value", "detail"))
    remaining = [e for e in expressions if e.first not in from_sentence]
    free_cues = [cue for cue in cues if cue.first not in anchors]
    placed_dates = roles.place_dates(text, remaining, free_cues, past_release=recalled)
    for placed in [*anchored, *placed_dates]:
        if reading.free(placed.first, placed.past):
            reading.add(placed.field, placed.value, placed.first, placed.past, placed.derived)
    bound = anchors | {placed.cue.first for placed in placed_dates if placed.cue}
    for cue in cues:
        if cue.first not in bound:
            _read_undated_cue(reading, cue, polarities)


def _named_after(dated: DateExpression, cues: list[Phrase], expressions: list[DateExpression]) -> bool:
    """Whether a cue with no date of its own comes straight after: "9 years, 1/5/28 CRD"."""
    return any(
        dated.past <= cue.first <= dated.past + 1
        and not any(0 <= expression.first - cue.past <= 3 for expression in expressions)
        for cue in cues
    )


def _read_undated_cue(reading: _Reading, cue: Phrase, polarities: Polarities) -> None:
    """ "no CRD" (absent) and "don't know his CRD" (not known)."""
    meaning = cue.of_kind("date")[0]
    polarity = polarities.of(cue)
    if polarity is Polarity.NOT_KNOWN and not meaning.derived:
        reading.add("not_known", meaning.field, cue.first, cue.past)
    elif polarity is Polarity.DENIED and meaning.field in roles.NULLABLE:
        if not cue.of_kind("value", "detail") and (
            not meaning.derived or "date" in reading.text.norms(cue.first, cue.past)
        ):
            reading.add(meaning.field, None, cue.first, cue.past)


def _read_values(
    reading: _Reading, phrases: list[Phrase], polarities: Polarities, vocabulary: Vocabulary
) -> None:
    known: set[str] = set()
    details: list[tuple[Phrase, Meaning]] = []
    for phrase in phrases:
        polarity = polarities.of(phrase)
        for meaning in phrase.of_kind("value"):
            if polarity is Polarity.NOT_KNOWN:
                reading.add("not_known", meaning.field, phrase.first, phrase.past)
                continue
            value = meaning.value if polarity is Polarity.SAID else _denied(meaning, vocabulary)
            if value is not _NOTHING:
                reading.add(meaning.field, value, phrase.first, phrase.past, meaning.derived)
                known.add(meaning.field)
        if polarity is Polarity.NOT_KNOWN and not phrase.of_kind("value"):
            for meaning in phrase.of_kind("name"):
                reading.add("not_known", meaning.field, phrase.first, phrase.past)
        details += [(phrase, meaning) for meaning in phrase.of_kind("detail")]
    for phrase, meaning in details:
        if meaning.field in known or phrase.of_kind("value"):
            continue
        polarity = polarities.of(phrase)
        if polarity is Polarity.DENIED:
            value = vocabulary.negated.get(meaning.field, {}).get("any", _NOTHING)
            if value is not _NOTHING:
                reading.add(meaning.field, value, phrase.first, phrase.past)
                known.add(meaning.field)
        elif polarity is Polarity.NOT_KNOWN:
            reading.add("not_known", meaning.field, phrase.first, phrase.past)
        else:
            value = {"field": meaning.field, "among": list(meaning.value)}
            reading.add("needs_detail", value, phrase.first, phrase.past)


_NOTHING = object()


def _denied(meaning: Meaning, vocabulary: Vocabulary) -> Any:
    """The value of a field when these words for it are denied, or `_NOTHING`."""
    table = vocabulary.negated.get(meaning.field, {})
    if meaning.derived:
        return _NOTHING
    if isinstance(meaning.value, bool):
        return False if meaning.value else _NOTHING
    if meaning.value == table.get("any"):
        return _NOTHING
    return table.get("any", _NOTHING)


def _read_levels(reading: _Reading, levels: Iterable[risk.Level], phrases: list[Phrase]) -> None:
    longer = {i for p in phrases if p.of_kind("value", "ignored") for i in range(p.first, p.past)}
    polarities = Polarities(reading.text, [])
    for level in sorted(levels, key=lambda item: item.first - item.past):
        span = range(level.first, level.past)
        if not longer.isdisjoint(span) or not reading.free(level.first, level.past):
            continue
        if polarities.word_denied(level.first):
            continue
        reading.add(level.field, level.value, level.first, level.past)


def _read_lengths(reading: _Reading, durations: list[Duration], expressions: list[DateExpression]) -> None:
    text = reading.text
    for length in [*sentence.find_ages(text), *sentence.find_bare_tens(text)]:
        if reading.free(length.first, length.past):
            reading.add(length.field, length.value, length.first, length.past)
    for duration in durations:
        if not reading.free(duration.first, duration.past):
            continue
        length = sentence.place_duration(text, duration, expressions)
        if length:
            reading.add(length.field, length.value, length.first, length.past, length.derived)
        elif duration.months and text.norms(duration.past - 1, duration.past)[0][0] == "y" and reading.facts:
            reading.add("sentence_length_months", duration.months, duration.first, duration.past)
        else:
            reading.add("duration", duration.parts, duration.first, duration.past)


def _read_bare(reading: _Reading) -> None:
    """Values that stand alone: a level, an age in a list, a number or a tier letter as the whole message."""
    text = reading.text
    others = bool(reading.facts)
    for level in risk.find_bare_levels(text, set(reading.taken)):
        reading.add("rosh" if others else "level", level.value, level.first, level.past)
    if others:
        for index, word in enumerate(text.words):
            before, after = text.norms(index - 1, index), text.norms(index + 1, index + 2)
            alone = (not before or before[0] in {",", ";", "and"}) and (
                not after or after[0] in {",", ";", ".", "and", "?"}
            )
            if (
                word.kind == "number"
                and _LIST_AGE.match(word.norm)
                and alone
                and reading.free(index, index + 1)
            ):
                reading.add("age_years", int(word.norm), index, index + 1)
    elif match := _NUMBER.match(text.canonical.rstrip(" .!?")):
        number = float(match["number"])
        first, past = text.indices(*match.span("number"))
        reading.add("number", int(number) if number == int(number) else number, first, past)
    elif (number_word := number_of(text.canonical)) and text.canonical not in {"a", "an"}:
        reading.add("number", int(number_word), 0, len(text.words))
    elif match := _LETTER.match(text.canonical.rstrip(" .!?")):
        reading.add("tier", match["tier"].upper(), *text.indices(*match.span("tier")))


def _settle(reading: _Reading, text: Text) -> list[Fact]:
    """One value a field: the last said where the message corrects itself, none where it offers a choice."""
    by_field: dict[str, list[Fact]] = {}
    for fact in sorted(reading.facts, key=lambda fact: (fact.start, fact.end)):
        by_field.setdefault(fact.field, []).append(fact)
    several = {
        "date",
        "duration",
        "not_known",
        "needs_detail",
        "personal_name",
        "establishment",
        "prison_number",
        "other_date",
    }
    kept: list[Fact] = []
    for name, facts in by_field.items():
        said = [fact for fact in facts if not fact.derived] or facts
        if name in several or len({repr(fact.value) for fact in said}) == 1:
            kept += facts if name in several else said[-1:] if len(said) > 1 else said
        elif not _offers_a_choice(text, said[-2], said[-1]):
            kept.append(said[-1])
    kept += _worked_out(kept)
    return sorted(kept, key=lambda fact: (fact.start, fact.end))


def _offers_a_choice(text: Text, one: Fact, other: Fact) -> bool:
    between = text.message[one.end : other.start].lower().split()
    return not set(between) & _CORRECTION and bool(
        {"or", "/", "and", "v", "vs", "versus"} & {*between, *"".join(between)[:1]}
    )


def _worked_out(facts: list[Fact]) -> list[Fact]:
    """A fixed length with a release date is a determinate sentence (parole dates would make it another kind)."""
    names = {fact.field for fact in facts}
    release = {"conditional_release_date", "automatic_release_date"} & {
        fact.field for fact in facts if fact.value is not None
    }
    parole = {
        "parole_eligibility_date",
        "first_parole_eligibility_date",
        "next_parole_eligibility_date",
        "parole_decision",
    }
    detail = any(fact.field == "needs_detail" and fact.value["field"] == "sentence_type" for fact in facts)
    if {"sentence_type", "tariff_expiry_date"} & names or detail or parole & names or not release:
        return []
    for fact in facts:
        if fact.field == "sentence_length_months":
            return [Fact("sentence_type", "determinate", fact.start, fact.end, derived=True)]
    return []
