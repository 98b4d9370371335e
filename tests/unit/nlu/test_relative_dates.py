"""Dates said against today or another date, worked out for a given day."""

from datetime import date
from typing import Any

import pytest

from actions.conversation.relative_dates import Unresolved, resolve, shift

WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("relative", "day"),
    [
        ({"weeks": 10}, date(2027, 1, 27)),
        ({"months": 1}, date(2026, 12, 18)),
        ({"months": -8, "days": -14}, date(2026, 3, 4)),
        ({"days": 0}, date(2026, 11, 18)),
        ({"weekday": "tuesday", "which": "last"}, date(2026, 11, 17)),
        ({"weekday": "wednesday", "which": "last"}, date(2026, 11, 11)),
        ({"weekday": "wednesday", "which": "latest"}, date(2026, 11, 18)),
        ({"weekday": "friday", "which": "last"}, date(2026, 11, 13)),
        ({"weekday": "friday", "which": "this"}, date(2026, 11, 20)),
        ({"weekday": "monday", "which": "next"}, date(2026, 11, 23)),
        ({"day_month": "01-10", "which": "last"}, date(2026, 1, 10)),
        ({"day_month": "12-10", "which": "last"}, date(2025, 12, 10)),
        ({"day_month": "02-29", "which": "last"}, date(2024, 2, 29)),
        ({"day_month": "06-06", "year": "last"}, date(2025, 6, 6)),
    ],
)
def test_works_out_the_day(relative: dict[str, Any], day: date) -> None:
    assert resolve({"relative": relative}, WEDNESDAY, {}) == day


def test_counts_from_a_date_of_the_case() -> None:
    value = {"relative": {"months": -8}, "anchor": "conditional_release_date"}
    assert resolve(value, WEDNESDAY, {"conditional_release_date": "2027-10-31"}) == date(2027, 2, 28)
    assert resolve(value, WEDNESDAY, {"conditional_release_date": date(2027, 12, 1)}) == date(2027, 4, 1)


@pytest.mark.parametrize(
    "facts", [{}, {"conditional_release_date": None}, {"conditional_release_date": "soon"}]
)
def test_says_which_date_it_lacks(facts: dict[str, Any]) -> None:
    value = {"relative": {"months": -8}, "anchor": "conditional_release_date"}
    found = resolve(value, WEDNESDAY, facts)
    assert isinstance(found, Unresolved)
    assert found.needs == "conditional_release_date"


def test_asks_which_friday_is_meant_by_next_friday() -> None:
    found = resolve({"relative": {"weekday": "friday", "which": "next"}}, WEDNESDAY, {})
    assert isinstance(found, Unresolved)
    assert found.candidates == (date(2026, 11, 20), date(2026, 11, 27))
    assert str(found) == "it could be 20 November 2026 or 27 November 2026"


@pytest.mark.parametrize(
    ("relative", "partial"),
    [({"span": "month", "which": "last"}, "2026-10"), ({"span": "year", "which": "next"}, "2027")],
)
def test_a_month_or_a_year_is_no_day(relative: dict[str, Any], partial: str) -> None:
    found = resolve({"relative": relative}, WEDNESDAY, {})
    assert isinstance(found, Unresolved)
    assert found.partial == partial


def test_gives_the_reason_of_an_invalid_date() -> None:
    value = {"invalid": "31/02/2027", "reason": "February 2027 has 28 days"}
    assert str(resolve(value, WEDNESDAY, {})) == "February 2027 has 28 days"


def test_takes_a_date_as_it_is() -> None:
    assert resolve("2027-03-03", WEDNESDAY, {}) == date(2027, 3, 3)


def test_months_are_clipped_and_counted_before_days() -> None:
    assert shift(date(2027, 3, 31), months=-1) == date(2027, 2, 28)
    assert shift(date(2027, 3, 31), months=-1, days=1) == date(2027, 3, 1)


def test_a_day_beyond_the_calendar_is_refused() -> None:
    assert isinstance(resolve({"relative": {"months": 12 * 200}}, WEDNESDAY, {}), Unresolved)
