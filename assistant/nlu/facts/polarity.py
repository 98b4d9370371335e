"""Whether a phrase is said, denied or not known: "not TACT", "TACT: no", "don't know the tier"."""

import re
from enum import Enum
from functools import cached_property

from assistant.nlu.facts.text import Text
from assistant.nlu.facts.vocabulary import Phrase


class Polarity(Enum):
    """How a phrase stands in its sentence."""

    SAID = "said"
    DENIED = "denied"
    NOT_KNOWN = "not known"


_BREAKS = {",", ";", ".", "?", "!", "(", ")", "but", "though", "however", "because", "just", "only"}
_DENIALS = {"not", "no", "never", "nor", "neither", "without", "non", "nope", "nothing"}
_RESUMES = {
    "he", "she", "it", "they", "i", "his", "her", "its", "that", "this", "wait", "sorry", "actually", "hang",
}  # fmt: skip
"""Words after a "no" that answers what went before, and denies nothing that follows: "no, he is CRC"."""
_REACH = 5  # words between a denial and what it denies
_RESTARTS = {"he", "she", "it", "its", "they", "i", "we"}
_REPORTS = {
    "think",
    "sure",
    "know",
    "believe",
    "say",
    "said",
    "that",
    "clear",
    "certain",
    "convinced",
    "if",
    "whether",
}
_ANSWERS_NO = {"no", "none", "nil", "false", "nope", "na"}
_QUESTION_WORDS = {"who", "what", "when", "where", "why", "how", "which", "whose"}
_ASKING = _QUESTION_WORDS | {
    "should",
    "can",
    "could",
    "does",
    "do",
    "is",
    "are",
    "would",
    "will",
    "has",
    "may",
    "did",
}
_STATES = {"been", "not", "got", "had", "already", "recently", "just"}
"""Words after "has" or "is" with no subject between, as in "has been allocated a COM": told, not asked."""
_NOT_KNOWN_BEFORE = (
    ("do", "not", "know"), ("does", "not", "know"), ("did", "not", "know"), ("not", "sure"), ("unsure",),
    ("no", "idea"), ("no", "clue"), ("not", "certain"), ("i", "have", "not", "got"), ("we", "have", "not",
    "got"),
    ("can", "not", "find"), ("can", "not", "remember"), ("not", "got", "the"), ("could", "not", "tell"),
    ("can", "not", "tell"), ("cannot", "see"), ("can", "not", "see"), ("do", "not", "have", "his"),
    ("do", "not", "have", "her"), ("do", "not", "have", "the"), ("do", "not", "have", "a"),
    ("forgotten",), ("waiting", "for"),
)  # fmt: skip
_NOT_KNOWN_AFTER = (
    ("unknown",), ("not", "known"), ("tbc",), ("do", "not", "know"), ("unsure",), ("not", "sure"), ("dk",),
    ("no", "idea"), ("to", "be", "confirmed"), ("not", "to", "hand"), ("not", "calculated"), ("tba",),
    ("not", "confirmed"), ("not", "assessed"), ("not", "been", "assessed"), ("not", "set"), ("not", "been", "set"),
    ("not", "worked", "out"), ("is", "anyone", "s", "guess"), ("not", "certain"),
)  # fmt: skip
_WHICH_NOT_KNOWN = re.compile(
    r"(?:[,.(] )?(?:but )?(?:i |we )?(?:am |are )?(?:(?:not sure|do not know|unsure|no idea|not certain)(?: of| as to)?"
    r" (?:what|which) (?:type|kind|sort|level|one)"
    r"|(?:level|type|kind) (?:is )?(?:unknown|not known|tbc|not set|unclear))\b"
)
"""Said to apply, and said not to be known how: "recalled, not sure which type", "MAPPA nominal, level tbc"."""
_LINKS = {"is", "was", "s", "are", "yet", "?", "still", "currently", "=", "he", "she", "has", "been", "("}
_AND_ON = {"or", "nor", ","}


def _starts(words: list[str], patterns: tuple[tuple[str, ...], ...]) -> bool:
    return any(tuple(words[: len(pattern)]) == pattern for pattern in patterns)


