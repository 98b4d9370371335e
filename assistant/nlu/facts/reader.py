"""Read the facts of a case from a message.

>>> [(fact.field, fact.value) for fact in read_facts("nps lad, tier B")]
[('provider', 'NPS'), ('tier', 'B')]
"""

import re
from dataclasses import replace
from typing import Any

from assistant.nlu.facts import generality, identity, risk, roles, sentence
from assistant.nlu.facts.dates import DateExpression, find_dates
from assistant.nlu.facts.durations import Duration, find_durations, number_of
from assistant.nlu.facts.fact import Fact
from assistant.nlu.facts.polarity import Polarities, Polarity
from assistant.nlu.facts.settle import settle
from assistant.nlu.facts.text import Text
from assistant.nlu.facts.vocabulary import Meaning, Phrase, Vocabulary, shared_vocabulary

_LEAD = {
    "about", "around", "roughly", "its", "it", "s", "he", "she", "is", "was", "probably", "maybe", "i",
    "we", "think", "say", "said", "an", "a", "now", "yes", "yeah", "ok", "so", "just", "er", "sorry",
    "no", "meant", "actually",
}  # fmt: skip
_FILLER = rf"(?:(?:{'|'.join(sorted(_LEAD))}) )*"
_NUMBER = re.compile(rf"^{_FILLER}(?P<number>\d+(?:\.\d+)?)$")
_LETTER = re.compile(rf"^{_FILLER}(?:not (?:an? )?[abcd] (?:(?:,|but) )?)?(?P<tier>[abcd])(?: not [abcd])?$")
_CONDITIONS = {"open": True, "closed": False}
_PEOPLE = {"leaver", "experienced", "care", "woman", "female", "male"}
_RECALL_DAYS = {14: "fixed_term_14", 28: "fixed_term_28"}
_NO_SENTENCE = {
    "scpo", "order", "licence", "known", "last", "past", "every", "another", "extra", "further", "apart",
    "between", "before", "after", "restraining", "sopo", "shpo", "ban", "disqualification", "gap", "younger",
    "older", "over", "clean", "sober",
}  # fmt: skip
_PLACES = {
    "local": "local",
    "trainer": "trainer",
    "dispersal": "high_security",
    "resettlement": "resettlement",
}
_SEPARATORS = {",", ";", ".", "and", "?", "!", "(", ")"}
_TO_COME = {"go", "goes", "going", "move", "moves", "moving"}
_SUPPOSES = {"if", "suppose", "supposing", "imagine", "when", "once", "say", "whatif"}
_NOTHING = object()


def read_facts(message: str, vocabulary: Vocabulary | None = None) -> list[Fact]:
    """The facts of a message in the order they stand in it; the same message always reads the same."""
    vocabulary = vocabulary or shared_vocabulary()
    text = vocabulary.text(message)
    return _Reading(text, vocabulary).read() if text.words else []


