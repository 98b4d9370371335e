"""Cases from a prisoner search service: a JSON API with pages, behind OAuth 2.0 client credentials."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import yaml
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_base, wait_random_exponential

from assistant.cases.circuit_breaker import CircuitBreaker, CircuitOpen
from assistant.cases.client_credentials import ClientCredentials, TokenRefused
from assistant.cases.sources import SourceFailure, SourceRead
from assistant.cases.tables import Row

TABLE = Path(__file__).with_name("prisoner_search.yaml")
ATTEMPTS = 4
LONGEST_WAIT = 30.0
"""The most seconds between two attempts, whatever the service asks for."""
MOST_PAGES = 2_000
MOST_BYTES = 20 * 1024 * 1024
"""The largest answer that is read."""


class SourceUnavailable(RuntimeError):
    """Nothing could be read from the service, with the reason."""


class _Again(Exception):
    """An attempt failed in a way that may pass. `wait` is how long the service asks to wait."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        self.wait = wait
        super().__init__(reason)


class _Refused(Exception):
    """The service will not answer, however often it is asked."""


@dataclass
class PrisonerSearch:
    """Reads every prisoner of a prison, page by page.

    A page that cannot be read is told as a failure and the others are read all the same. After several
    failures in a row the service is left alone.
    """

    url: str
    """The address that gives the pages, for example `https://search.example.org/prisoner-search/prison/LEI`."""
    credentials: ClientCredentials
    page_size: int = 200
    timeout: float = 10.0
    """Seconds to wait for an answer."""
    name: str = "prisoner search"
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    sleep: Callable[[float], None] = time.sleep

    def read(self) -> SourceRead:
        """All pages. Raises `SourceUnavailable` when the first page cannot be read."""
        found = SourceRead()
        records: list[Mapping[str, Any]] = []
        timeout = httpx.Timeout(self.timeout, connect=min(self.timeout, 5.0))
        with httpx.Client(timeout=timeout, follow_redirects=False) as http:
            try:
                first = self._page(http, 0)
            except (_Refused, _Again, CircuitOpen) as problem:
                raise SourceUnavailable(str(problem)) from problem
            records += first.records
            for number in range(1, min(first.pages, MOST_PAGES)):
                try:
                    records += self._page(http, number).records
                except (_Refused, _Again, CircuitOpen) as problem:
                    found.failures.append(SourceFailure(f"page {number + 1} of {first.pages}", str(problem)))
        if not found.failures and len(records) < first.total:
            missing = first.total - len(records)
            found.failures.append(
                SourceFailure(
                    "the whole list",
                    f"{missing} of {first.total} records did not come; the list may have changed while it was read",
                )
            )
        found.rows = [
            Row(number, cells_of(record), problems_of(record))
            for number, record in enumerate(records, start=1)
        ]
        found.headings = list(
            dict.fromkeys(name for row in found.rows for name in (*row.cells, *row.problems))
        )
        return found

    def _page(self, http: httpx.Client, number: int) -> _Page:
        self.breaker.check()
        attempts = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=_AsAsked(),
            retry=retry_if_exception_type(_Again),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            page: _Page = attempts(self._attempt, http, number)
        except (_Again, _Refused):
            self.breaker.failed()
            raise
        self.breaker.succeeded()
        return page

    def _attempt(self, http: httpx.Client, number: int) -> _Page:
        try:
            response = self._get(http, number)
            if response.status_code == 401:  # the token may have ended before its time
                self.credentials.forget()
                response = self._get(http, number)
        except httpx.TimeoutException as problem:
            raise _Again(f"no answer within {self.timeout:g} seconds") from problem
        except httpx.TransportError as problem:
            raise _Again(f"the service cannot be reached ({type(problem).__name__})") from problem
        except TokenRefused as problem:
            raise _Refused(str(problem)) from problem
        if response.status_code == 429 or response.status_code >= 500:
            raise _Again(f"the service answered {response.status_code}", _asked_to_wait(response))
        if response.status_code != 200:
            raise _Refused(f"the service answered {response.status_code}")
        if len(response.content) > MOST_BYTES:
            raise _Refused(f"the answer has {len(response.content):,} bytes, more than a page can have")
        try:
            return _Page.of(response.json(), number)
        except ValueError as problem:
            raise _Again(f"the answer cannot be understood: {problem}") from problem

    def _get(self, http: httpx.Client, number: int) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.credentials.token(http)}",
            "Accept": "application/json",
        }
        return http.get(self.url, params={"page": number, "size": self.page_size}, headers=headers)


