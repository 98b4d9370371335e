"""Whether words for a fact are about nobody in particular: "can a prison officer hold a tier B case?".

Such a question is one of policy. Its words are still read, so that an answer can be worked out for such a case, but
they are no facts of the case in play.
"""

import re

from assistant.nlu.facts.fact import Fact
from assistant.nlu.facts.text import Text

ONE_PERSON = re.compile(
    r"\b(?:he|she|him|his|her|hers|they|them|their|my|mine|our|i have|i ve|i got|we have|we ve|got (?:a|an|this|one)"
    r"|this (?:lad|guy|bloke|man|woman|lady|prisoner|case|one|person|lifer)|the (?:lad|guy|bloke|man|woman))\b"
)
"""Words that point at one person, in a message put as the reader puts it."""

_ASKS = re.compile(
    r"^(?:(?:hi|hello|ok|so|and|but|right|quick question|question|please|just|also|then|hey|,|:) )*"
    r"(?:who|whose|what|when|where|why|how|which|is|are|does|do|can|could|should|would|will|has|have|must|may"
    r"|tell me|explain)\b"
)
_INDEFINITE = {"a", "an", "any", "every", "each", "most", "all", "some", "no", "between"}
_VERBS = {
    "is", "are", "was", "be", "has", "have", "had", "does", "do", "did", "can", "could", "should", "would",
    "will", "need", "needs", "get", "gets", "got", "hold", "holds", "with", "who", "what", "when", "if",
    "for", "to", "in", "on", "and",
}  # fmt: skip
_AUXILIARIES = {"does", "do", "is", "are", "can", "could", "should", "would", "will", "must", "has", "have"}
_QUESTION_WORDS = {"how", "when", "why", "what", "who", "where", "which"}
_REACH = 5  # words between "a" and what it goes with


def is_indefinite(text: Text, fact: Fact, people: frozenset[str]) -> bool:
    """Whether a fact of a message is of nobody in particular.

    The message must ask, point at no one person and give no whole date; it speaks of `people` ("lifers", "cases"),
    or the words of the fact follow "a", "any" or the like, or are what is asked about ("does MAPPA 2 qualify?").
    """
    if not _ASKS.search(text.canonical) or ONE_PERSON.search(text.canonical):
        return False
    if any(word.kind in ("numeric", "iso") for word in text.words):
        return False
    if people & {word.norm for word in text.words}:
        return True
    first = next((i for i, word in enumerate(text.words) if word.start >= fact.start), 0)
    before = text.norms(0, first)
    if text.words[first].norm in _INDEFINITE:
        return True
    if before and before[-1] in _AUXILIARIES and set(before[:-1]) <= _QUESTION_WORDS:
        return True
    for word in reversed(before[-_REACH:]):
        if word in _INDEFINITE:
            return True
        if word in _VERBS or word in {",", ".", ";", "?", "!"}:
            return False
    return False
