"""Reading cases from a prisoner search service: a real one on this machine, which can be told to misbehave."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine, true

from actions.rules import RuleBook
from assistant.cases.circuit_breaker import CircuitBreaker, CircuitOpen
from assistant.cases.client_credentials import ClientCredentials
from assistant.cases.importing import import_cases
from assistant.cases.prisoner_search import PrisonerSearch, SourceUnavailable, cells_of
from assistant.storage.cases import CaseRepository
from assistant.storage.database import connect, migrate

DAY = date(2026, 1, 31)
BOOK = RuleBook.load()


@dataclass
class StandIn:
    """A service with so many prisoners. `misbehave` may answer a request for a page in its place."""

    prisoners: int = 5
    tokens_given: int = 0
    token_life: float = 300
    valid: set[str] = field(default_factory=set)
    asked: list[int] = field(default_factory=list)
    address: str = ""
    misbehave: Callable[[int, int], tuple[int, dict[str, str], bytes] | None] = lambda page, attempt: None
    token_status: int = 200

    def record(self, number: int) -> dict[str, Any]:
        return {
            "prisonerNumber": f"A{number:04}AA",
            "firstName": "Sam",
            "lastName": f"Example {number}",
            "legalStatus": "SENTENCED",
            "sentenceStartDate": "2025-01-03",
            "conditionalReleaseDate": "2027-03-15" if number % 2 else None,
            "recall": False,
            "indeterminateSentence": False,
            "gender": "Male",
        }

    def page(self, number: int, size: int) -> dict[str, Any]:
        every = [self.record(item) for item in range(self.prisoners)]
        return {
            "content": every[number * size : (number + 1) * size],
            "number": number,
            "totalPages": -(-self.prisoners // size),
            "totalElements": self.prisoners,
        }


@pytest.fixture
def service() -> Iterator[StandIn]:
    """The stand-in, listening."""
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            basic = base64.b64encode(b"us:secret").decode()
            right = self.headers.get("Authorization") == f"Basic {basic}"
            if not right or form.get("grant_type") != ["client_credentials"]:
                self._send(401, b'{"error": "invalid_client"}')
                return
            stand_in.tokens_given += 1
            token = f"token-{stand_in.tokens_given}"
            stand_in.valid = {token}
            answer = {"access_token": token, "token_type": "bearer", "expires_in": stand_in.token_life}
            self._send(stand_in.token_status, json.dumps(answer).encode())

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            number, size = int(query["page"][0]), int(query["size"][0])
            stand_in.asked.append(number)
            if self.headers.get("Authorization", "").removeprefix("Bearer ") not in stand_in.valid:
                self._send(401, b"{}")
                return
            odd = stand_in.misbehave(number, stand_in.asked.count(number))
            if odd is not None:
                self._send(odd[0], odd[2], odd[1])
            else:
                self._send(200, json.dumps(stand_in.page(number, size)).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stand_in.address = f"http://127.0.0.1:{server.server_port}"
    yield stand_in
    server.shutdown()
    server.server_close()


@pytest.fixture
def waits() -> list[float]:
    """How long the client waited between attempts."""
    return []


@pytest.fixture
def source(service: StandIn, waits: list[float]) -> PrisonerSearch:
    credentials = ClientCredentials(f"{service.address}/token", "us", "secret")
    return PrisonerSearch(f"{service.address}/prison/XYZ", credentials, 2, 2.0, sleep=waits.append)


def test_every_page_is_read_with_one_token(service: StandIn, source: PrisonerSearch) -> None:
    read = source.read()
    assert [row.cells["prison_number"] for row in read.rows] == [f"A{n:04}AA" for n in range(5)]
    assert (read.failures, service.asked, service.tokens_given) == ([], [0, 1, 2], 1)


def test_what_the_service_does_not_say_stays_unknown() -> None:
    cells = cells_of(
        {
            "prisonerNumber": "A0001AA",
            "gender": "Not Known",
            "conditionalReleaseDate": None,
            "tariffDate": "",
            "indeterminateSentence": True,
            "releaseDate": "2027-01-01",
        }
    )
    assert cells == {"prison_number": "A0001AA", "name": None}


@pytest.mark.parametrize(
    ("field_name", "value", "fact"),
    [
        ("recall", True, "recall_type"),
        ("restrictedPatient", True, "restricted_patient"),
        ("legalStatus", "IMMIGRATION_DETAINEE", "legal_status"),
    ],
)
def test_what_the_service_knows_and_cannot_say_keeps_the_case_out(
    service: StandIn, source: PrisonerSearch, engine: Engine, field_name: str, value: object, fact: str
) -> None:
    whole = service.record

    def record(number: int) -> dict[str, Any]:
        return whole(number) | ({field_name: value} if number == 2 else {})

    service.record = record  # type: ignore[method-assign]
    done = import_cases(source, engine, BOOK, by="sync", on=DAY, skip_bad=True)
    assert [(item.row, item.column) for item in done.problems] == [(3, fact)]
    assert (done.added, done.bad_rows) == (4, 1)


def test_a_token_that_is_no_longer_taken_is_replaced_once(service: StandIn, source: PrisonerSearch) -> None:
    def expire(page: int, attempt: int) -> None:
        if page == 0:
            service.valid = set()  # after the first page the token is taken no more

    service.misbehave = expire  # type: ignore[assignment]
    assert len(source.read().rows) == 5
    assert service.tokens_given == 2


def test_a_token_is_fetched_anew_before_it_ends(service: StandIn, source: PrisonerSearch) -> None:
    moment = [0.0]
    source.credentials.now = lambda: moment[0]
    service.token_life = 100
    source.read()
    moment[0] = 60.0
    source.read()
    assert service.tokens_given == 1
    moment[0] = 75.0
    source.read()
    assert service.tokens_given == 2


@pytest.mark.parametrize(
    "odd",
    [
        (500, {}, b"oops"),
        (503, {}, b""),
        (200, {}, b'{"content": ['),
        (200, {}, b'{"content": [1]}'),
        (200, {}, b'{"content": []}'),
        (200, {}, b"[]"),
        (200, {}, b'{"content": [], "number": 7, "totalPages": 3, "totalElements": 5}'),
    ],
    ids=["500", "503", "cut off", "no object", "no count", "no page", "another page"],
)
def test_a_passing_fault_is_got_over(
    service: StandIn,
    source: PrisonerSearch,
    waits: list[float],
    odd: tuple[int, dict[str, str], bytes],
) -> None:
    service.misbehave = lambda page, attempt: odd if page == 1 and attempt < 3 else None
    read = source.read()
    assert (len(read.rows), read.failures, service.asked) == (5, [], [0, 1, 1, 1, 2])
    assert len(waits) == 2


def test_a_service_that_asks_to_wait_is_given_the_time_it_asks_for(
    service: StandIn, source: PrisonerSearch, waits: list[float]
) -> None:
    answers = iter(["7", "Wed, 21 Oct 2015 07:28:00 GMT", "86400"])
    service.misbehave = lambda page, attempt: (
        (429, {"Retry-After": next(answers)}, b"") if page == 0 and attempt < 4 else None
    )
    assert len(source.read().rows) == 5
    assert waits == [7.0, 0.0, 30.0]


def test_a_slow_answer_is_not_waited_for(service: StandIn, source: PrisonerSearch) -> None:
    source.timeout = 0.2
    source.breaker = CircuitBreaker(failures=100)

    def slow(page: int, attempt: int) -> None:
        if page == 1:
            time.sleep(0.5)

    service.misbehave = slow  # type: ignore[assignment]
    read = source.read()
    assert [(failure.what, failure.reason) for failure in read.failures] == [
        ("page 2 of 3", "no answer within 0.2 seconds")
    ]
    assert len(read.rows) == 3


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_lost_page_is_told_and_the_others_are_read(
    service: StandIn, source: PrisonerSearch, status: int
) -> None:
    service.misbehave = lambda page, attempt: (status, {}, b"") if page == 1 else None
    read = source.read()
    assert [row.cells["prison_number"] for row in read.rows] == ["A0000AA", "A0001AA", "A0004AA"]
    assert [failure.what for failure in read.failures] == ["page 2 of 3"]
    assert service.asked.count(1) == (4 if status == 500 else 1)


def test_records_that_do_not_come_are_missed(service: StandIn, source: PrisonerSearch) -> None:
    short = json.dumps({"content": [], "number": 1, "totalPages": 3, "totalElements": 5}).encode()
    service.misbehave = lambda page, attempt: (200, {}, short) if page == 1 else None
    assert "2 of 5 records" in source.read().failures[0].reason


def test_nothing_is_read_without_the_first_page_a_token_or_a_service(
    service: StandIn, source: PrisonerSearch
) -> None:
    service.misbehave = lambda page, attempt: (500, {}, b"")
    with pytest.raises(SourceUnavailable, match="500"):
        source.read()
    source.credentials.forget()
    source.credentials.client_secret = "wrong"
    with pytest.raises(SourceUnavailable, match="check the client id") as refused:
        source.read()
    assert "wrong" not in str(refused.value)
    source.credentials.client_secret = "secret"
    gone = PrisonerSearch("http://127.0.0.1:9/x", source.credentials, sleep=lambda seconds: None)
    with pytest.raises(SourceUnavailable, match="cannot be reached"):
        gone.read()


def test_a_service_that_keeps_failing_is_left_alone_for_a_while(
    service: StandIn, source: PrisonerSearch
) -> None:
    moment = [0.0]
    source.breaker = CircuitBreaker(failures=2, rest=60, now=lambda: moment[0])
    service.prisoners = 20
    service.misbehave = lambda page, attempt: (404, {}, b"") if page else None
    failures = source.read().failures
    assert len(failures) == 9
    assert service.asked == [0, 1, 2]
    assert "2 times in a row" in failures[-1].reason
    with pytest.raises(SourceUnavailable):
        source.read()
    moment[0] = 61.0
    service.misbehave = lambda page, attempt: None
    assert len(source.read().rows) == 20


def test_a_breaker_closes_again_after_one_success() -> None:
    moment = [0.0]
    breaker = CircuitBreaker(failures=1, rest=10, now=lambda: moment[0])
    breaker.failed()
    with pytest.raises(CircuitOpen):
        breaker.check()
    moment[0] = 11.0
    breaker.check()
    breaker.succeeded()
    moment[0] = 12.0
    breaker.check()


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    migrate(url)
    return connect(url)


def test_what_is_read_is_taken_over_all_or_none(
    service: StandIn, source: PrisonerSearch, engine: Engine
) -> None:
    service.misbehave = lambda page, attempt: (404, {}, b"") if page == 1 else None
    cases = CaseRepository(engine)

    def take(skip_bad: bool) -> bool:
        return import_cases(source, engine, BOOK, by="sync", on=DAY, skip_bad=skip_bad).taken

    assert not take(skip_bad=False)
    assert cases.count(true()) == 0
    assert take(skip_bad=True)
    assert cases.count(true()) == 3
    service.misbehave = lambda page, attempt: None
    assert take(skip_bad=False)
    assert cases.count(true()) == 5
    assert dict(cases.find("A0001AA", true()).facts) == {
        "legal_status": "sentenced",
        "sentence_date": "2025-01-03",
        "conditional_release_date": "2027-03-15",
        "recall_type": "none",
        "gender": "male",
    }
    assert "conditional_release_date" not in cases.find("A0002AA", true()).facts
    assert {change.source for change in cases.history("A0001AA", true())} == {"prisoner search"}
