"""What a list of the caseload was asked for in its address: which list, whose cases, what order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

VIEWS = ("week", "overdue", "ahead", "handovers", "early", "parole", "missing", "done", "cases")
DUTY_VIEWS = ("week", "overdue", "ahead", "early", "done")
SORTS = ("due", "case", "duty", "pom")
OWN, ALL = "own", "all"


class QueryNotUnderstood(ValueError):
    """A part of the address is not one that there is; `key` names the text that says so."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


@dataclass(frozen=True)
class CaseloadQuery:
    """Which list of the caseload to show."""

    view: str = "week"
    whose: str = ""
    """`own`, `all`, or what names a prison offender manager; empty for what is usual for the person."""
    search: str = ""
    everybody: bool = False
    sort: str = "due"
    long: bool = False
    """Whether to list too what passed more than a year ago."""
    state: str = ""
    """A state of early allocation, to list only cases in it."""
    edition: str = ""
    as_of: date | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> CaseloadQuery:
        """The query of an address. Raises `QueryNotUnderstood`."""
        view, sort = given.get("view") or "week", given.get("sort") or "due"
        if view not in VIEWS or sort not in SORTS:
            raise QueryNotUnderstood("caseload.errors.no_view")
        as_of = given.get("as_of") or ""
        try:
            day = date.fromisoformat(as_of) if as_of else None
        except ValueError:
            raise QueryNotUnderstood("caseload.errors.as_of") from None
        return cls(
            view,
            given.get("whose", "")[:320],
            given.get("q", "").strip()[:100],
            given.get("owner") == "everybody",
            sort,
            given.get("long") == "1",
            given.get("state", "")[:32],
            given.get("edition", "")[:20],
            day,
        )

    def address(self, path: str = "/caseload", **changes: str) -> str:
        """An address with this query, some parts of it changed; what is usual is left out."""
        parts = {
            "view": self.view if self.view != "week" else "",
            "whose": self.whose,
            "q": self.search,
            "owner": "everybody" if self.everybody else "",
            "sort": self.sort if self.sort != "due" else "",
            "long": "1" if self.long else "",
            "state": self.state,
            "edition": self.edition,
            "as_of": self.as_of.isoformat() if self.as_of else "",
        } | changes
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"{path}?{query}" if query else path
