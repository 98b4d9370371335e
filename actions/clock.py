"""Today's date, in one place. The rules have no clock: they are told the date to work from."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def today() -> date:
    """Today in England and Wales."""
    return datetime.now(ZoneInfo("Europe/London")).date()
