"""Cases allocated to a person, as a condition on a query. Who may see what is decided in `assistant.access`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, select

from assistant.storage.case_models import CaseAllocation, CaseRecord

Visible = ColumnElement[bool]
"""The condition of a query on cases that leaves those with which a person may do something."""


def person_key(name: str) -> str:
    """What names a person in an allocation, so that the same person is always written the same way."""
    return " ".join(name.split()).casefold()


def allocated_to(*names: str) -> Visible:
    """The cases allocated now to a person, under any of the names they are known by (their id, their address)."""
    keys = {person_key(name) for name in names if name.strip()}
    if not keys:
        return false()
    return CaseRecord.id.in_(
        select(CaseAllocation.case_id).where(
            CaseAllocation.to_date.is_(None), CaseAllocation.person_id.in_(keys)
        )
    )
