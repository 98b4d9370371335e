"""The questions of a message that asks more than one: `who's responsible and when's handover?`"""

from __future__ import annotations

import re

_ASKS = (
    r"(?:who(?:se|'?s)?|when(?:'?s)?|what(?:'?s)?|how|why|where(?:'?s)?|which|does|do|did|is|are|can|could|should"
    r"|will|would|am)"
)
_BETWEEN = re.compile(
    rf"\?+\s*(?:and |also |plus )?|[,;.]?\s+(?:and|also|plus|&|then)\s+(?:also\s+)?(?={_ASKS}\b)"
    rf"|[,;.]\s+(?={_ASKS}\b)",
    re.IGNORECASE,
)
_QUESTION = re.compile(rf"\b{_ASKS}\b", re.IGNORECASE)

_DEFINED = re.compile(
    r"^\W*(?:what(?:'?s| is| are| does)|define|explain)\s+(?:an? |the )?(?P<subject>[\w /-]{2,40}?)"
    r"(?:\s+(?:mean|stand for))?\W*$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|that|this|they|them|one)\b(?! (?:case|lad|man|woman|prisoner))", re.IGNORECASE
)


def clauses(message: str) -> list[str]:
    """The parts of a message that each ask something; one part when it asks one thing.

    >>> clauses("who's responsible and when's handover?")
    ["who's responsible", "when's handover"]
    """
    parts = [part.strip(" ,;.?") for part in _BETWEEN.split(message)]
    return [part for part in parts if part and _QUESTION.search(part)]


_INTERROGATIVE = re.compile(
    r"^\W*(?:and |so )?(?:tell me about|when|how long|how often|what|where|who(?:se)?|which)(?:'?s)?\b"
    r"(?:.*?\b(?:is|are|do|does|for|to|writes?|completes?|attends?|has|must|should|will|carries out|holds?)\b)?",
    re.IGNORECASE,
)


def subject_of(question: str) -> str:
    """What a question was about.

    >>> subject_of("who writes the parole report?")
    'the parole report'
    """
    asked = question.strip(" ?")
    return _INTERROGATIVE.sub("", asked).strip() or asked


def defined_first(parts: list[str]) -> list[str] | None:
    """The parts of a question that first asks what something is, with `it` in the others put into words.

    >>> defined_first(["what is ROTL", "who signs it off"])
    ['what is ROTL', 'who signs ROTL off']
    """
    found = _DEFINED.match(parts[0])
    if found is None or re.search(r"\b(?:due|next|overdue|outstanding)\b", parts[0], re.IGNORECASE):
        return None
    subject = found["subject"].strip()
    return [parts[0], *(_PRONOUN.sub(subject, part, count=1) for part in parts[1:])]
