"""What is to be put down in the audit about the work in hand, noted by the code that knows it.

An action in a conversation knows which case it opened, a route which answer it gave; who asked and when is
known further out. Notes connect the two, into threads and into the conversation engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4


@dataclass
class Notes:
    """What is known so far of one piece of work."""

    channel: str = "service"
    request_id: str = field(default_factory=lambda: uuid4().hex)
    prison_number: str = ""
    refused_numbers: list[str] = field(default_factory=list)
    """Prison numbers that were asked for and are not there for this person."""
    details: dict[str, Any] = field(default_factory=dict)


_NOTES: ContextVar[Notes | None] = ContextVar("audit_notes", default=None)


@contextmanager
def taking_notes(notes: Notes) -> Iterator[Notes]:
    """Gather what is noted inside."""
    before = _NOTES.set(notes)
    try:
        yield notes
    finally:
        _NOTES.reset(before)


def present_notes() -> Notes:
    """The notes of the work in hand; fresh ones that nobody reads where none are taken."""
    return _NOTES.get() or Notes()


def note_case(prison_number: str, found: bool = True) -> None:
    """Note which case the work is about, or that it was asked for in vain."""
    notes = present_notes()
    number = prison_number.strip().upper()[:16]
    if found:
        notes.prison_number = number
    elif number and number not in notes.refused_numbers:
        notes.refused_numbers.append(number)


def note_answer(reply: Mapping[str, Any]) -> None:
    """Note what was answered, and from which rules and passages. `reply` is a reply or an assessment as data."""
    details = present_notes().details
    if reply.get("kind"):
        details.setdefault("answers", []).append(_gist(reply))
    assessment = reply.get("assessment") or (reply if "responsibility" in reply else None)
    if assessment:
        details["assessment"] = _outcome(assessment)
    details["rules"] = sorted({*details.get("rules", ()), *_found(reply, "rule")})
    details["passages"] = sorted({*details.get("passages", ()), *_passages(reply)})


def _gist(reply: Mapping[str, Any]) -> dict[str, Any]:
    from hashlib import sha256

    text = str(reply.get("text", ""))
    gist = {"kind": reply["kind"], "text_sha256": sha256(text.encode()).hexdigest()}
    if reply.get("answer"):
        gist["status"] = reply["answer"]["status"]
    if reply.get("asking_for"):
        gist["asking_for"] = reply["asking_for"]
    return gist


def _outcome(assessment: Mapping[str, Any]) -> dict[str, Any]:
    responsibility = assessment.get("responsibility") or {}
    return {
        "as_of": str(assessment.get("as_of", "")),
        "edition": assessment.get("edition"),
        "responsibility": {
            name: responsibility.get(name) for name in ("status", "responsible", "changes_on", "changes_to")
        },
        "handover": (assessment.get("handover") or {}).get("date"),
        "early_allocation": (assessment.get("early_allocation") or {}).get("outcome"),
        "tasks": len(assessment.get("tasks") or ()),
    }


def _found(value: Any, name: str) -> Iterator[str]:
    """Every text under a name, however deep."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == name and isinstance(item, str):
                yield item
            else:
                yield from _found(item, name)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _found(item, name)


def _passages(value: Any) -> Iterator[str]:
    """Every passage that is cited, as document, edition and passage."""
    if isinstance(value, Mapping):
        if value.get("passage_id"):
            yield f"{value.get('document')} ({value.get('edition')}) {value['passage_id']}"
        for item in value.values():
            yield from _passages(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _passages(item)
