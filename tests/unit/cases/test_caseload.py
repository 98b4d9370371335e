"""The caseload: what is due over all cases, the same on every database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, true

from actions.rules import FactErrors, RuleBook
from assistant.access import DEMONSTRATION, Person, Role
from assistant.cases.calendar import caseload_calendar
from assistant.cases.caseload import Caseload, Caseloads, handover_day, items_due
from assistant.cases.synthetic import synthetic_caseload
from assistant.cases.team import team_of
from assistant.cases.work import WorkBook
from assistant.storage.case_intake import CaseIntake, IncomingCase
from assistant.storage.case_tasks import DoneMark
from assistant.storage.cases import StoredCase
from assistant.storage.database import connect, migrate
from assistant.storage.early_allocation import EarlyAllocationStatus

DAY = date(2026, 11, 23)  # a Monday
BOOK = RuleBook.load()
ANN = Person("ann", "Ann Poe", "pom1@example.org", frozenset({Role.POM}))


def sqlite(tmp_path: Path) -> Engine:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    migrate(url)
    return connect(url)


def caseloads(engine: Engine, *cases: IncomingCase) -> Caseloads:
    CaseIntake(engine).take(cases, source="a file", by="pat", on=DAY)
    return Caseloads(engine, BOOK, "2022")


def everything(loads: Caseloads, person: Person, edition: str) -> dict[str, Any]:
    """Every answer about a caseload, without what differs between two databases by itself."""
    caseload = loads.of(person, DAY, edition=edition, everybody=True)

    def told(items: Any) -> list[Any]:
        return [(item.prison_number, item.duty.task.as_dict(), item.duty.done) for item in items]

    def numbers(works: Any) -> list[Any]:
        return [(work.case.prison_number, asdict(work.worked_out), work.early_allocation) for work in works]

    return {
        "week": told(caseload.due_this_week()),
        "overdue": told(caseload.overdue()),
        "long overdue": told(caseload.long_overdue()),
        "ahead": told(caseload.due_within(56)),
        "early": told(caseload.early_allocation_due()),
        "done": told(caseload.done()),
        "handovers": numbers(caseload.handovers(3650)),
        "parole": numbers(caseload.parole_windows()),
        "missing": numbers(caseload.with_missing_facts()),
        "cases": numbers(caseload.cases),
        "facts": [(work.case.prison_number, dict(work.case.facts), work.case.pom) for work in caseload.cases],
        "team": asdict(team_of(caseload, str)),
        "calendar": caseload_calendar(caseload, "caseload", str),
    }


def test_the_same_caseload_has_the_same_answers_on_sqlite_and_postgresql(
    tmp_path: Path, postgresql_url: str
) -> None:
    migrate(postgresql_url)
    made = synthetic_caseload(120, 4, DAY)
    both = [caseloads(engine, *made) for engine in (sqlite(tmp_path), connect(postgresql_url))]
    numbers = [case.prison_number for case in made]
    for loads in both:
        for number in numbers[:20]:
            for duty in loads.one(DEMONSTRATION, number, DAY).duties[:2]:
                loads.tasks.mark_done(
                    number, duty.task.id, duty.task.due, done_on=DAY, by="ann", visible=true()
                )
        for number in numbers[20:30]:
            loads.early_allocation.move(number, "referred", on=DAY, by="ann", visible=true())
            loads.early_allocation.move(
                number, "community_decided", decision="accepted", on=DAY, by="ann", visible=true()
            )
        loads.cases.correct(
            numbers[40],
            "tier",
            "A",
            seen=0 if "tier" not in made[40].facts else 1,
            by="ann",
            source="page",
            visible=true(),
        )
    for edition in BOOK.editions:
        for person in (DEMONSTRATION, ANN):
            first, second = (everything(loads, person, edition) for loads in both)
            assert first == second, (edition, person.name)
    assert everything(both[0], DEMONSTRATION, "2022")["done"]
    for number in numbers[:5]:
        history = [
            [
                (change.fact, change.old_value, change.new_value, change.changed_by, change.source)
                for change in loads.cases.history(number, true())
            ]
            for loads in both
        ]
        assert sorted(history[0], key=str) == sorted(history[1], key=str)


def determinate(**facts: Any) -> dict[str, Any]:
    return {
        "legal_status": "sentenced",
        "sentence_type": "determinate",
        "provider": "CRC",
        "sentence_date": "2025-06-02",
        "conditional_release_date": "2027-02-27",
        "recall_type": "none",
        "rosh": "medium",
        "tier": "C",
        "mappa_level": "none",
    } | facts


def one_case(tmp_path: Path, **facts: Any) -> Caseload:
    given = determinate(**facts)
    known = {name: value for name, value in given.items() if value is not ...}
    return caseloads(sqlite(tmp_path), IncomingCase("A0001AA", known, pom="pom1@example.org")).of(ANN, DAY)


def titles(items: Any) -> set[str]:
    return {item.duty.task.title for item in items}


def test_this_week_ends_on_sunday(tmp_path: Path) -> None:
    caseload = one_case(tmp_path)
    assert caseload.end_of_week == date(2026, 11, 29)
    assert "Hand over to the community offender manager" in titles(caseload.due_this_week())
    assert {item.duty.day for item in caseload.due_this_week()} == {date(2026, 11, 27)}


def test_what_passed_within_a_year_is_overdue_and_what_passed_before_is_listed_apart(tmp_path: Path) -> None:
    caseload = one_case(tmp_path)
    assert all(DAY - timedelta(days=365) <= item.duty.day < DAY for item in caseload.overdue())
    assert all(item.duty.day < DAY - timedelta(days=365) for item in caseload.long_overdue())
    assert "Complete the first OASys and sentence plan" in titles(caseload.long_overdue())


def test_duties_of_others_are_listed_only_when_asked_for(tmp_path: Path) -> None:
    caseload = one_case(tmp_path, provider="NPS", mappa_level=2, conditional_release_date="2027-12-27")
    mine = {item.duty.task.owner for item in caseload.duties()}
    assert all("POM" in owner for owner in mine)
    everybody = Caseload(DAY, "2022", caseload.cases, everybody=True)
    assert {item.duty.task.owner for item in everybody.duties()} > mine


def test_a_handover_is_given_with_the_reason_for_its_very_date(tmp_path: Path) -> None:
    for facts in ({}, {"provider": "NPS"}, {"provider": "NPS", "ea_high_profile": True}):
        folder = tmp_path / str(len(facts))
        folder.mkdir()
        work = one_case(folder, conditional_release_date="2027-12-27", **facts).cases[0]
        day, reason = handover_day(work), work.worked_out.handover_reason
        assert day is not None
        assert reason is not None
        assert f"{day.day} {day:%B} {day.year}" in reason.because


def test_the_parole_window_of_a_life_sentence_opens_eight_months_before_its_tariff(tmp_path: Path) -> None:
    facts = {"sentence_type": "life", "conditional_release_date": ..., "tariff_expiry_date": "2027-08-10"}
    caseload = one_case(tmp_path, sentence_date="2015-01-01", **facts)
    assert [work.worked_out.parole_window_opens for work in caseload.parole_windows()] == [date(2026, 12, 10)]


def test_a_case_without_its_release_date_or_past_it_is_one_to_check(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    missing = one_case(tmp_path / "a", conditional_release_date=...)
    assert "conditional_release_date" in missing.with_missing_facts()[0].worked_out.missing
    passed = one_case(tmp_path / "b", conditional_release_date="2026-10-01")
    assert passed.with_missing_facts()[0].worked_out.release_passed == date(2026, 10, 1)


def test_facts_that_cannot_be_used_give_no_duty_and_are_listed() -> None:
    case = StoredCase(1, "A0001AA", None, False, 1, determinate(conditional_release_date="2020-01-01"))
    work = WorkBook(BOOK).work(case, [], EarlyAllocationStatus(), DAY, "2022")
    assert (work.duties, work.worked_out.errors[0].field) == ((), "conditional_release_date")


def test_a_duty_marked_done_for_another_date_is_open_and_says_so() -> None:
    case = StoredCase(1, "A0001AA", None, False, 1, determinate())
    mark = DoneMark("HAND-03", date(2026, 10, 1), date(2026, 10, 2), "ann")
    work = WorkBook(BOOK).work(case, [mark], EarlyAllocationStatus(), DAY, "2022")
    duty = next(duty for duty in work.duties if duty.task.id == "HAND-03")
    assert (duty.done, duty.done_for_other_date) == (None, mark)


def test_a_caseload_that_has_not_changed_is_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    book, asked = WorkBook(BOOK), []
    assess = BOOK.assess
    monkeypatch.setattr(BOOK, "assess", lambda *given, **more: asked.append(1) or assess(*given, **more))
    first = book.work_out(determinate(), DAY, "2022")
    assert book.work_out(dict(reversed(determinate().items())), DAY, "2022") is first
    assert len(asked) == 1
    book.work_out(determinate(), DAY + timedelta(days=1), "2022")
    book.work_out(determinate(), DAY, "2019")
    book.work_out(determinate(tier="B"), DAY, "2022")
    assert len(asked) == 4


def test_a_person_is_reminded_of_their_own_duties_only(tmp_path: Path) -> None:
    loads = caseloads(
        sqlite(tmp_path),
        IncomingCase("A0001AA", determinate(), pom="POM1@example.org"),
        IncomingCase("A0002AA", determinate(), pom="pom2@example.org"),
    )
    assert {item.prison_number for item in items_due(loads, ANN, DAY, 7)} == {"A0001AA"}
    assert items_due(loads, DEMONSTRATION, DAY, 7) == []


def test_an_edition_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FactErrors):
        caseloads(sqlite(tmp_path)).of(ANN, DAY, edition="1066")
