"""The labelled messages and dialogues that the conversation is measured on, read from YAML and checked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from actions.reply import AnswerStatus, ReplyKind
from assistant.evaluation.routes import ROUTE_OF_INTENT


class LabelledSetError(ValueError):
    """A labelled file that cannot be used; the message names the file and the place in it."""


def _plain(value: Any) -> Any:
    """A value as replies hold it: YAML reads an unquoted 2027-03-03 as a date."""
    return value.isoformat() if isinstance(value, date) else value


Facts = Annotated[
    dict[str, Any],
    BeforeValidator(lambda facts: {name: _plain(value) for name, value in (facts or {}).items()}),
]
"""Facts by field name, in their JSON form; a date without a day as `2029-08`."""


class _Entry(BaseModel):
    """An entry of a labelled file: a key that nobody knows is an error, so that no label goes unread."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelledMessage(_Entry):
    """One message on its own, with what should be understood."""

    id: str = Field(min_length=1)
    message: str = Field(min_length=1)
    intent: str
    facts: Facts = Field(default_factory=dict)
    """What the message says outright."""
    optional: Facts = Field(default_factory=dict)
    """Readings that are right but not said outright: neither asked for nor an error."""
    as_of: date

    @field_validator("intent")
    @classmethod
    def _known(cls, intent: str) -> str:
        if intent not in ROUTE_OF_INTENT:
            raise ValueError(f"{intent!r} is not an intent; allowed: {', '.join(ROUTE_OF_INTENT)}")
        return intent


class Expectation(_Entry):
    """What any good reply to a turn must hold. Only what is given is checked: see `expectations.unmet`."""

    kind: ReplyKind | None = None
    kind_not: ReplyKind | None = None
    text_contains: list[str] = Field(default_factory=list)
    text_contains_any: list[str] = Field(default_factory=list)
    text_lacks: list[str] = Field(default_factory=list)
    facts: Facts = Field(default_factory=dict)
    facts_absent: list[str] = Field(default_factory=list)
    asking_for_not: list[str] = Field(default_factory=list)
    citation_document: str | None = None
    responsible: str | None = None
    pom_type: str | None = None
    early_allocation: str | None = None
    status: AnswerStatus | None = None

    def asks(self, name: str) -> bool:
        """Whether the file gives this expectation, so that a null counts as one."""
        return name in self.model_fields_set


class DialogueTurn(_Entry):
    """What a person types, and what the reply must hold."""

    say: str
    expect: Expectation


class Dialogue(_Entry):
    """A conversation on one date."""

    id: str = Field(min_length=1)
    as_of: date
    edition: str | None = None
    turns: list[DialogueTurn] = Field(min_length=1)


LabelledEntry = TypeVar("LabelledEntry", LabelledMessage, Dialogue)


def load_messages(path: Path) -> list[LabelledMessage]:
    """The labelled messages under `messages`. Raises `LabelledSetError`."""
    return _load(path, "messages", LabelledMessage)


def load_dialogues(path: Path) -> list[Dialogue]:
    """The dialogues under `dialogues`. Raises `LabelledSetError`."""
    return _load(path, "dialogues", Dialogue)


def read_yaml(path: Path, name: str) -> Any:
    """The content of a YAML file. Raises `LabelledSetError`, which calls the file by `name` and path."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise LabelledSetError(f"{name}: {path} cannot be read ({type(problem).__name__})") from problem
    except yaml.YAMLError as problem:
        raise LabelledSetError(f"{name}: {path} is not YAML: {problem}") from problem


def _load(path: Path, key: str, entry: type[LabelledEntry]) -> list[LabelledEntry]:
    content = read_yaml(path, key)
    if not isinstance(content, dict) or not isinstance(content.get(key), list) or not content[key]:
        raise LabelledSetError(f"{key}: {path} must hold a list of {key} under the key `{key}`")
    entries = [_entry(path, key, place, item, entry) for place, item in enumerate(content[key], start=1)]
    seen: set[str] = set()
    for item in entries:
        if item.id in seen:
            raise LabelledSetError(f"{key}: {path} holds the id {item.id!r} twice; each needs its own")
        seen.add(item.id)
    return entries


def _entry(path: Path, key: str, place: int, item: Any, entry: type[LabelledEntry]) -> LabelledEntry:
    try:
        return entry.model_validate(item)
    except ValidationError as problem:
        name = item.get("id") if isinstance(item, dict) else None
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the entry"
        allowed = f"; allowed: {', '.join(Expectation.model_fields)}" if "expect" in first["loc"][:-1] else ""
        unknown = first["type"] == "extra_forbidden"
        reason = f"is not a key{allowed}" if unknown else first["msg"].removeprefix("Value error, ")
        raise LabelledSetError(f"{key}: {path}, {name or f'entry {place}'}: {where}: {reason}") from problem
