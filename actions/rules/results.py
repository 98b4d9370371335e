"""What an assessment is made of, and its JSON form (section 5 of the design)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from actions.rules.schema import DocumentModel, SourceModel


@dataclass(frozen=True)
class Citation:
    """Where a rule comes from. `passage_id` is filled in by whoever holds the index of passages."""

    title: str
    edition: str
    section: str
    quote: str
    url: str
    document: str | None = None
    repository: str | None = None
    file: str | None = None
    commit: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The citation as JSON-ready data, a new dictionary each time."""
        return dict(self._data)

    @cached_property
    def _data(self) -> dict[str, Any]:
        data = {
            "document": self.document,
            "title": self.title,
            "edition": self.edition,
            "section": self.section,
            "passage_id": None,
            "quote": self.quote,
            "url": self.url,
        }
        if self.repository:
            data |= {"repository": self.repository, "file": self.file, "commit": self.commit}
        return data


def cite(source: SourceModel, documents: Mapping[str, DocumentModel]) -> Citation:
    """The citation of a source."""
    if source.document is not None:
        document = documents[source.document]
        url = f"/guidance/{document.slug}"
        return Citation(document.title, document.edition, source.section, source.quote, url, document.slug)
    repository, file, commit = source.repository or "", source.file or "", source.commit or ""
    url = f"https://github.com/{repository}/blob/{commit}/{file}"
    return Citation(
        repository,
        f"{repository}@{commit[:8]}",
        source.section or file,
        source.quote,
        url,
        repository=repository,
        file=file,
        commit=commit,
    )


@dataclass(frozen=True)
class Reason:
    """Why: the rule, plain words with the facts and the sum, and the citation."""

    rule: str
    because: str
    citation: Citation

    def as_dict(self) -> dict[str, Any]:
        """The reason as JSON-ready data."""
        return {"rule": self.rule, "because": self.because, "citation": self.citation.as_dict()}


@dataclass(frozen=True)
class Task:
    """One duty, with its date where the guidance gives one."""

    id: str
    title: str
    owner: str
    kind: str
    status: str
    working: str
    citation: Citation
    due: date | None = None
    opens: date | None = None
    inferred: bool = False
    also: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The task as JSON-ready data."""
        return {
            "id": self.id,
            "title": self.title,
            "owner": self.owner,
            "due": _iso(self.due),
            "opens": _iso(self.opens),
            "kind": self.kind,
            "status": self.status,
            "working": self.working,
            "inferred": self.inferred,
            "also": list(self.also),
            "citation": self.citation.as_dict(),
        }


@dataclass(frozen=True)
class Responsibility:
    """Who is responsible, who supports, and the next change ahead.

    `status` is decided, needs_facts, undefined or discretion. With needs_facts, `responsible` is the answer
    that stands unless one of the missing facts turns it, or None.
    """

    status: str
    responsible: str | None = None
    supporting: str | None = None
    changes_on: date | None = None
    changes_to: str | None = None
    decided_by: str | None = None
    reasons: tuple[Reason, ...] = ()
    open_facts: frozenset[str] = frozenset()

    def as_dict(self) -> dict[str, Any]:
        """The part as JSON-ready data."""
        return {
            "status": self.status,
            "responsible": self.responsible,
            "supporting": self.supporting,
            "changes_on": _iso(self.changes_on),
            "changes_to": self.changes_to,
            "decided_by": self.decided_by,
            "reasons": [reason.as_dict() for reason in self.reasons],
        }


@dataclass(frozen=True)
class Part:
    """Another part of an assessment: its status, its own data, and its reasons."""

    status: str
    data: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    open_facts: frozenset[str] = frozenset()

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def as_dict(self) -> dict[str, Any]:
        """The part as JSON-ready data."""
        data = {key: _plain(value) for key, value in self.data.items()}
        return {"status": self.status, **data, "reasons": [reason.as_dict() for reason in self.reasons]}


@dataclass(frozen=True)
class Assessment:
    """Everything worked out for a case on a date."""

    as_of: date
    edition: str
    responsibility: Responsibility
    handover: Part
    pom_type: Part
    service_level: Part
    early_allocation: Part
    tasks: tuple[Task, ...]
    assumed: tuple[Mapping[str, Any], ...] = ()
    missing: tuple[Mapping[str, Any], ...] = ()
    conflicts: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[Reason, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The assessment as JSON-ready data, in the form of section 5 of the design."""
        return {
            "as_of": self.as_of.isoformat(),
            "edition": self.edition,
            "responsibility": self.responsibility.as_dict(),
            "handover": self.handover.as_dict(),
            "pom_type": self.pom_type.as_dict(),
            "service_level": self.service_level.as_dict(),
            "early_allocation": self.early_allocation.as_dict(),
            "tasks": [task.as_dict() for task in self.tasks],
            "assumed": [_plain(item) for item in self.assumed],
            "missing": [dict(item) for item in self.missing],
            "conflicts": [dict(item) for item in self.conflicts],
            "notes": [note.as_dict() for note in self.notes],
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (Task, Citation, Reason)):
        return value.as_dict()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, frozenset, set)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value
