"""Puts down in the audit what was answered: to a message of any channel, and to a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from sqlalchemy import Engine, select

from assistant.access import Action, acting_person
from assistant.engine.feedback import rules_version
from assistant.records.audit import Audit
from assistant.records.notes import Notes, note_answer, present_notes, taking_notes
from assistant.settings import current_settings
from knowledge import schema

Answered = Callable[[Sequence[dict[str, Any]]], None]


class AuditTrail:
    """Writes what was noted into the audit, before anybody sees the answer."""

    def __init__(self, engine: Engine, audit: Audit | None = None) -> None:
        self._engine = engine
        self.audit = audit or Audit(engine)

    @contextmanager
    def watch(self, conversation_id: str) -> Iterator[Answered]:
        """Take notes of one message, and put it down when its replies are given.

        The words of the message are not put down: they are in the conversation, as long as that is kept.
        """
        outer = present_notes()
        with taking_notes(Notes(channel=outer.channel, request_id=outer.request_id)) as notes:

            def answered(replies: Sequence[dict[str, Any]]) -> None:
                for reply in replies:
                    note_answer(reply)
                notes.details["conversation"] = conversation_id
                self.write(notes, Action.HOLD_CONVERSATION, "done")

            yield answered

    def write(self, notes: Notes, action: str, outcome: str) -> None:
        """Put down what was noted: one entry for what was done, and one for each case that was asked for in vain."""
        person = acting_person()
        about = {"channel": notes.channel, "request_id": notes.request_id}
        for number in notes.refused_numbers:
            self.audit.record(
                person,
                Action.READ_CASE,
                outcome="not_found",
                prison_number=number,
                details={"during": action},
                **about,
            )
        details = dict(notes.details)
        if details.get("answers") or details.get("assessment"):
            details["versions"] = self._versions(details.get("passages") or ())
        self.audit.record(
            person, action, outcome=outcome, prison_number=notes.prison_number, details=details, **about
        )

    def _versions(self, passages: Sequence[str]) -> dict[str, Any]:
        """What the answer was made with: program, rules, and the digest of each document that is cited."""
        slugs = {passage.split(" ", 1)[0] for passage in passages}
        documents = schema.documents
        digests: dict[str, str] = {}
        if slugs:
            query = select(documents.c.slug, documents.c.sha256).where(documents.c.slug.in_(slugs))
            with self._engine.connect() as connection:
                digests = {row.slug: row.sha256[:12] for row in connection.execute(query)}
        return {
            "program": version("pom-assistant"),
            "rules": rules_version(current_settings().extra_rules),
            "documents": digests,
        }