class _Reading:
    """One message being read: what has been found, and the words it used, which no later step reads again."""

    def __init__(self, text: Text, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.facts: list[Fact] = []
        self.taken: set[int] = set()
        self.levels = list(risk.find_levels(text))
        self.levels = [level for level in self.levels if not self._in_general(level.first, level.past)]
        self.phrases = [phrase for phrase in vocabulary.find(text) if not self._within_a_level(phrase)]
        self.spoken = [phrase for phrase in self.phrases if not self._in_general(phrase.first, phrase.past)]
        self.polarities = Polarities(text, self.phrases)
        self.cues = [phrase for phrase in self.phrases if phrase.of_kind("date")]

    def read(self) -> list[Fact]:
        """Every step in turn, from what is surest to what is left over."""
        self._read_identity()
        self._read_editions()
        self._find_times()
        self._read_dates()
        self._read_phrases()
        self._read_levels()
        self._read_lengths()
        self._read_bare()
        return [self._as_meant(fact) for fact in settle(self.facts, self.text)]

    def _as_meant(self, fact: Fact) -> Fact:
        """The fact, marked where it is of nobody in particular."""
        meant = fact.field not in ("edition", "establishment", "prison_number", "personal_name")
        if meant and generality.is_indefinite(self.text, fact, self.vocabulary.in_general):
            return replace(fact, indefinite=True)
        return fact

    def _add(self, field: str, value: Any, first: int, past: int, derived: bool = False) -> None:
        self.taken.update(range(first, past))
        self.facts.append(Fact(field, value, *self.text.characters(first, past), derived))

    def _free(self, first: int, past: int) -> bool:
        return self.taken.isdisjoint(range(first, past))

    def _within_a_level(self, phrase: Phrase) -> bool:
        """Whether it is part of a longer reading of a level ("mappa" in "mappa is at level 2")."""
        return any(
            level.first < phrase.past
            and phrase.first < level.past
            and level.past - level.first > phrase.past - phrase.first
            for level in self.levels
        )

    def _in_general(self, first: int, past: int) -> bool:
        """Whether people in general are meant: "lifers", "high risk prisoners"."""
        return bool(set(self.text.norms(past - 1, past + 1)) & self.vocabulary.in_general)

    def _read_identity(self) -> None:
        for finder in (identity.find_prison_numbers, identity.find_establishments, identity.find_names):
            for fact in finder(self.text):
                self.facts.append(fact)
                if fact.field == "establishment":
                    self.facts += identity.facts_of_establishment(self.text, fact)
                words = enumerate(self.text.words)
                self.taken.update(i for i, word in words if fact.start <= word.start < fact.end)

    def _read_editions(self) -> None:
        for edition, pattern in self.vocabulary.editions.items():
            for match in pattern.finditer(self.text.canonical):
                first, past = self.text.indices(*match.span())
                if self._free(first, past):
                    self._add("edition", edition, first, past)

    def _find_times(self) -> None:
        """Durations and dates, less those that are part of a phrase ("28 day recall") or of an age."""
        kinds = [p for p in self.phrases if p.of_kind("value", "detail", "ignored")]
        spoken = {index for phrase in kinds for index in range(phrase.first, phrase.past)}
        ages = {i for age in sentence.find_ages(self.text) for i in range(age.first, age.past)}
        used = spoken | self.taken | ages
        self.durations = [d for d in find_durations(self.text) if used.isdisjoint(range(d.first, d.past))]
        dates = find_dates(self.text, self.durations)
        named = {i for cue in self.cues for i in range(cue.first, cue.past)}  # "if today was 3/4/27"
        self.dates = [d for d in dates if self._free(d.first, d.past) and not (d.vague and d.first in named)]
        self.durations = [
            duration
            for duration in self.durations
            if not any(date.first < duration.past and duration.first < date.past for date in self.dates)
        ]

    def _read_dates(self) -> None:
        against = roles.place_against_cues(self.text, self.durations, self.cues, self.dates)
        anchored = roles.attach_anchored(self.text, against, self.cues)
        used = {cue.first for cue in self.cues if any(p.first <= cue.first < p.past for p in anchored)}
        used |= {placed.cue.first for placed in anchored if placed.cue}
        from_sentence = self._read_sentence_dates()
        cues = [cue for cue in self.cues if cue.first not in used]
        events = roles.event_cues(self.spoken, self.vocabulary.event_dates)
        rest = [date for date in self.dates if date.first not in from_sentence]
        placed_dates = roles.place_dates(
            self.text,
            rest,
            [*cues, *events],
            recalled=self._speaks_of("recall_type"),
            decided=self._speaks_of("parole_decision", "no_release", "release"),
        )
        words: set[tuple[int, int]] = set()  # of the dates read here: two names may share one
        for placed in [*anchored, *placed_dates]:
            span = (placed.first, placed.past)
            if self._free(*span) or span in words:
                words.add(span)
                self._add(placed.field, placed.value, placed.first, placed.past, placed.derived)
        used |= {placed.cue.first for placed in placed_dates if placed.cue}
        for cue in self.cues:
            if cue.first not in used:
                self._read_undated(cue)
        for date in rest:
            year = self.text.norms(date.first, date.past)
            if self._free(date.first, date.past) and len(year) == 1 and year[0] in self.vocabulary.editions:
                self._add("edition", year[0], date.first, date.past)

    def _speaks_of(self, field: str, *values: str) -> bool:
        """Whether a phrase stands for the field, for one of these values of it if any are given."""
        meanings = (meaning for phrase in self.phrases for meaning in phrase.of_kind("value", "detail"))
        return any(meaning.field == field and (not values or meaning.value in values) for meaning in meanings)

    def _read_sentence_dates(self) -> set[int]:
        """The dates that a sentence runs from ("9 years from 2/11/23"); where they start."""
        found = set()
        for duration in self.durations:
            length = sentence.place_duration(self.text, duration, self.dates)
            dated = sentence.dated_from(self.text, duration, self.dates)
            lengths = ("sentence_length_months", "tariff_length_months")
            if not length or length.field not in lengths or not dated:
                continue
            if self._free(dated.first, dated.past) and not self._named_after(dated):
                value = roles.settled(self.text, dated, "sentence_date")
                self._add("sentence_date", value, dated.first, dated.past)
                found.add(dated.first)
        return found

    def _named_after(self, dated: DateExpression) -> bool:
        """Whether a cue with no date of its own comes straight after: "9 years, 1/5/28 CRD"."""
        return any(
            dated.past <= cue.first <= dated.past + 1
            and not any(0 <= date.first - cue.past <= 3 for date in self.dates)
            for cue in self.cues
        )

    def _read_undated(self, cue: Phrase) -> None:
        """ "No CRD" (absent) and "don't know his CRD" (not known)."""
        meaning = cue.of_kind("date")[0]
        polarity = self.polarities.of(cue)
        if polarity is Polarity.NOT_KNOWN and not meaning.derived:
            self._add("not_known", meaning.field, cue.first, cue.past)
        # "no release" names no date, "no release date" does
        names_a_date = not meaning.derived or "date" in self.text.norms(cue.first, cue.past)
        absent = polarity is Polarity.DENIED and meaning.field in roles.NULLABLE and names_a_date
        if "never" in self.text.norms(cue.first - 4, cue.first) and not meaning.field.startswith("last_"):
            absent = False  # "never had a hearing" says nothing of one to come
        if absent and not cue.of_kind("value", "detail"):
            self._add(meaning.field, None, cue.first, cue.past)

    def _read_phrases(self) -> None:
        """The values that the phrases stand for, then the fields that they name without a value."""
        known: set[str] = set()
        for phrase in self.spoken:
            polarity = self.polarities.of(phrase)
            for meaning in phrase.of_kind("value"):
                if polarity is Polarity.NOT_KNOWN:
                    self._add("not_known", meaning.field, phrase.first, phrase.past)
                    continue
                value = meaning.value if polarity is Polarity.SAID else self._denied(meaning)
                if meaning.field in self.vocabulary.statements_only and self.polarities.asked(phrase):
                    value = _NOTHING
                if meaning.field == "in_open_conditions" and self._is_to_come(phrase):
                    value = _NOTHING
                if value is not _NOTHING:
                    self._add(meaning.field, value, phrase.first, phrase.past, meaning.derived)
                    known.add(meaning.field)
            if polarity is Polarity.NOT_KNOWN and not phrase.of_kind("value"):
                for meaning in phrase.of_kind("name", "detail"):
                    self._add("not_known", meaning.field, phrase.first, phrase.past)
        for phrase in self.spoken:
            if self.polarities.of(phrase) is Polarity.DENIED and not phrase.of_kind("value"):
                for meaning in phrase.of_kind("detail"):
                    value = self.vocabulary.negated.get(meaning.field, {}).get("any", _NOTHING)
                    if value is not _NOTHING and meaning.field not in known:
                        self._add(meaning.field, value, phrase.first, phrase.past)
                        known.add(meaning.field)
                        if meaning.field == "mappa_level":
                            self._add("mappa_active_level", value, phrase.first, phrase.past, derived=True)
        for phrase in self.spoken:
            if self.polarities.of(phrase) is Polarity.SAID and not phrase.of_kind("value"):
                for meaning in phrase.of_kind("detail"):
                    if meaning.field not in known:
                        value = {"field": meaning.field, "among": list(meaning.value)}
                        self._add("needs_detail", value, phrase.first, phrase.past)

    def _is_to_come(self, phrase: Phrase) -> bool:
        """Whether a move is told that is still to come ("going to open"), and not supposed ("if he goes")."""
        words = {word.norm for word in self.text.words}
        return bool(_TO_COME & set(self.text.norms(phrase.first, phrase.past))) and not _SUPPOSES & words

    def _denied(self, meaning: Meaning) -> Any:
        """The value of a field when these words for it are denied, or `_NOTHING`."""
        if meaning.derived:
            return _NOTHING
        if isinstance(meaning.value, bool):
            return False if meaning.value else _NOTHING
        other = self.vocabulary.negated.get(meaning.field, {}).get("any", _NOTHING)
        return _NOTHING if meaning.value == other else other

    def _read_levels(self) -> None:
        longer = {i for p in self.phrases if p.of_kind("value", "ignored") for i in range(p.first, p.past)}
        for level in sorted(self.levels, key=lambda item: item.first - item.past):
            if (
                longer.isdisjoint(range(level.first, level.past))
                and self._free(level.first, level.past)
                and not self.polarities.word_denied(level.first)
            ):
                self._add(level.field, level.value, level.first, level.past)

    def _read_lengths(self) -> None:
        for length in [*sentence.find_ages(self.text), *sentence.find_bare_tens(self.text)]:
            if self._free(length.first, length.past):
                self._add(length.field, length.value, length.first, length.past)
        for duration in self.durations:
            if not self._free(duration.first, duration.past) or roles.past_a_cue(
                self.text, duration, self.cues
            ):
                continue
            length = sentence.place_duration(self.text, duration, self.dates)
            units = self.text.norms(duration.first, duration.past)
            in_years = any(unit.startswith("y") for unit in units)
            if length:
                self._add(length.field, length.value, length.first, length.past)
            elif duration.days in _RECALL_DAYS and self._tells_a_recall(duration.first, duration.past):
                self._add(
                    "recall_type", _RECALL_DAYS[duration.days], duration.first, duration.past, derived=True
                )
            elif duration.vague:
                continue
            elif duration.months and self.facts and self._may_be_listed(duration):
                self._add(
                    "sentence_length_months", duration.months, duration.first, duration.past, derived=True
                )
            elif duration.months and in_years and self.facts and self._may_be_a_sentence(duration):
                self._add("sentence_length_months", duration.months, duration.first, duration.past)
            else:
                self._add("duration", duration.parts, duration.first, duration.past)

    def _may_be_listed(self, duration: Duration) -> bool:
        """Whether a length is an item of a list of facts: between commas, or a year and more after a fact."""
        first, past = duration.first, duration.past
        after = self.text.norms(past, past + 1)
        beside = first - 1 in self.taken and (not after or after[0] in _SEPARATORS)
        return self._is_an_item(first, past) or (duration.months >= 12 and beside)

    def _may_be_a_sentence(self, duration: Duration) -> bool:
        """Whether years that no words give a role may be the length of the sentence."""
        before = self.text.norms(duration.first - 1, duration.first)
        after = self.text.norms(duration.past, duration.past + 1)
        apart = {*before, *after} & _NO_SENTENCE
        return not apart and not sentence.compared(self.text, duration)

    def _tells_a_recall(self, first: int, past: int) -> bool:
        """Whether 14 or 28 days are those of a recall: little else is said, or the return is told beside."""
        if {"after", "within", "in", "before", "every", "by", "next", "last", "for"} & set(
            self.text.norms(first - 1, first)
        ):
            return False
        told = any(fact.field == "recall_return_date" for fact in self.facts)
        return len(self.text.words) <= 8 or (told and self._is_an_item(first, past))

    def _is_an_item(self, first: int, past: int) -> bool:
        """Whether the words are an item of a list, between commas."""
        before, after = self.text.norms(first - 1, first), self.text.norms(past, past + 1)
        return (not before or before[0] in _SEPARATORS) and (not after or after[0] in _SEPARATORS)

    def _read_bare(self) -> None:
        """Values that stand alone: a level, an age in a list, or one value as the whole message."""
        others = bool(self.facts)
        named = {index for cue in self.cues for index in range(cue.first, cue.past)}
        for level in risk.find_bare_levels(self.text, self.taken | named):
            self._add("rosh" if others else "level", level.value, level.first, level.past)
        for index, word in enumerate(self.text.words):
            after = self.text.norms(index + 1, index + 2)
            alone = self._is_an_item(index, index + 1)
            beside = index - 1 in self.taken and (not after or after[0] in _SEPARATORS)
            of_a_person = bool(set(self.text.norms(index - 1, index)) & _PEOPLE)
            if beside and (word.norm in ("standard", "std") or of_a_person):
                alone = True
            if not alone or not self._free(index, index + 1):
                continue
            if word.norm in ("standard", "std") and self._speaks_of("recall_type"):
                self._add("recall_type", "standard", index, index + 1)
            elif word.norm == "public" and {"private"} & {other.norm for other in self.text.words}:
                self._add("prison_operator", "public", index, index + 1)
            elif others and word.norm in _PLACES:
                self._add("prison_function", _PLACES[word.norm], index, index + 1)
            elif word.norm in _CONDITIONS:
                self._add("in_open_conditions", _CONDITIONS[word.norm], index, index + 1)
            elif others and word.kind == "number" and re.fullmatch(r"\d{2}", word.norm):
                self._add("age_years", int(word.norm), index, index + 1)
        if not self.facts:
            self._read_whole()

    def _read_whole(self) -> None:
        whole = self.text.canonical.rstrip(" .!?")
        if match := _NUMBER.match(whole):
            number = float(match["number"])
            value = int(number) if number == int(number) else number
            self._add("number", value, *self.text.indices(*match.span("number")))
        elif match := _LETTER.match(whole):
            self._add("tier", match["tier"].upper(), *self.text.indices(*match.span("tier")))
        elif (said := number_of(whole)) and whole not in ("a", "an"):
            self._add("number", int(said), 0, len(self.text.words))