@dataclass(frozen=True)
class _Page:
    records: list[Mapping[str, Any]]
    pages: int
    total: int

    @classmethod
    def of(cls, given: Any, number: int) -> _Page:
        """The page in an answer. Raises `ValueError` for anything else."""
        if not isinstance(given, dict) or not isinstance(given.get("content"), list):
            raise ValueError("it has no list of prisoners")
        if not all(isinstance(record, dict) for record in given["content"]):
            raise ValueError("a prisoner in it is not an object")
        pages, total = given.get("totalPages"), given.get("totalElements")
        if not isinstance(pages, int) or not isinstance(total, int):
            raise ValueError("it does not say how many pages there are")
        if given.get("number", number) != number:
            raise ValueError(f"it is page {given['number'] + 1}, not page {number + 1}")
        return cls(given["content"], pages, total)


class _AsAsked(wait_base):
    """Waits as long as the service asks for, else longer after each attempt."""

    _usual = wait_random_exponential(multiplier=0.5, max=LONGEST_WAIT)

    def __call__(self, retry_state: RetryCallState) -> float:
        problem = retry_state.outcome.exception() if retry_state.outcome else None
        asked = problem.wait if isinstance(problem, _Again) else None
        return min(asked, LONGEST_WAIT) if asked is not None else self._usual(retry_state)


def _asked_to_wait(response: httpx.Response) -> float | None:
    """The seconds in `Retry-After`, which gives seconds or a moment."""
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isdigit():
        return float(asked)
    try:
        return max(parsedate_to_datetime(asked).timestamp() - time.time(), 0.0) if asked else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Mapped:
    """Which field of a record says a fact, and which of its values say something (all of them when empty)."""

    fact: str
    field: str
    words: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    """Why a record with another value cannot be taken; empty where it only says nothing."""

    def says(self, record: Mapping[str, Any]) -> str | None:
        """What a record says of the fact, None when it says nothing."""
        value = record.get(self.field)
        if value is None or value == "":
            return None
        if not self.words:
            return str(value)
        return self.words.get(str(value).lower() if isinstance(value, bool) else str(value))


@lru_cache(maxsize=1)
def field_table() -> dict[str, Any]:
    """The table of fields, as prisoner_search.yaml holds it."""
    table: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return table


def mapped_fields() -> Iterator[Mapped]:
    """The fields that say a fact."""
    for row in field_table()["facts"]:
        yield Mapped(row["fact"], row["field"], row.get("words", {}), row.get("otherwise", ""))


def cells_of(record: Mapping[str, Any]) -> dict[str, str | None]:
    """A record as cells by the name of their column. A fact that the record does not say is left out."""
    identity = field_table()["identity"]
    names = [str(record[part]).strip() for part in identity["name"] if record.get(part)]
    cells: dict[str, str | None] = {
        "prison_number": str(record.get(identity["prison_number"]) or ""),
        "name": " ".join(names) or None,
    }
    for mapped in mapped_fields():
        said = mapped.says(record)
        if said is not None:
            cells[mapped.fact] = said
    return cells


def problems_of(record: Mapping[str, Any]) -> dict[str, str]:
    """What keeps a record from being taken, by fact: something that the record knows and cannot say."""
    return {
        mapped.fact: mapped.otherwise
        for mapped in mapped_fields()
        if mapped.otherwise and record.get(mapped.field) not in (None, "") and mapped.says(record) is None
    }
