"""Sentences of a paragraph."""

import re

_SENTENCE_END = re.compile(r"(?<=[.!?])[”\"'’)]*\s+(?=[A-Z“\"‘(])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|No|St|Mr|Mrs|Ms|Dr|vs|p|pp|s|ss|para|Art)\.$")


def split_sentences(text: str) -> list[str]:
    """The sentences of a paragraph; abbreviations such as "e.g." do not end one."""
    sentences: list[str] = []
    for part in _SENTENCE_END.split(text):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += " " + part
        elif part.strip():
            sentences.append(part.strip())
    return sentences
