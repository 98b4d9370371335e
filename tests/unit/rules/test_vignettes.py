"""Cases worked out by hand from the guidance, run against the rules module.

Each vignette gives facts, a date and an edition; the outcome that the document leads to; the quote that
justifies it; and the sums behind its dates. The sums and the quotes are checked here without the module,
so a slip in a vignette shows as such.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays
import pytest
import yaml
from dateutil.relativedelta import relativedelta

from actions.rules import FactErrors, RuleBook

FOLDER = Path(__file__).parent / "vignettes"
GUIDANCE = Path(__file__).parents[3] / "knowledge" / "guidance"
THEMES = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))}
UNITS = {"y": "years", "m": "months", "w": "weeks", "d": "days"}


def cases() -> Iterator[Any]:
    """Every vignette once for each edition it names."""
    for theme, content in THEMES.items():
        for vignette in content["vignettes"]:
            editions = vignette["edition"]
            for edition in [editions] if isinstance(editions, str) else editions:
                yield pytest.param(content, vignette, edition, id=f"{theme}:{vignette['id']}:{edition}")


def vignettes() -> Iterator[Any]:
    for theme, content in THEMES.items():
        for vignette in content["vignettes"]:
            yield pytest.param(content, vignette, id=f"{theme}:{vignette['id']}")


def plain(value: Any) -> Any:
    """The JSON form of a value: dates as ISO text, everything else unchanged."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def facts_of(content: dict[str, Any], vignette: dict[str, Any]) -> dict[str, Any]:
    """Facts in their JSON form; one marked `unknown` is left out, one marked null is known absent."""
    facts = {**content.get("base", {}).get(vignette.get("base"), {}), **vignette.get("facts", {})}
    return {name: plain(value) for name, value in facts.items() if value != "unknown"}


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return RuleBook.load()


def at(result: dict[str, Any], path: str) -> Any:
    """The value at a dotted path; a list of criteria is read by id, giving whether each is met."""
    value: Any = result
    for part in path.split("."):
        inside = {item["id"]: item["met"] for item in value} if isinstance(value, list) else value
        value = inside[part]
    return value


