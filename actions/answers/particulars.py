"""Particular questions about a case: where the person is held, who goes to the hearing, who writes the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from actions import resources
from actions.answers.topic_answer import TopicAnswer
from actions.texts import text

LOCATION = {
    "recall": ("RECALL-01", "RECALL-02", "RECALL-03", "RECALL-04", "RECALL-05", "RECALL-06"),
    "parole": ("PAR-24", "PAR-25", "PAR-26", "PAR-04"),
    "sentence": ("RP-03", "TASK-06", "TASK-71", "TASK-72"),
}
"""The rules on where a person is held, by what decides it: the first group of which one holds is the answer."""

PRE_TARIFF_REPORT = ("PAR-06", "PAR-07")
"""Rules that hold where the POM writes the parole report alone."""

JOINT_REPORT = ("PAR-08", "PAR-09", "PAR-22")
"""Rules that hold where the POM and the COM each write their sections of one report."""


def location_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """Where the guidance says the person is held, and who may decide otherwise."""
    notes = {note["rule"]: note for note in assessment["notes"]}
    for group in LOCATION.values():
        found = [notes[name] for name in group if name in notes]
        if found:
            said = [note["because"].split(" Facts: ")[0] for note in found]
            return TopicAnswer(
                said[0],
                lines=[text("case.rule_line", because=line) for line in said[1:]],
                reasons=found,
            )
    return TopicAnswer(text("particulars.location_unknown"))


def hearing_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """Who attends an oral hearing."""
    held = {task["id"] for task in assessment["tasks"]}
    pre_tariff = held & set(PRE_TARIFF_REPORT) and not held & set(JOINT_REPORT)
    return TopicAnswer(
        text("particulars.hearing_pre_tariff" if pre_tariff else "particulars.hearing"),
        reasons=_sources("PAR-14", "PAR-15"),
        duties=[{"title": text("particulars.attend"), "owner": text("particulars.both")}],
    )


def parole_report_answer(assessment: dict[str, Any]) -> TopicAnswer:
    """Who writes the parole report. The guidance gives no date for it."""
    held = {task["id"] for task in assessment["tasks"]}
    joint = [name for name in JOINT_REPORT if name in held]
    alone = [name for name in PRE_TARIFF_REPORT if name in held]
    key = "report_joint" if joint else "report_alone" if alone else "report_either"
    sources = joint or alone or [PRE_TARIFF_REPORT[1], JOINT_REPORT[1]]
    owner = "both" if joint else "pom"
    return TopicAnswer(
        text(f"particulars.{key}"),
        lines=[text("particulars.no_date")],
        reasons=_sources(*sources),
        duties=[{"title": text("particulars.write"), "owner": text(f"particulars.{owner}")}],
    )


def _sources(*rules: str) -> list[dict[str, Any]]:
    """Rules as reasons that only cite."""
    book = resources.rule_book()
    return [{"rule": name, "because": "", "citation": book.rule(name).citation.as_dict()} for name in rules]


PARTICULARS: Mapping[str, Callable[[dict[str, Any]], TopicAnswer]] = {
    "location": location_answer,
    "hearing": hearing_answer,
    "parole_report": parole_report_answer,
}
"""The particular questions by topic."""
