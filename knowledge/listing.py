"""Answers that are complete lists: criteria by code or theme, reflection questions."""

import re

from knowledge.answers import Criterion, GuidanceAnswer
from knowledge.citing import Shelf
from knowledge.criteria import (
    asked_codes,
    asked_criteria,
    asked_findings,
    asks_reflection,
    list_criteria,
    list_findings,
)
from knowledge.lexicon import stem
from knowledge.wording import first_sentences, say

FINDING_CHARACTERS = 400  # of one finding in a list; the rest stands in its quote
FEWEST = 2  # findings or criteria on a subject from which they are a list; a single one is found by search


def list_answer(shelf: Shelf, question: str, limit: int) -> GuidanceAnswer | None:
    """The list that a question asks for, or None where it asks for none."""
    codes = asked_codes(question)
    if codes:
        found = [item for code in codes for item in list_criteria(shelf.snapshot, code)]
        if found:
            lines = [say("criteria_code", code=item.code, text=item.text) for item in found]
            return _listed(shelf, list(dict.fromkeys(lines)), [item.passage_id for item in found], limit)
        if re.search(r"criteri|standard|inspect", question, re.IGNORECASE):
            missing = say("criteria_missing", code=", ".join(codes))
            return GuidanceAnswer("not_in_guidance", "refusal", missing, confidence=1.0)
    asked = asked_criteria(question)
    if asked:
        theme, subject = asked
        found = list_criteria(shelf.snapshot, theme=theme, subject=subject)
        if len({item.code for item in found}) >= FEWEST:
            return _criteria(shelf, theme or _named(question, subject), found, limit)
    asked = asked_findings(question)
    if asked:
        theme, subject = asked
        found = list_findings(shelf.snapshot, theme, subject)
        if len(found) >= FEWEST:
            return _findings(shelf, theme or _named(question, subject), found, limit)
    if asks_reflection(question):
        return _reflection(shelf, question, limit)
    return None


def _named(question: str, subject: frozenset[str]) -> str:
    """The words of a question that are its subject, as they were typed."""
    return " ".join(word for word in question.lower().strip(" ?.!").split() if stem(word) in subject)


def _criteria(shelf: Shelf, theme: str, found: list[Criterion], limit: int) -> GuidanceAnswer:
    unique = {item.code: item for item in reversed(found)}
    lines = [say("criteria_theme", theme=theme.lower())]
    lines += [f"- {code} {unique[code].text}" for code in sorted(unique)]
    return _listed(shelf, lines, [item.passage_id for item in found], max(limit, len(found)))


def _findings(shelf: Shelf, theme: str, found: list[Criterion], limit: int) -> GuidanceAnswer:
    lines = [say("findings", theme=theme.lower())]
    lines += [f"- {item.code} {first_sentences(item.text, FINDING_CHARACTERS)}" for item in found]
    return _listed(shelf, lines, [item.passage_id for item in found], max(limit, len(found)))


def _reflection(shelf: Shelf, question: str, limit: int) -> GuidanceAnswer | None:
    passages = [p for p in shelf.snapshot.passages if p.section and p.section[-1] == "Reflection questions"]
    if not passages:
        return None
    vector = shelf.retriever.encode(shelf.retriever.lexicon.query(question))
    passages.sort(key=lambda p: -float(shelf.snapshot.passage_vectors[shelf.rows[p.id]] @ vector))
    lines = [say("reflection")]
    lines += [f"- {unit.text}" for p in passages for unit in p.units if unit.is_item]
    return _listed(shelf, lines, [p.id for p in passages], limit)


def _listed(shelf: Shelf, lines: list[str], passage_ids: list[str], limit: int) -> GuidanceAnswer:
    citations = shelf.cite_rows([shelf.rows[passage_id] for passage_id in dict.fromkeys(passage_ids)])
    return GuidanceAnswer("answered", "criteria", "\n".join(lines), citations[:limit], confidence=1.0)
