"""Cases in the database: the same statements hold on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine, func, select, text, true
from sqlalchemy.orm import Session

from assistant.storage.calendar_feeds import CalendarFeedRepository
from assistant.storage.case_intake import CaseIntake, IncomingCase, IntakeRefused
from assistant.storage.case_models import CaseFact, CaseRecord, FactChange
from assistant.storage.case_tasks import CaseTaskRepository, DoneMark
from assistant.storage.cases import CaseNotFound, CaseRepository, StaleChange
from assistant.storage.early_allocation import EarlyAllocationRepository, MoveNotAllowed
from assistant.storage.visibility import allocated_to

DAY = date(2026, 1, 31)
FACTS = {"sentence_type": "life", "tariff_expiry_date": "2029-08-20", "mappa_level": 1, "hdc_case": False}


def take(database: Engine, *cases: IncomingCase, source: str = "a file") -> tuple[int, int, int]:
    done = CaseIntake(database).take(cases, source=source, by="pat", on=DAY)
    return done.added, done.changed, done.unchanged


@pytest.fixture
def cases(database: Engine) -> CaseRepository:
    take(
        database,
        IncomingCase("A0001AA", FACTS, pom="ann@example.org"),
        IncomingCase("A0002AA", {"sentence_type": "ipp", "tariff_expiry_date": None}, pom="Bob@Example.org "),
        IncomingCase("A0003AA", {}),
    )
    return CaseRepository(database)


def test_a_case_comes_back_as_it_was_taken(cases: CaseRepository) -> None:
    found = cases.find("a0001 aa", true())
    assert found.facts == FACTS
    assert isinstance(found.facts["hdc_case"], bool)
    assert found.pom == "ann@example.org"


def test_a_fact_known_to_be_absent_is_not_an_unknown_one(cases: CaseRepository) -> None:
    assert cases.find("A0002AA", true()).facts == {"sentence_type": "ipp", "tariff_expiry_date": None}
    assert cases.find("A0003AA", true()).facts == {}


def test_a_person_sees_only_the_cases_allocated_to_them(cases: CaseRepository) -> None:
    bobs = allocated_to("somebody", "BOB@example.org")
    assert [case.prison_number for case in cases.cases(bobs)] == ["A0002AA"]
    assert cases.count(bobs) == 1
    with pytest.raises(CaseNotFound):
        cases.find("A0001AA", bobs)
    with pytest.raises(CaseNotFound):
        cases.history("A0001AA", bobs)
    with pytest.raises(CaseNotFound):
        cases.correct("A0001AA", "tier", "A", seen=0, by="bob", source="page", visible=bobs)
    assert cases.cases(allocated_to("", " ")) == []


def test_nothing_of_a_fact_is_overwritten(cases: CaseRepository) -> None:
    cases.correct("A0001AA", "mappa_level", 3, seen=1, by="ann", source="case page", visible=true())
    after = cases.correct("A0001AA", "mappa_level", ..., seen=2, by="ann", source="case page", visible=true())
    assert "mappa_level" not in after.facts
    assert after.revisions["mappa_level"] == 3
    changes = [change for change in cases.history("A0001AA", true()) if change.fact == "mappa_level"]
    told = [
        (item.old_known, item.old_value, item.new_known, item.new_value, item.changed_by, item.source)
        for item in changes
    ]
    assert told == [
        (True, 3, False, None, "ann", "case page"),
        (True, 1, True, 3, "ann", "case page"),
        (False, None, True, 1, "pat", "a file"),
    ]


def test_the_second_of_two_people_who_change_one_fact_is_told(cases: CaseRepository) -> None:
    cases.correct("A0001AA", "mappa_level", 2, seen=1, by="ann", source="case page", visible=true())
    with pytest.raises(StaleChange) as told:
        cases.correct("A0001AA", "mappa_level", 3, seen=1, by="bob", source="case page", visible=true())
    assert (told.value.current, told.value.changed_by) == (2, "ann")
    assert cases.find("A0001AA", true()).facts["mappa_level"] == 2
    # another fact of the same case is nobody's quarrel
    cases.correct("A0001AA", "tier", "A", seen=0, by="bob", source="case page", visible=true())


def test_of_many_changes_at_once_one_wins_and_the_others_are_told(cases: CaseRepository) -> None:
    def correct(level: int) -> str:
        try:
            cases.correct(
                "A0001AA", "mappa_level", level, seen=1, by=str(level), source="page", visible=true()
            )
        except StaleChange:
            return "told"
        return "written"

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(correct, [2, 3] * 4))
    assert sorted(outcomes) == ["told"] * 7 + ["written"]
    assert cases.find("A0001AA", true()).revisions["mappa_level"] == 2


def test_taking_the_same_cases_again_changes_nothing(database: Engine, cases: CaseRepository) -> None:
    before = cases.history("A0001AA", true())
    assert take(
        database, IncomingCase("A0001AA", FACTS, pom="Ann@example.org"), IncomingCase("A0003AA", {})
    ) == (0, 0, 2)
    assert len(cases.history("A0001AA", true())) == len(before)


def test_a_fact_that_a_source_leaves_out_stays(database: Engine, cases: CaseRepository) -> None:
    assert take(database, IncomingCase("A0001AA", {"tier": "B"})) == (0, 1, 0)
    assert cases.find("A0001AA", true()).facts == FACTS | {"tier": "B"}


def test_true_is_not_one(database: Engine, cases: CaseRepository) -> None:
    assert take(database, IncomingCase("A0001AA", {"mappa_level": True})) == (0, 1, 0)
    assert cases.find("A0001AA", true()).facts["mappa_level"] is True


def test_a_correction_stays_until_the_source_says_something_new(
    database: Engine, cases: CaseRepository
) -> None:
    cases.correct("A0001AA", "mappa_level", 2, seen=1, by="ann", source="case page", visible=true())
    done = CaseIntake(database).take([IncomingCase("A0001AA", FACTS)], source="a file", by="pat", on=DAY)
    assert (done.unchanged, done.kept_corrections) == (1, 1)
    assert cases.find("A0001AA", true()).facts["mappa_level"] == 2
    assert take(database, IncomingCase("A0001AA", FACTS | {"mappa_level": 3})) == (0, 1, 0)
    assert cases.find("A0001AA", true()).facts["mappa_level"] == 3


def test_all_or_none_of_the_cases_are_taken(database: Engine, cases: CaseRepository) -> None:
    def check(facts: object) -> list[str]:
        return ["no tier"] if "tier" in facts else []  # type: ignore[operator]

    given = [IncomingCase("A0009AA", {}), IncomingCase("A0001AA", {"tier": "A"})]
    with pytest.raises(IntakeRefused) as refused:
        CaseIntake(database).take(given, source="a file", by="pat", on=DAY, check=check)
    assert [item.prison_number for item in refused.value.refused] == ["A0001AA"]
    assert cases.count(true()) == 3
    done = CaseIntake(database).take(given, source="a file", by="pat", on=DAY, check=check, all_or_none=False)
    assert (done.added, len(done.refused)) == (1, 1)


def test_two_imports_at_once_leave_each_case_once(database: Engine) -> None:
    given = [IncomingCase(f"A{number:04}AA", FACTS) for number in range(300)]
    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(lambda by: CaseIntake(database).take(given, source="f", by=by, on=DAY), "ab"))
    assert sorted(item.added for item in done) == [0, 300]
    assert sorted(item.unchanged for item in done) == [0, 300]


def test_a_case_moves_from_one_person_to_another(database: Engine, cases: CaseRepository) -> None:
    take(database, IncomingCase("A0001AA", {}, pom="bob@example.org"))
    assert cases.cases(allocated_to("ann@example.org")) == []
    told = [(item.person_id, item.to_date) for item in cases.allocations("A0001AA", true())]
    assert told == [("bob@example.org", None), ("ann@example.org", DAY)]
    cases.allocate("A0001AA", None, on=DAY, by="head", source="team page", visible=true())
    assert cases.find("A0001AA", true()).pom is None


def test_a_case_that_is_erased_leaves_nothing(database: Engine, cases: CaseRepository) -> None:
    tasks, early = CaseTaskRepository(database), EarlyAllocationRepository(database)
    tasks.mark_done("A0001AA", "TASK-15", DAY, done_on=DAY, by="ann", visible=true())
    early.move("A0001AA", "saved", on=DAY, by="ann", visible=true())
    cases.erase("A0001AA", true())
    with Session(database) as session:
        for model in (CaseFact, FactChange):
            keys = select(func.count()).select_from(model).join(CaseRecord, isouter=True)
            assert session.scalar(keys.where(CaseRecord.id.is_(None))) == 0
        for table in ("case_tasks_done", "early_allocation_steps", "early_allocation_assessments"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_a_duty_is_done_for_its_date_until_that_is_taken_back(
    database: Engine, cases: CaseRepository
) -> None:
    tasks = CaseTaskRepository(database)
    due = date(2026, 3, 1)

    def mark() -> bool:
        return tasks.mark_done("A0001AA", "TASK-15", due, done_on=DAY, by="ann", visible=true())

    assert [mark(), mark()] == [True, False]
    case_id = cases.find("A0001AA", true()).id
    assert tasks.done(true()) == {case_id: [DoneMark("TASK-15", due, DAY, "ann")]}
    assert tasks.done(allocated_to("bob@example.org")) == {}
    assert tasks.undo("A0001AA", "TASK-15", due, by="ann", visible=true())
    assert not tasks.undo("A0001AA", "TASK-15", due, by="ann", visible=true())
    assert tasks.done(true()) == {}
    assert mark()
    assert [record.undone_by for record in tasks.records(case_id)] == [None, "ann"]
    with pytest.raises(CaseNotFound):
        tasks.mark_done("A0001AA", "X", None, done_on=DAY, by="bob", visible=allocated_to("bob@example.org"))


def test_an_early_allocation_goes_through_its_states_and_the_facts_with_it(
    database: Engine, cases: CaseRepository
) -> None:
    early = EarlyAllocationRepository(database)

    def move(to: str, **more: object) -> str:
        return early.move("A0001AA", to, on=DAY, by="ann", visible=true(), **more).state  # type: ignore[arg-type]

    assert early.status("A0001AA", true()).state == "not_assessed"
    assert [move("saved"), move("referred"), move("community_decided", decision="accepted")] == [
        "saved",
        "referred",
        "community_decided",
    ]
    facts = cases.find("A0001AA", true()).facts
    assert facts["early_allocation_agreed"] is True
    assert facts["early_allocation_referred"] is True
    assert facts["community_decision"] == "approved"
    assert move("in_effect") == "in_effect"
    assert move("superseded") == "not_assessed"
    assert cases.find("A0001AA", true()).facts == FACTS
    assert move("saved") == "saved"
    case_id = cases.find("A0001AA", true()).id
    assert [step.to_state for step in early.steps(case_id)][:2] == ["saved", "superseded"]
    assert early.statuses(true())[case_id].state == "saved"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ((), "in_effect"),
        ((), "superseded"),
        (("saved",), "community_decided"),
        (("saved", "referred"), "in_effect"),
        (("saved", "referred"), "saved"),
        (("saved", "referred", "refused"), "in_effect"),
        (("saved", "referred", "accepted"), "referred"),
    ],
)
def test_no_other_move_is_written(
    database: Engine, cases: CaseRepository, path: tuple[str, ...], wanted: str
) -> None:
    early = EarlyAllocationRepository(database)

    def move(to: str) -> None:
        decided = to in ("accepted", "refused", "community_decided")
        early.move(
            "A0001AA",
            "community_decided" if decided else to,  # type: ignore[arg-type]
            on=DAY,
            by="ann",
            visible=true(),
            decision=(to if to != "community_decided" else "accepted") if decided else None,  # type: ignore[arg-type]
        )

    for to in path:
        move(to)
    before = early.status("A0001AA", true())
    with pytest.raises(MoveNotAllowed):
        move(wanted)
    assert early.status("A0001AA", true()) == before


def test_the_second_of_two_people_who_move_an_assessment_is_told(
    database: Engine, cases: CaseRepository
) -> None:
    early = EarlyAllocationRepository(database)
    seen = early.status("A0001AA", true()).revision
    early.move("A0001AA", "saved", on=DAY, by="ann", visible=true(), seen=seen)
    with pytest.raises(StaleChange, match="ann"):
        early.move("A0001AA", "referred", on=DAY, by="bob", visible=true(), seen=seen)


def test_a_calendar_address_works_until_it_is_replaced_or_revoked(database: Engine) -> None:
    feeds = CalendarFeedRepository(database)
    first = feeds.make("Ann")
    assert feeds.owner(first) == "ann"
    second = feeds.make("ann")
    assert (feeds.owner(first), feeds.owner(second)) == (None, "ann")
    assert feeds.standing("ann") is not None
    assert feeds.revoke("ann") == 1
    assert feeds.owner(second) is None
    assert feeds.standing("ann") is None
    with database.connect() as connection:
        kept = connection.scalars(text("SELECT token_digest FROM calendar_feeds")).all()
    assert second not in kept


def test_what_is_written_about_a_case_changes_the_mark_of_the_caseload(cases: CaseRepository) -> None:
    before = cases.state(true())
    assert cases.state(true()) == before
    cases.correct("A0003AA", "tier", "A", seen=0, by="ann", source="page", visible=true())
    assert cases.state(true()) != before
    assert cases.state(allocated_to("bob@example.org")) == "1-1-2"
