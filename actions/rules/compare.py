"""What differs between two assessments, or between editions, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from actions.rules.results import Assessment, Task

_PATHS = (
    ("responsibility", ("status", "responsible", "supporting", "changes_on", "changes_to", "decided_by")),
    ("handover", ("status", "date", "kind")),
    ("pom_type", ("status", "value", "role", "case_support")),
    ("service_level", ("status", "additional_tasks_exempt")),
    ("early_allocation", ("status", "outcome")),
)


def answers(assessment: Assessment) -> dict[str, Any]:
    """The answers of an assessment by path, such as `responsibility.changes_on`."""
    data = assessment.as_dict()
    found = {f"{part}.{key}": data[part].get(key) for part, keys in _PATHS for key in keys}
    found |= {
        f"early_allocation.{item['id']}": item["met"] for item in data["early_allocation"].get("criteria", [])
    }
    return found


def compare_assessments(
    before: Assessment, after: Assessment, changes: Mapping[str, object]
) -> dict[str, Any]:
    """The answers, tasks and questions that differ between two assessments of one edition."""
    old, new = answers(before), answers(after)
    differences = [
        {"path": path, "before": old.get(path), "after": new.get(path)}
        for path in dict.fromkeys([*old, *new])
        if old.get(path) != new.get(path)
    ]
    return {
        "as_of": before.as_of.isoformat(),
        "edition": before.edition,
        "changes": {k: v.isoformat() if isinstance(v, date) else v for k, v in changes.items()},
        "differences": differences,
        "tasks": _task_changes(before, after),
        "missing": {
            "before": [item["fact"] for item in before.missing],
            "after": [item["fact"] for item in after.missing],
        },
    }


def _task_changes(before: Assessment, after: Assessment) -> dict[str, Any]:
    old, new = {t.id: t for t in before.tasks}, {t.id: t for t in after.tasks}
    moved = [
        {"id": key, "title": new[key].title, "before": _when(old[key]), "after": _when(new[key])}
        for key in new
        if key in old and _when(old[key]) != _when(new[key])
    ]
    return {
        "added": [task.as_dict() for key, task in new.items() if key not in old],
        "removed": [task.as_dict() for key, task in old.items() if key not in new],
        "moved": moved,
    }


def _when(task: Task) -> dict[str, str | None]:
    return {
        "due": task.due.isoformat() if task.due else None,
        "opens": task.opens.isoformat() if task.opens else None,
    }


def compare_by_edition(assessments: Mapping[str, Assessment], as_of: date) -> dict[str, Any]:
    """The answers and task dates that differ between editions."""
    by_path = {name: answers(item) for name, item in assessments.items()}
    paths = dict.fromkeys(path for found in by_path.values() for path in found)
    differences = [
        {"path": path, "values": {name: found.get(path) for name, found in by_path.items()}}
        for path in paths
        if len({str(found.get(path)) for found in by_path.values()}) > 1
    ]
    return {
        "as_of": as_of.isoformat(),
        "editions": list(assessments),
        "differences": differences,
        "tasks": list(_tasks_by_edition(assessments)),
    }


def _tasks_by_edition(assessments: Mapping[str, Assessment]) -> Iterator[dict[str, Any]]:
    by_edition = {name: {task.id: task for task in item.tasks} for name, item in assessments.items()}
    for key in dict.fromkeys(key for found in by_edition.values() for key in found):
        found = {name: tasks.get(key) for name, tasks in by_edition.items()}
        whens = {name: _when(task) if task else None for name, task in found.items()}
        if len({str(when) for when in whens.values()}) > 1:
            title = next(task.title for task in found.values() if task)
            yield {"id": key, "title": title, "values": whens}
