"""How much may be asked of the service, and how it says that it was too much."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from assistant.access import Role
from assistant.limits import RateLimits
from assistant.settings import Settings
from tests.unit.access.conftest import SIGN_IN, MakeApplication, make_application, sign_in  # noqa: F401


def test_requests_within_the_limit_pass_and_the_next_waits() -> None:
    limits = RateLimits(Settings(requests_by_person="3/hour", requests_by_address=""))
    assert [limits.wait_for_person("p1") for _ in range(3)] == [0, 0, 0]
    assert 0 < limits.wait_for_person("p1") <= 3600
    assert limits.wait_for_person("p2") == 0
    assert all(limits.wait_for_address("192.0.2.1") == 0 for _ in range(50))


def test_without_redis_everybody_is_let_through() -> None:
    limits = RateLimits(Settings(requests_by_person="1/hour", redis_url="redis://127.0.0.1:9"))
    assert [limits.wait_for_person("p1") for _ in range(3)] == [0, 0, 0]


def test_a_limit_that_cannot_be_read_names_its_setting() -> None:
    with pytest.raises(ValueError, match="POM_ASSISTANT_REQUESTS_BY_ADDRESS"):
        RateLimits(Settings(requests_by_address="lots"))


def test_an_address_that_asks_too_much_gets_429_in_words_or_as_data(
    make_application: MakeApplication,  # noqa: F811
) -> None:
    client = TestClient(make_application(requests_by_address="2/hour"))
    assert [client.get("/metrics").status_code for _ in range(3)] == [200, 200, 429]
    page = client.get("/", headers={"accept": "text/html"})
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0
    assert "Too many requests" in page.text
    program = client.post("/api/assess", json={})
    assert program.status_code == 429
    assert "Wait" in program.json()["detail"]
    assert client.get("/health/live").status_code == 200


def test_one_person_is_held_back_and_not_the_next(make_application: MakeApplication) -> None:  # noqa: F811
    service = make_application(**SIGN_IN, requests_by_person="2/hour")
    first, _ = sign_in(service, Role.POM)
    second, _ = sign_in(service, Role.POM, name="Sam Example")
    assert [first.get("/api/openapi.json").status_code for _ in range(3)] == [200, 200, 429]
    assert second.get("/api/openapi.json").status_code == 200


def test_a_request_that_is_too_large_is_refused_as_a_whole(
    make_application: MakeApplication,  # noqa: F811
) -> None:
    client = TestClient(make_application(request_bytes=10_000))
    answer = client.post("/api/assess", json={"facts": {"note": "x" * 20_000}})
    assert answer.status_code == 413

    def in_parts():
        for _ in range(30):
            yield b"x" * 1000

    assert client.post("/api/assess", content=in_parts()).status_code == 413
    assert client.post("/", data={"message": "x" * 20_000}).status_code == 413
