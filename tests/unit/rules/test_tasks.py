"""Dated duties: when they are due, when they open, who does them and how the date is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.rules import RuleBook, Task

NPS: dict[str, Any] = {
    "sentence_type": "determinate",
    "provider": "NPS",
    "sentence_date": "2025-01-03",
    "conditional_release_date": "2029-01-03",
    "rosh": "high",
    "care_experienced": False,
}
LIFE: dict[str, Any] = {
    "sentence_type": "life",
    "provider": "NPS",
    "sentence_date": "2020-01-06",
    "tariff_expiry_date": "2030-06-30",
}
PAROLE: dict[str, Any] = {
    "sentence_type": "determinate_parole",
    "provider": "NPS",
    "sentence_date": "2024-01-08",
    "first_parole_eligibility_date": "2028-01-08",
    "conditional_release_date": "2030-01-08",
    "care_experienced": False,
    "rosh": "high",
}
RECALL = {**NPS, "recall_type": "standard", "recall_return_date": "2029-03-27"}

# (rule, facts, as of, due, opens, owner)
ROWS: list[tuple[str, dict[str, Any], str, str | None, str | None, str]] = [
    ("TASK-01", NPS, "2025-01-06", "2025-01-17", None, "Probation Officer"),
    ("TASK-02", NPS, "2025-01-06", "2025-01-17", None, "POM"),
    ("TASK-02", {**NPS, "reception_date": "2025-01-10"}, "2025-01-13", "2025-01-24", None, "POM"),
    ("TASK-03", LIFE, "2020-01-07", "2020-01-13", None, "POM"),
    (
        "TASK-05",
        {**NPS, "sentence_date": "2026-03-26", "reconfiguration_flows_on": True, "stays_in_reception": False},
        "2026-03-27",
        "2026-04-13",
        None,
        "prison",
    ),
    (
        "TASK-10",
        {**NPS, "conditional_release_date": "2025-09-01"},
        "2025-01-06",
        "2025-01-31",
        None,
        "COM",
    ),
    ("TASK-15", NPS, "2025-01-06", "2025-03-14", None, "POM"),
    ("TASK-15", {**NPS, "rosh": "low"}, "2025-01-06", "2025-03-14", None, "POM"),
    ("TASK-16", LIFE, "2020-01-07", "2020-04-27", None, "POM"),
    ("TASK-20", NPS, "2025-01-06", "2025-03-14", None, "POM and key worker"),
    ("TASK-21", LIFE, "2020-01-07", "2020-04-27", None, "POM"),
    ("TASK-25", {**NPS, "last_oasys_date": "2025-03-10"}, "2026-01-06", "2027-03-10", None, "POM"),
    ("TASK-26", {**LIFE, "last_oasys_date": "2020-02-29"}, "2021-01-06", "2023-02-28", None, "POM"),
    (
        "TASK-26",
        {
            "sentence_type": "life",
            "tariff_expiry_date": "2030-06-30",
            "last_oasys_date": "2024-03-15",
        },
        "2026-03-02",
        "2027-03-15",
        None,
        "POM",
    ),
    ("TASK-32", NPS, "2026-01-06", "2028-05-03", None, "POM"),
    ("TASK-33", {**NPS, "mappa_level": 2}, "2028-06-01", "2028-07-03", None, "COM"),
    ("TASK-34", NPS, "2026-01-06", "2028-07-03", None, "COM"),
    (
        "TASK-35",
        {**NPS, "mappa_level": 1, "hdc_case": False},
        "2028-06-01",
        "2028-12-20",
        "2028-11-08",
        "COM",
    ),
    ("TASK-36", LIFE, "2026-01-06", "2028-01-14", None, "POM"),
    ("TASK-37", LIFE, "2029-11-06", "2030-01-13", None, "COM"),
    ("PAR-01", LIFE, "2026-01-06", None, "2026-12-30", "POM"),
    ("PAR-18", PAROLE, "2026-01-06", "2027-04-08", None, "POM"),
    (
        "PAR-20",
        {**PAROLE, "last_parole_review_date": "2028-02-01"},
        "2028-03-01",
        "2029-02-01",
        None,
        "Parole Board",
    ),
    ("RECALL-09", RECALL, "2029-03-28", "2029-03-29", None, "POM"),
    ("RECALL-11", RECALL, "2029-03-28", "2029-04-06", None, "POM and COM"),
    (
        "OPD-04",
        {**NPS, "opd_screen": "screened_in", "sentence_date": "2025-08-31"},
        "2025-09-08",
        "2026-02-28",
        None,
        "POM and psychology services",
    ),
    (
        "YT-04",
        {"youth_transition": True, "arrival_date": "2026-04-03"},
        "2026-04-03",
        "2026-04-06",
        None,
        "POM and key worker",
    ),
    (
        "RP-05",
        {**NPS, "restricted_patient": "s47_49", "remission_date": "2026-05-01"},
        "2026-04-03",
        "2026-05-01",
        None,
        "POM",
    ),
    (
        "WOM-01",
        {**NPS, "estate": "women"},
        "2025-01-06",
        "2025-01-17",
        None,
        "POM",
    ),
    ("HAND-02", NPS, "2026-01-06", "2028-05-19", None, "POM and COM"),
    ("HAND-10", {**NPS, "provider": "CRC"}, "2026-01-06", "2028-10-03", None, "POM"),
]


def tasks(book: RuleBook, facts: dict[str, Any], as_of: str, edition: str = "2022") -> dict[str, Task]:
    return {task.id: task for task in book.assess(facts, date.fromisoformat(as_of), edition).tasks}


@pytest.mark.parametrize(("rule", "facts", "as_of", "due", "opens", "owner"), ROWS)
def test_when_a_duty_is_due_and_whose_it_is(
    book: RuleBook,
    rule: str,
    facts: dict[str, Any],
    as_of: str,
    due: str | None,
    opens: str | None,
    owner: str,
) -> None:
    task = tasks(book, facts, as_of)[rule]
    assert (task.due.isoformat() if task.due else None) == due
    assert (task.opens.isoformat() if task.opens else None) == opens
    assert task.owner == owner
    assert task.citation.quote


def test_the_sum_is_shown(book: RuleBook) -> None:
    found = tasks(book, NPS, "2025-01-06")
    assert found["TASK-15"].working == "sentence date 3 January 2025 + 10 weeks = 14 March 2025"
    assert found["TASK-34"].working == "conditional release date 3 January 2029 - 6 months = 3 July 2028"


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        ("2025-03-15", "overdue"),
        ("2025-03-14", "due_soon"),
        ("2025-02-14", "due_soon"),
        ("2025-02-13", "upcoming"),
    ],
)
def test_the_status_is_relative_to_the_day(book: RuleBook, as_of: str, status: str) -> None:
    assert tasks(book, NPS, as_of)["TASK-15"].status == status


def test_an_oasys_since_the_sentence_shows_the_first_one_as_done(book: RuleBook) -> None:
    assert tasks(book, {**NPS, "last_oasys_date": "2025-03-01"}, "2025-06-02")["TASK-15"].status == "done"
    assert tasks(book, {**NPS, "last_oasys_date": "2024-12-01"}, "2025-06-02")["TASK-15"].status == "overdue"


def test_the_most_pressing_duty_comes_first(book: RuleBook) -> None:
    listed = book.assess(NPS, date(2025, 1, 20)).tasks
    dated = [task.due for task in listed if task.due and task.status != "done"]
    assert dated == sorted(dated)
    assert listed[0].status == "overdue"
    assert listed[-1].status in ("no_date", "done")


def test_one_duty_written_twice_is_listed_once(book: RuleBook) -> None:
    found = tasks(book, NPS, "2025-01-06")
    assert "TASK-18" in found["TASK-15"].also
    assert "TASK-18" not in found
    assert "HAND-08" in found["HAND-07"].also


def test_an_inferred_date_says_so(book: RuleBook) -> None:
    found = tasks(book, NPS, "2025-01-06")
    assert found["TASK-20"].inferred
    assert "inferred" in found["TASK-20"].working
    assert found["TASK-01"].inferred
    assert not found["TASK-15"].inferred


def test_a_date_before_the_sentence_is_not_shown(book: RuleBook) -> None:
    facts = {**LIFE, "sentence_date": "2028-06-01"}
    task = tasks(book, facts, "2028-06-05")["TASK-36"]
    assert (task.due, task.status) == (None, "no_date")
    assert "before the sentence date" in task.working


def test_a_date_that_cannot_be_worked_out_says_what_is_missing(book: RuleBook) -> None:
    task = tasks(book, NPS, "2026-01-06")["TASK-25"]
    assert (task.due, task.status) == (None, "no_date")
    assert "the date of the last OASys is not known" in task.working


def test_48_hours_are_counted_from_the_time_of_return_where_it_is_known(book: RuleBook) -> None:
    facts = {**RECALL, "recall_return_date": "2029-03-23T18:00"}
    task = tasks(book, facts, "2029-03-23")["RECALL-09"]
    assert task.due == date(2029, 3, 25)
    assert task.working.endswith("25 March 2029 at 19:00")  # the clocks go forward on the 25th


def test_ten_days_are_calendar_days_and_the_assumption_is_shown(book: RuleBook) -> None:
    assert "calendar days" in tasks(book, RECALL, "2029-03-28")["RECALL-11"].working


@pytest.mark.parametrize(
    ("facts", "absent"),
    [
        ({**NPS, "provider": "CRC", "rosh": "low"}, {"TASK-15", "TASK-20", "TASK-22", "TASK-25"}),
        ({**NPS, "mappa_level": 1, "hdc_case": True}, {"TASK-35"}),
        ({**NPS, "mappa_level": "none"}, {"TASK-33", "TASK-35"}),
        ({**NPS, "provider": "CRC"}, {"TASK-33", "TASK-34", "HAND-07", "HAND-12"}),
        ({**NPS, "restricted_patient": "s45A"}, {"TASK-20", "TASK-22", "TASK-25"}),
        ({**NPS, "sentence_type": "ipp", "tariff_expiry_date": "2030-01-01"}, {"TASK-03", "TASK-15"}),
        (RECALL, {"TASK-15", "HAND-02", "HAND-07", "HAND-12", "EA-12"}),
        ({"legal_status": "remand"}, {"TASK-01", "TASK-15", "EA-12"}),
        ({**NPS, "estate": "women"}, {"KW-01"}),
    ],
)
def test_a_duty_that_does_not_apply_is_not_listed(
    book: RuleBook, facts: dict[str, Any], absent: set[str]
) -> None:
    assert not absent & set(tasks(book, facts, "2025-01-06" if facts is not RECALL else "2029-03-28"))


def test_superseded_timings_are_never_listed(book: RuleBook) -> None:
    found = tasks(book, {**NPS, "rsr_score": 7}, "2025-01-06")
    assert not {f"TASK-{number}" for number in (*range(59, 68), 75, 76)} & set(found)


def test_when_early_allocation_is_agreed_only_one_handover_date_is_listed(book: RuleBook) -> None:
    for edition in ("2019", "2022"):
        found = tasks(book, {**NPS, "early_allocation_agreed": True}, "2026-01-06", edition)
        handovers = [t.due for key, t in found.items() if key.startswith("HAND-0") or key == "EA-17"]
        assert set(handovers) == {date(2027, 10, 3)}


def test_where_the_recalled_person_goes_depends_on_the_time_to_sentence_expiry(book: RuleBook) -> None:
    def notes(expiry: str) -> set[str]:
        facts = {**RECALL, "sentence_expiry_date": expiry}
        return {note.rule for note in book.assess(facts, date(2029, 3, 28)).notes}

    assert {"RECALL-03", "RECALL-04"} & notes("2031-03-26") == {"RECALL-03"}
    assert {"RECALL-03", "RECALL-04"} & notes("2031-03-28") == {"RECALL-04"}
    exactly = book.assess({**RECALL, "sentence_expiry_date": "2031-03-27"}, date(2029, 3, 28))
    words = [note.because for note in exactly.notes if note.rule in ("RECALL-03", "RECALL-04")]
    assert len(words) == 2
    assert all("says nothing about exactly 24" in text for text in words)
    fixed = book.assess({**RECALL, "recall_type": "fixed_term_14"}, date(2029, 3, 28))
    assert "RECALL-01" in {note.rule for note in fixed.notes}
