"""Takes feedback on an answer from any channel, and adds what the answer was made with."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from actions.rules.loader import CATALOGUE
from assistant.settings import current_settings
from assistant.storage.feedback import Feedback, FeedbackRepository, sources_of
from knowledge import schema


class FeedbackDesk:
    """Where every channel hands in feedback.

    >>> desk.record("web:1f", 2, useful=False, reason="out_of_date", channel="web")  # doctest: +SKIP
    """

    def __init__(self, engine: Engine, model: Path | None = None) -> None:
        self._engine = engine
        self._model = model
        self.kept = FeedbackRepository(engine)

    def record(
        self,
        conversation_id: str,
        number: int,
        *,
        useful: bool,
        reason: str | None = None,
        comment: str = "",
        channel: str,
    ) -> Feedback:
        """Keep what a person thought of the answer that is line `number` of a conversation.

        `number` is the `number` of a reply of the engine. A later judgement takes the place of an earlier one.
        Raises `NoSuchAnswer`, or `ValueError` naming what is wrong with the reason or the comment.
        """
        _, answer = self.kept.answer(conversation_id, number)
        return self.kept.record(
            conversation_id,
            number,
            useful=useful,
            reason=reason,
            comment=comment,
            channel=channel,
            versions=self._versions(answer.reply or {}),
        )

    def _versions(self, reply: dict[str, Any]) -> dict[str, Any]:
        slugs = {source["document"] for source in sources_of(reply) if source["document"]}
        documents = schema.documents
        query = select(documents.c.slug, documents.c.sha256).where(documents.c.slug.in_(slugs))
        with self._engine.connect() as connection:
            digests = {row.slug: row.sha256[:12] for row in connection.execute(query)}
        return {
            "program": version("pom-assistant"),
            "model": self._model.name.removesuffix(".tar.gz") if self._model else None,
            "rules": rules_version(current_settings().extra_rules),
            "documents": digests,
        }


@lru_cache(maxsize=2)
def rules_version(extra: Path | None = None) -> str:
    """A short digest of the rules in use: the catalogue, and a deployment's own."""
    digest = hashlib.sha256()
    for folder in filter(None, (CATALOGUE, extra)):
        for file in sorted(folder.rglob("*.yaml")):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]
