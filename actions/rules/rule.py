"""A rule ready to use: its compiled condition, its deadline and its citation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from actions.rules.dates import Offset
from actions.rules.logic import All
from actions.rules.results import Citation
from actions.rules.schema import RuleModel


@dataclass(eq=False)
class Rule:
    """One rule of the catalogue, as the rest of the module uses it."""

    model: RuleModel
    condition: All
    done: All | None
    citation: Citation
    other_citations: tuple[Citation, ...] = ()
    outcomes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def id(self) -> str:
        """The identifier, such as `RESP-05`."""
        return self.model.id

    @cached_property
    def group(self) -> str:
        """The group, such as `responsibility`."""
        return self.model.group

    @property
    def status(self) -> str:
        """`operative` rules decide; the others can only be read."""
        return self.model.status

    @cached_property
    def kind(self) -> str:
        """The kind of outcome, such as `task` or `responsible`."""
        return str(self.model.outcome["kind"])

    @cached_property
    def title(self) -> str:
        """A short plain title for a list."""
        return self.model.title or self.model.plain or self.model.summary

    @cached_property
    def plain(self) -> str:
        """What the rule says, in a plain sentence."""
        text = self.model.plain or self.model.summary
        return text if text.endswith((".", "?")) else text + "."

    @cached_property
    def offset(self) -> Offset:
        """How far the deadline is from its anchor."""
        return _offset(self.model.deadline.offset)

    @cached_property
    def end_offset(self) -> Offset:
        """For a window, how far its end is from the anchor."""
        return _offset(self.model.deadline.end_offset)

    def outcome(self, edition: str) -> Mapping[str, Any]:
        """What follows when the rule applies, under an edition."""
        return self.outcomes.get(edition, self.model.outcome)

    def as_dict(self) -> dict[str, Any]:
        """The rule as JSON-ready data."""
        data = self.model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {**data, "title": self.title, "citation": self.citation.as_dict()}


def _offset(model: Any) -> Offset:
    return Offset.of(model.model_dump() if model is not None else None)
