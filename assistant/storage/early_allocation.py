"""Early allocation assessments of cases: the states they go through, and who moved them on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from assistant.storage.case_models import CaseRecord, EarlyAllocationAssessment, EarlyAllocationStep
from assistant.storage.cases import StaleChange, lock_case, normal_number, write_fact
from assistant.storage.visibility import Visible

State = Literal["not_assessed", "saved", "referred", "community_decided", "in_effect", "superseded"]
Decision = Literal["accepted", "refused"]

TRANSITIONS: Mapping[str, tuple[State, ...]] = {
    "not_assessed": ("saved", "referred"),
    "saved": ("referred", "superseded"),
    "referred": ("community_decided", "superseded"),
    "community_decided": ("in_effect", "superseded"),
    "in_effect": ("superseded",),
    "superseded": (),
}
"""Which state may follow which. An assessment that is superseded is closed: the case is not assessed again."""

FACTS: Mapping[tuple[str, str | None], Mapping[str, Any]] = {
    ("referred", None): {"early_allocation_referred": True},
    ("community_decided", "accepted"): {"early_allocation_agreed": True, "community_decision": "approved"},
    ("community_decided", "refused"): {"early_allocation_agreed": False, "community_decision": "declined"},
    ("in_effect", "accepted"): {"early_allocation_in_effect": True},
    ("superseded", "accepted"): dict.fromkeys(
        (
            "early_allocation_referred",
            "early_allocation_agreed",
            "community_decision",
            "early_allocation_in_effect",
        ),
        ...,
    ),
    ("superseded", "refused"): dict.fromkeys(
        ("early_allocation_referred", "early_allocation_agreed", "community_decision"), ...
    ),
    ("superseded", None): {"early_allocation_referred": ...},
}
"""What a move says about the facts of the case; `...` makes a fact unknown again."""

SOURCE = "early allocation record"


class MoveNotAllowed(ValueError):
    """An assessment cannot go from where it is to that state. `allowed` are the states it can go to."""

    def __init__(self, state: str, wanted: str, allowed: tuple[str, ...]) -> None:
        self.state, self.wanted, self.allowed = state, wanted, allowed
        super().__init__(f"an assessment that is {state} cannot become {wanted}")


@dataclass(frozen=True)
class EarlyAllocationStatus:
    """Where the early allocation of a case stands. Without an assessment the state is `not_assessed`."""

    state: State = "not_assessed"
    decision: Decision | None = None
    assessed_on: date | None = None
    referred_on: date | None = None
    decided_on: date | None = None
    in_effect_on: date | None = None
    revision: int = 0
    """Goes up with every move of any assessment of the case."""

    @property
    def moves(self) -> tuple[State, ...]:
        """The states it can go to from here."""
        allowed = TRANSITIONS[self.state]
        if self.decision == "refused":
            return tuple(state for state in allowed if state != "in_effect")
        return allowed


class EarlyAllocationRepository:
    """Early allocation assessments in the database. Only allowed moves are written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def status(self, prison_number: str, visible: Visible) -> EarlyAllocationStatus:
        """Where the early allocation of one case stands: `not_assessed` too when there is no such case."""
        with Session(self._engine) as session:
            query = (
                select(EarlyAllocationAssessment)
                .join(CaseRecord)
                .where(CaseRecord.prison_number == normal_number(prison_number), visible)
            )
            return _status(session.scalars(query.order_by(EarlyAllocationAssessment.id.desc())).first())

    def statuses(self, visible: Visible) -> dict[int, EarlyAllocationStatus]:
        """Where it stands for all cases a person may see that were assessed, by the id of the case."""
        with Session(self._engine) as session:
            query = select(EarlyAllocationAssessment).join(CaseRecord).where(visible)
            ordered = session.scalars(query.order_by(EarlyAllocationAssessment.id))
            return {item.case_id: _status(item) for item in ordered}

    def steps(self, case_id: int) -> list[EarlyAllocationStep]:
        """Every move of every assessment of a case that was read before, newest first."""
        with Session(self._engine, expire_on_commit=False) as session:
            query = (
                select(EarlyAllocationStep)
                .join(EarlyAllocationAssessment)
                .where(EarlyAllocationAssessment.case_id == case_id)
                .order_by(EarlyAllocationStep.id.desc())
            )
            return list(session.scalars(query))

    def move(
        self,
        prison_number: str,
        to: State,
        *,
        on: date,
        by: str,
        visible: Visible,
        seen: int | None = None,
        decision: Decision | None = None,
        note: str = "",
    ) -> EarlyAllocationStatus:
        """Move the assessment of a case on, and the facts with it, all or none.

        `seen` is the revision that was on the screen, None when it does not matter. `decision` is needed for
        `community_decided`. Raises `CaseNotFound`, `MoveNotAllowed`, and `StaleChange` when somebody else
        moved it in the meantime.
        """
        with Session(self._engine) as session, session.begin():
            case_id = lock_case(session, prison_number, visible)
            item = session.scalars(
                select(EarlyAllocationAssessment)
                .where(EarlyAllocationAssessment.case_id == case_id)
                .order_by(EarlyAllocationAssessment.id.desc())
            ).first()
            before = _status(item)
            if seen is not None and seen != before.revision:
                raise self._stale(session, case_id, before)
            needs_decision = to == "community_decided"
            if to not in before.moves or needs_decision != (decision is not None):
                raise MoveNotAllowed(before.state, to, before.moves)
            if item is None or item.state == "superseded":
                item = EarlyAllocationAssessment(
                    case_id=case_id, state="not_assessed", revision=before.revision
                )
                session.add(item)
            _take(item, to, decision, on)
            session.flush()
            session.add(
                EarlyAllocationStep(
                    assessment_id=item.id,
                    from_state=before.state,
                    to_state=to,
                    decision=decision,
                    on_date=on,
                    note=note,
                    recorded_by=by,
                )
            )
            for fact, value in FACTS.get((to, item.decision), {}).items():
                write_fact(session, case_id, fact, value, by=by, source=SOURCE)
            return _status(item)

    @staticmethod
    def _stale(session: Session, case_id: int, current: EarlyAllocationStatus) -> StaleChange:
        newest = session.scalars(
            select(EarlyAllocationStep)
            .join(EarlyAllocationAssessment)
            .where(EarlyAllocationAssessment.case_id == case_id)
            .order_by(EarlyAllocationStep.id.desc())
        ).first()
        assert newest is not None, "a revision other than the one seen was written by somebody"
        return StaleChange("early_allocation", current.state, newest.recorded_by, newest.recorded_at)


def _take(item: EarlyAllocationAssessment, to: State, decision: Decision | None, on: date) -> None:
    item.state, item.revision = to, item.revision + 1
    if to == "saved" or (to == "referred" and item.assessed_on is None):
        item.assessed_on = on
    if to == "referred":
        item.referred_on = on
    if to == "community_decided":
        item.decision, item.decided_on = decision, on
    if to == "in_effect":
        item.in_effect_on = on


def _status(item: EarlyAllocationAssessment | None) -> EarlyAllocationStatus:
    if item is None:
        return EarlyAllocationStatus()
    if item.state == "superseded":
        return EarlyAllocationStatus(revision=item.revision)
    return EarlyAllocationStatus(
        item.state,  # type: ignore[arg-type]
        item.decision,  # type: ignore[arg-type]
        item.assessed_on,
        item.referred_on,
        item.decided_on,
        item.in_effect_on,
        item.revision,
    )