class Polarities:
    """The polarity of each phrase of one text."""

    def __init__(self, text: Text, phrases: list[Phrase]) -> None:
        """`phrases` in the order of the text."""
        self._text = text
        self._phrases = phrases
        self._own = {phrase.first: self._alone(phrase) for phrase in phrases}

    def of(self, phrase: Phrase) -> Polarity:
        """Said, denied or not known; a denial runs on over "or": "not TACT or high profile"."""
        return self._shared.get(phrase.first, self._own.get(phrase.first, Polarity.SAID))

    def word_denied(self, first: int) -> bool:
        """Whether the word at `first` is denied by one before it."""
        return self._denial_before(first) is not None

    def asked(self, phrase: Phrase) -> bool:
        """Whether its clause asks ("when is the COM allocated?") and does not suppose ("what if ...")."""
        first = phrase.first
        while first > 0 and self._text.words[first - 1].norm not in _BREAKS:
            first -= 1
        clause = self._text.norms(first, phrase.first)
        own = self._text.norms(phrase.first, phrase.past)
        opener = clause[0] if clause else own[0] if own[0] in _QUESTION_WORDS else ""
        beside = self._text.norms(phrase.first - 1, phrase.first) + self._text.norms(
            phrase.past, phrase.past + 1
        )
        if {"if", "suppose", "supposing", "once", "say"} & set(clause):
            return False
        if clause[1:2] and clause[1] in _STATES:
            opener = ""
        return opener in _ASKING or bool({"before", "until", "till"} & set(clause)) or "or" in beside

    @cached_property
    def _shared(self) -> dict[int, Polarity]:
        shared: dict[int, Polarity] = {}
        run: list[Phrase] = []
        joined = False
        for previous, phrase in zip([None, *self._phrases], self._phrases, strict=False):
            gap = self._text.norms(previous.past, phrase.first) if previous else []
            if previous and gap and set(gap) <= _AND_ON:
                joined |= bool({"or", "nor"} & set(gap))
            else:
                self._run_on(run, joined, shared)
                run, joined = [], False
            run.append(phrase)
        self._run_on(run, joined, shared)
        return shared

    def _run_on(self, run: list[Phrase], joined: bool, shared: dict[int, Polarity]) -> None:
        if joined and self._own[run[0].first] is not Polarity.SAID:
            shared.update({phrase.first: self._own[run[0].first] for phrase in run})

    def _alone(self, phrase: Phrase) -> Polarity:
        after = self._after(phrase)
        if after is not None:
            return after
        if self._not_known_before(phrase):
            return Polarity.NOT_KNOWN
        denial = self._denial_before(phrase.first)
        if denial is None or self._instead(phrase, denial):
            return Polarity.SAID
        return Polarity.DENIED

    def _instead(self, phrase: Phrase, denial: int) -> bool:
        """Whether another value of the same fact takes the denial, and this one stands: "not life, EDS"."""
        fields = {meaning.field for meaning in phrase.of_kind("value")}
        return any(
            denial < other.first < phrase.first
            and fields & {meaning.field for meaning in other.of_kind("value")}
            and not {"or", "nor", "and"} & set(self._text.norms(other.past, phrase.first))
            for other in self._phrases
        )

    def _after(self, phrase: Phrase) -> Polarity | None:
        words = self._text.norms(phrase.past, phrase.past + 8)
        at = 0
        while at < len(words) and words[at] in _LINKS and at < 3:
            at += 1
        for skipped in range(at, -1, -1):
            if _starts(words[skipped:], _NOT_KNOWN_AFTER):
                return Polarity.NOT_KNOWN
        if _WHICH_NOT_KNOWN.match(" ".join(words)):
            return Polarity.NOT_KNOWN
        rest = words[at:]
        if not rest:
            return None
        if rest[:2] == ["not", "applicable"]:
            return Polarity.DENIED
        if rest[0] in _ANSWERS_NO or rest[:2] == ["n", "a"]:
            used = 2 if rest[:2] == ["n", "a"] else 1
            follows = rest[used:]
            if (
                not follows
                or follows[0] in _BREAKS
                or follows[0] == "and"
                or self._answered(phrase.past + at + used)
            ):
                return Polarity.DENIED
        return None

    def _answered(self, first: int) -> bool:
        """Whether the phrase at word `first` is itself followed by yes or no ("TACT no SCPO yes")."""
        for phrase in self._phrases:
            if phrase.first == first:
                return bool(set(self._text.norms(phrase.past, phrase.past + 1)) & {"yes", "y", *_ANSWERS_NO})
        return False

    def _denial_before(self, first: int) -> int | None:
        for index in range(first - 1, max(-1, first - 1 - _REACH), -1):
            word = self._text.words[index].norm
            if word in _BREAKS:
                return None
            if word in _DENIALS:
                following = self._text.norms(index + 1, index + 2)
                if word in _ANSWERS_NO and following and following[0] in _RESUMES:
                    return None
                if following[:1] in (["only"], ["just"], ["longer"]) and word != "no":
                    return None
                if self._starts_anew(index + 2, first) or self._of_another_phrase(index):
                    return None
                return index
            if word in {"and", "yes"} or self._text.words[index].kind in ("numeric", "iso"):
                return None
        return None

    def _of_another_phrase(self, index: int) -> bool:
        """Whether a denial is part of a phrase of its own: "no release at the first review"."""
        return any(phrase.first <= index < phrase.past for phrase in self._phrases)

    def _starts_anew(self, first: int, past: int) -> bool:
        """Whether a new clause begins between a denial and a phrase: "he is not NPS he is CRC"."""
        between = self._text.norms(first, past)
        return bool(_RESTARTS & set(between)) and not _REPORTS & set(self._text.norms(first - 1, past))

    def _not_known_before(self, phrase: Phrase) -> bool:
        names_only = not phrase.of_kind("value", "detail")
        for index in range(phrase.first - 1, max(-1, phrase.first - 9), -1):
            word = self._text.words[index].norm
            if word in {",", ";", ".", "?", "!", "but"}:
                return False
            if word in _QUESTION_WORDS and not (names_only and word in {"what", "when", "which"}):
                return False
            if _starts(self._text.norms(index, index + 4), _NOT_KNOWN_BEFORE):
                return True
        return False
