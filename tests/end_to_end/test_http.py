"""A real server process over real HTTP, and the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from assistant.settings import PROJECT_ROOT, Settings

AS_OF = "2026-01-31"
NPS_CASE = {
    "provider": "NPS",
    "sentence_type": "determinate",
    "sentence_date": "2025-01-03",
    "conditional_release_date": "2027-03-15",
}


@pytest.fixture
def client(server: str) -> httpx.Client:
    return httpx.Client(base_url=server, timeout=60)


def say(client: httpx.Client, sender: str, message: str, **metadata: str) -> dict[str, Any]:
    body = {"sender": sender, "message": message, "metadata": {"as_of": AS_OF} | metadata}
    answer = client.post("/webhooks/rest/webhook", json=body)
    assert answer.status_code == 200, answer.text
    (reply,) = answer.json()
    assert reply["recipient_id"] == sender
    assert reply["text"] == reply["custom"]["text"]
    return dict(reply["custom"])


def test_the_service_is_live_and_ready(client: httpx.Client) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").json() == {"status": "ready"}
    assert "python_info" in client.get("/metrics").text


def test_a_conversation_over_the_webhook(client: httpx.Client) -> None:
    sender = str(uuid4())
    first = say(
        client,
        sender,
        "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?",
    )
    assert first["assessment"]["responsibility"]["changes_on"] == "2026-07-31"
    assert say(client, sender, "what about under the 2019 model")["assessment"]["edition"] == "2019"
    corrected = say(client, sender, "no, CRD is 3 March 2028")
    assert corrected["facts"]["conditional_release_date"] == "2028-03-03"
    assert "from 15 March 2027 to 3 March 2028" in corrected["text"]
    assert say(client, sender, "start again")["facts"] == {}


def test_a_citation_leads_to_its_passage_in_the_reader(client: httpx.Client) -> None:
    reply = say(client, str(uuid4()), "what is a PIPE?")
    address, _, anchor = reply["citations"][0]["url"].partition("#")
    page = client.get(address)
    assert page.status_code == 200
    assert f'id="{anchor}"' in page.text


def test_messages_of_one_sender_at_once_are_all_taken(client: httpx.Client) -> None:
    sender = str(uuid4())
    facts = [
        "nps determinate",
        "sentenced 3/1/2025",
        "crd 15/3/2027",
        "tier B",
        "he is high risk of serious harm",
    ]
    with ThreadPoolExecutor(len(facts)) as people:
        list(people.map(lambda message: say(client, sender, message), facts))
    kept = say(client, sender, "what have you got for him so far")["facts"]
    assert kept == NPS_CASE | {"tier": "B", "rosh": "high"}


def test_two_people_never_share_a_case(client: httpx.Client) -> None:
    one, other = str(uuid4()), str(uuid4())
    say(client, one, "nps determinate, sentenced 3/1/2025, crd 15/3/2027")
    assert say(client, other, "what is due for him?")["facts"] == {}


def test_a_long_conversation_keeps_its_facts(client: httpx.Client) -> None:
    sender = str(uuid4())
    say(client, sender, "nps determinate, sentenced 3/1/2025, crd 15/3/2027")
    for _ in range(100):
        say(client, sender, "thanks")
        say(client, sender, "what is a PIPE?")
    assert say(client, sender, "who is responsible?")["facts"] == NPS_CASE


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"sender": "x", "message": "hello", "metadata": {"edition": "1999"}}, 422),
        ({"sender": "x", "message": "hello", "metadata": {"as_of": "31/01/2026"}}, 422),
        ({"sender": "", "message": "hello"}, 422),
        ({"sender": "x"}, 200),
    ],
)
def test_a_malformed_message_is_refused_with_a_reason(
    client: httpx.Client, body: dict[str, Any], status: int
) -> None:
    assert client.post("/webhooks/rest/webhook", json=body).status_code == status


def test_one_question_to_the_guidance(client: httpx.Client) -> None:
    answer = client.post("/api/ask", json={"question": "what is a PIPE?", "limit": 2}).json()
    assert answer["status"] == "answered"
    assert 1 <= len(answer["citations"]) <= 2
    refused = client.post("/api/ask", json={"question": "what's the weather tomorrow?"}).json()
    assert (refused["status"], refused["citations"]) == ("out_of_scope", [])


def test_one_assessment(client: httpx.Client) -> None:
    answer = client.post("/api/assess", json={"facts": NPS_CASE, "as_of": AS_OF, "edition": "2019"}).json()
    assert answer["responsibility"]["changes_on"] == "2026-07-15"
    reason = answer["responsibility"]["reasons"][0]
    assert reason["citation"]["passage_id"]
    assert reason["citation"]["url"].startswith("/guidance/omic-operating-model-2019#")


def test_all_that_is_wrong_with_an_assessment_is_named_at_once(client: httpx.Client) -> None:
    wrong = {"tier": "Z", "favourite_colour": "red", "sentence_date": "2025-02-31"}
    answer = client.post("/api/assess", json={"facts": wrong})
    assert answer.status_code == 422
    assert {item["field"] for item in answer.json()["detail"]} == set(wrong)
    assert all(item["msg"] and item["allowed"] for item in answer.json()["detail"])


@pytest.mark.parametrize("media_type", ["application/json", "image/svg+xml", "image/png", "text/calendar"])
def test_a_timeline_in_each_format(client: httpx.Client, media_type: str) -> None:
    answer = client.post(
        "/api/timeline", json={"facts": NPS_CASE, "as_of": AS_OF}, headers={"accept": media_type}
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)


def test_what_changes_when_a_fact_does(client: httpx.Client) -> None:
    answer = client.post(
        "/api/compare", json={"facts": NPS_CASE, "changes": {"provider": "CRC"}, "as_of": AS_OF}
    )
    changed = {item["path"]: item["after"] for item in answer.json()["differences"]}
    assert changed["responsibility.changes_on"] == "2026-12-15"


def test_search_gives_passages_with_their_places(client: httpx.Client) -> None:
    found = client.get("/api/guidance/search", params={"q": "recall within 48 hours", "limit": 3}).json()[
        "passages"
    ]
    assert found
    assert "48 hours" in found[0]["text"]


def run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | {"POM_ASSISTANT_DATA_DIRECTORY": str(settings.data_directory)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_line_asks_and_assesses(settings: Settings, model: Path, tmp_path: Path) -> None:
    asked = run(settings, "ask", "what is a PIPE?", "--json")
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["answer"]["status"] == "answered"
    case = tmp_path / "case.json"
    case.write_text(json.dumps({"facts": NPS_CASE}), encoding="utf-8")
    assessed = run(settings, "assess", str(case), "--as-of", AS_OF, "--topic", "responsibility")
    assert assessed.returncode == 0, assessed.stderr
    assert "31 July 2026" in assessed.stdout
    compared = run(settings, "compare", str(case), "--change", "provider=CRC", "--as-of", AS_OF)
    assert compared.returncode == 0, compared.stderr
    assert "responsibility.changes_on" in compared.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("assess", "nowhere.json"), "nowhere.json"),
        (("ask", " "), "question"),
        (("guidance", "add", "nowhere.pdf", "--title", "X", "--edition", "x"), "nowhere.pdf"),
    ],
)
def test_bad_input_ends_with_2_and_the_reason(
    settings: Settings, model: Path, arguments: tuple[str, ...], reason: str
) -> None:
    ended = run(settings, *arguments)
    assert ended.returncode == 2
    assert reason in ended.stderr