def matches(actual: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and set(wanted) <= {"contains", "in"}:
        parts = wanted.get("contains", [])
        inside = all(part in actual for part in ([parts] if isinstance(parts, str) else parts))
        return inside and ("in" not in wanted or actual in plain(wanted["in"]))
    return bool(actual == plain(wanted))


def tasks_of(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [*result["tasks"], *result["early_allocation"]["steps"]]


def rule_ids(value: Any) -> set[str]:
    """Every rule named anywhere in an assessment, as the id of a task or the rule of a reason."""
    if isinstance(value, dict):
        own = {str(value[key]) for key in ("id", "rule") if isinstance(value.get(key), str)}
        own |= set(value.get("also", ()))
        return own.union(*(rule_ids(item) for item in value.values()))
    return set().union(*(rule_ids(item) for item in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(("content", "vignette", "edition"), cases())
def test_vignette(book: RuleBook, content: dict[str, Any], vignette: dict[str, Any], edition: str) -> None:
    facts = facts_of(content, vignette)
    presume = vignette.get("presume", True)
    if "errors" in vignette:
        with pytest.raises(FactErrors) as raised:
            book.assess(facts, vignette["as_of"], edition=edition, presume=presume)
        assert sorted(error.field for error in raised.value.errors) == sorted(vignette["errors"])
        return
    result = book.assess(facts, vignette["as_of"], edition=edition, presume=presume).as_dict()
    wrong = []
    for path, wanted in vignette.get("expect", {}).items():
        if not matches(at(result, path), wanted):
            wrong.append(f"{path} is {at(result, path)!r}, the text leads to {plain(wanted)!r}")
    tasks = tasks_of(result)
    for ids, fields in vignette.get("tasks", {}).items():
        candidates = [task for task in tasks if {task["id"], *task["also"]} & set(ids.split("|"))]
        if not any(all(matches(task[name], value) for name, value in fields.items()) for task in candidates):
            seen = [{name: task[name] for name in ("id", *fields)} for task in candidates]
            wrong.append(f"task {ids} should have {plain(fields)}, found {seen}")
    wrong += [
        f"task {id_} does not apply"
        for id_ in vignette.get("no_tasks", [])
        if id_ in {t["id"] for t in tasks}
    ]
    asked = {item["fact"] for item in result["missing"]}
    wrong += [f"does not ask for {fact}" for fact in vignette.get("missing", []) if fact not in asked]
    wrong += [f"asks for {fact}" for fact in vignette.get("not_missing", []) if fact in asked]
    assumed = {item["fact"] for item in result["assumed"]}
    wrong += [
        f"does not name the presumption {fact}" for fact in vignette.get("assumed", []) if fact not in assumed
    ]
    wrong += [f"presumes {fact}" for fact in vignette.get("not_assumed", []) if fact in assumed]
    conflicts = {item["id"] for item in result["conflicts"]}
    wrong += [f"does not show {id_}" for id_ in vignette.get("conflicts", []) if id_ not in conflicts]
    named = rule_ids(result)
    wrong += [f"does not name {id_}" for id_ in vignette.get("mentions", []) if id_ not in named]
    wrong += [f"names {id_}" for id_ in vignette.get("does_not_mention", []) if id_ in named]
    if "no_step_before" in vignette:
        first = plain(vignette["no_step_before"])
        wrong += [
            f"step {s['id']} is before the sentence"
            for s in result["early_allocation"]["steps"]
            if s["due"] and s["due"] < first
        ]
    assert not wrong, "\n".join(wrong)


def shifted(sum_: str) -> tuple[date, date]:
    """Both sides of a sum such as `2027-03-15 - 7m15d = 2026-07-31`: months first, then weeks and days."""
    start, sign, offset, _, end = sum_.split()
    direction = 1 if sign == "+" else -1
    amounts = {UNITS[unit]: int(count) for count, unit in re.findall(r"(\d+)([ymwd])", offset)}
    months = 12 * amounts.get("years", 0) + amounts.get("months", 0)
    days = 7 * amounts.get("weeks", 0) + amounts.get("days", 0)
    moved = (
        date.fromisoformat(start)
        + direction * relativedelta(months=months)
        + direction * timedelta(days=days)
    )
    return moved, date.fromisoformat(end)


def working_day(sum_: str) -> tuple[date, date]:
    start, _, count, _, end = sum_.split()
    day = date.fromisoformat(start)
    closed = holidays.country_holidays("GB", subdiv="ENG", years=range(day.year, day.year + 2))
    for _ in range(int(count)):
        day += timedelta(days=1)
        while day.weekday() >= 5 or day in closed:
            day += timedelta(days=1)
    return day, date.fromisoformat(end)


@pytest.mark.parametrize(("content", "vignette"), vignettes())
def test_sums_of_the_vignette_are_right(content: dict[str, Any], vignette: dict[str, Any]) -> None:
    for sum_ in vignette.get("sums", []):
        moved, end = shifted(sum_)
        assert moved == end, sum_
    for sum_ in vignette.get("working_days", []):
        moved, end = working_day(sum_)
        assert moved == end, sum_


@pytest.mark.parametrize(("content", "vignette"), vignettes())
def test_quote_of_the_vignette_is_in_its_document(content: dict[str, Any], vignette: dict[str, Any]) -> None:
    if "errors" in vignette:
        return
    if content["document"] is None:
        assert re.fullmatch(r"S[1-6](\.[1-8])?", vignette["row"])
        return
    quotes = vignette["quote"]
    if not isinstance(quotes, dict):
        quotes = {content["document"]: quotes}
    for document, wanted in quotes.items():
        text = " ".join((GUIDANCE / f"{document}.txt").read_text().split())
        for quote in [wanted] if isinstance(wanted, str) else wanted:
            assert " ".join(quote.split()) in text


def test_names_of_vignettes_are_unique() -> None:
    names = [vignette["id"] for content in THEMES.values() for vignette in content["vignettes"]]
    assert len(names) == len(set(names)) >= 150
