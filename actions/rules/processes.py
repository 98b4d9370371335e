"""Processes as ordered steps, each a rule of the catalogue with its owner, timing and citation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions.rules.loader import Catalogue
from actions.rules.results import Citation
from actions.rules.rule import Rule


@dataclass(frozen=True)
class Step:
    """One step of a process."""

    rule: str
    title: str
    owner: str
    timing: str
    citation: Citation

    def as_dict(self) -> dict[str, Any]:
        """The step as JSON-ready data."""
        return {
            "rule": self.rule,
            "title": self.title,
            "owner": self.owner,
            "timing": self.timing,
            "citation": self.citation.as_dict(),
        }


def process_steps(catalogue: Catalogue, process: str) -> list[Step]:
    """The steps of a process in order."""
    steps = []
    for item in catalogue.processes[process].steps:
        rule = catalogue.rules[item.rule]
        names = [catalogue.roles.get(role, role) for role in rule.model.role]
        owner = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        timing = item.timing if item.timing is not None else timing_words(rule, catalogue)
        steps.append(Step(rule.id, item.title or rule.title, owner, timing, rule.citation))
    return steps


def timing_words(rule: Rule, catalogue: Catalogue) -> str:
    """When a rule falls due, in words: `by 10 weeks after the sentence date`."""
    deadline = rule.model.deadline
    if deadline.anchor is None or deadline.offset is None:
        return catalogue.wording["no_deadline"]
    label = catalogue.fields[deadline.anchor].label
    words = rule.offset.words
    if deadline.kind == "window":
        return f"from {words} to {rule.end_offset.words} {deadline.direction} the {label}"
    kind = {"earliest": "from", "recurring": "every", "at": "at"}.get(deadline.kind, deadline.kind)
    if not words:
        return f"{'before' if deadline.direction == 'before' else 'at'} the {label}"
    if deadline.kind == "recurring":
        return f"{words} after the {label}, and so on"
    return f"{kind} {words} {deadline.direction} the {label}"
