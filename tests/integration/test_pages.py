"""The pages and the search of the guidance, as a browser or another program asks for them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.application import create_application
from assistant.settings import Settings

CASE = "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?"
MODEL_2019 = "/guidance/omic-operating-model-2019"


@pytest.fixture(scope="module")
def starting(settings: Settings, model: Path) -> TestClient:
    """The service before the dialogue model is loaded."""
    return TestClient(create_application(settings, model))


@pytest.fixture(scope="module")
def running(settings: Settings, model: Path) -> Iterator[TestClient]:
    """The service when it is ready."""
    with TestClient(create_application(settings, model)) as client:
        for _ in range(900):
            if client.get("/health/ready").status_code == 200:
                break
            time.sleep(0.2)
        else:
            raise RuntimeError("the service did not get ready: its log says why")
        yield client


@pytest.fixture
def chat(running: TestClient) -> TestClient:
    """A browser that has not been here before."""
    running.cookies.clear()
    return running


def test_the_conversation_cookie_is_random_and_out_of_reach_of_scripts(chat: TestClient) -> None:
    first = chat.get("/").headers["set-cookie"]
    chat.cookies.clear()
    second = chat.get("/").headers["set-cookie"]
    assert "HttpOnly" in first
    assert "samesite=lax" in first.lower()
    assert first.split(";")[0] != second.split(";")[0]
    assert "set-cookie" not in chat.get("/").headers


def test_a_form_post_leads_back_to_the_page_with_the_answer(chat: TestClient) -> None:
    posted = chat.post("/", data={"message": "what is a PIPE?"}, follow_redirects=False)
    assert posted.status_code == 303
    page = chat.get(posted.headers["location"]).text
    assert "what is a PIPE?" in page
    assert "Psychologically Informed Planned Environment" in page


def test_a_page_that_is_open_gets_the_new_answer_only(chat: TestClient) -> None:
    chat.get("/")
    chat.post("/", data={"message": "what is a PIPE?"})
    answer = chat.post("/", data={"message": CASE}, headers={"Accept": "application/json"}).json()
    assert [line["number"] for line in answer["lines"]] == [1, 2, 3, 4]
    assert "Facts used" in answer["lines"][-1]["html"]
    newest = chat.post(
        "/", data={"message": "what is due for him?", "after": 4}, headers={"Accept": "application/json"}
    ).json()
    assert [(line["number"], line["by"]) for line in newest["lines"]] == [(5, "person"), (6, "assistant")]
    assert "15 March 2027" in answer["case"]
    assert 'name="message"' in answer["suggestions"]


def events_of(answer: Any) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stream, each with its name and data."""
    found = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"]) | {"id": fields.get("id")}))
    return found


def test_an_answer_comes_as_events_each_line_with_its_number(chat: TestClient) -> None:
    chat.get("/")
    answer = chat.post("/", data={"message": "what is a PIPE?"}, headers={"Accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert "no-transform" in answer.headers["Cache-Control"]
    # Enough is sent at once for a proxy that waits for two kilobytes.
    assert len(answer.text.split("\n\n")[0].encode()) > 2000
    (question, reply, done) = events_of(answer)
    assert [(name, data["id"], data.get("by")) for name, data in (question, reply)] == [
        ("line", "1", "person"),
        ("line", "2", "assistant"),
    ]
    assert "Psychologically Informed" in reply[1]["html"]
    assert (done[0], done[1]["last"]) == ("done", 2)


def test_a_form_that_is_sent_twice_is_answered_once(chat: TestClient) -> None:
    chat.get("/")
    form = {"message": "what is a PIPE?", "message_id": "form-1"}
    chat.post("/", data=form)
    chat.post("/", data=form)
    assert len(chat.get("/conversation").json()["lines"]) == 2
    # The page before, filled in with other words, is another message.
    chat.post("/", data=form | {"message": "thanks"})
    assert len(chat.get("/conversation").json()["lines"]) == 4


def test_a_page_that_lost_its_connection_gets_what_it_missed_and_no_more(chat: TestClient) -> None:
    chat.get("/")
    for message in ("what is a PIPE?", "thanks"):
        chat.post("/", data={"message": message})
    missed = chat.get("/conversation", params={"after": 2}).json()
    assert [line["number"] for line in missed["lines"]] == [3, 4]
    assert chat.get("/conversation", params={"after": 4}).json()["lines"] == []


def test_a_frame_names_its_conversation_by_a_secret_of_its_own(chat: TestClient) -> None:
    secret = {"Conversation": "s" * 40}
    answer = chat.post("/", data={"message": "what is a PIPE?"}, headers=secret, follow_redirects=False)
    assert "set-cookie" not in answer.headers
    assert len(chat.get("/conversation", headers=secret).json()["lines"]) == 2
    assert chat.get("/conversation", headers={"Conversation": "t" * 40}).json()["lines"] == []
    carried = chat.post("/carry-on", data={"conversation": "s" * 40, "to": "/transcript"})
    assert "Psychologically Informed" in carried.text
    for wrong in ({"conversation": "short"}, {"conversation": "s" * 40, "to": "https://elsewhere.example"}):
        assert chat.post("/carry-on", data=wrong).status_code == 422


def test_no_token_of_a_browser_names_the_conversation_of_another_channel(chat: TestClient) -> None:
    sender = "u" * 40
    body = {"sender": sender, "message": "what is a PIPE?"}
    assert chat.post("/webhooks/rest/webhook", json=body).status_code == 200
    assert chat.get("/conversation", headers={"Conversation": sender}).json()["lines"] == []


def test_start_again_gives_a_new_conversation(chat: TestClient) -> None:
    chat.post("/", data={"message": CASE})
    page = chat.post("/start-again").text
    assert "15 March 2027</dd>" not in page
    assert "pom-message--person" not in page.split("<template")[0]


def test_a_conversation_is_not_shown_to_another_browser(chat: TestClient) -> None:
    chat.post("/", data={"message": CASE})
    chat.cookies.clear()
    assert "pom-message--person" not in chat.get("/").text.split("<template")[0]


def test_markup_in_a_message_is_shown_as_typed(chat: TestClient) -> None:
    page = chat.post("/", data={"message": "<script>alert(1)</script> what is a PIPE?"}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_a_form_of_another_site_is_refused(chat: TestClient, headers: dict[str, str]) -> None:
    chat.get("/")
    form = chat.post("/", data={"message": "what is a PIPE?"}, headers=headers | {"Accept": "text/html"})
    assert form.status_code == 403
    assert "sent from another site" in form.text
    assert chat.get("/conversation").json()["lines"] == []
    for address in ("/start-again", "/feedback", "/carry-on", "/api/ask", "/webhooks/rest/webhook"):
        assert chat.post(address, headers=headers).status_code == 403


def test_feedback_is_kept_with_the_answer_its_sources_and_versions(chat: TestClient) -> None:
    chat.get("/")
    chat.post("/", data={"message": "what is a PIPE?"})
    asked = chat.post("/feedback", data={"number": 2, "useful": "false"})
    assert "What was wrong with the answer?" in asked.text
    given = {
        "number": 2,
        "useful": "false",
        "reason": "unclear",
        "comment": "Too many words",
        "complete": "1",
    }
    assert "Thank you for your feedback" in chat.post("/feedback", data=given).text
    newest = chat.get("/feedback/all", headers={"Accept": "application/json"}).json()[0]
    assert (newest["useful"], newest["reason"], newest["comment"]) == (False, "unclear", "Too many words")
    assert newest["question"] == "what is a PIPE?"
    source = newest["sources"][0]
    assert source["passage_id"]
    assert set(newest["versions"]) == {"program", "model", "rules", "documents"}
    assert newest["versions"]["documents"][source["document"]]
    assert "Too many words" in chat.get("/feedback/all").text


def test_feedback_on_an_answer_that_is_not_in_this_conversation_is_refused(chat: TestClient) -> None:
    chat.get("/")
    chat.post("/", data={"message": "what is a PIPE?"})
    assert chat.post("/feedback", data={"number": 1, "useful": "true"}).status_code == 404
    assert chat.post("/feedback", data={"number": 9, "useful": "true"}).status_code == 404
    too_long = chat.post("/feedback", data={"number": 2, "useful": "true", "comment": "x" * 2001})
    assert too_long.status_code == 422
    assert "x" * 2001 in too_long.text
    chat.cookies.clear()
    assert chat.post("/feedback", data={"number": 2, "useful": "true"}).status_code == 404


def test_only_the_page_that_is_meant_for_it_may_stand_in_a_frame(chat: TestClient) -> None:
    for address in ("/", "/guidance", MODEL_2019, "/transcript", "/demo/intranet"):
        assert "frame-ancestors 'none'" in chat.get(address).headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in chat.get("/embed").headers["Content-Security-Policy"]


def test_an_empty_message_is_an_error_with_words(chat: TestClient) -> None:
    posted = chat.post("/", data={"message": "  "})
    assert posted.status_code == 422
    assert "Type a question, or the facts of a case" in posted.text
    as_json = chat.post("/", data={"message": ""}, headers={"Accept": "application/json"})
    assert as_json.json() == {"error": "Type a question, or the facts of a case"}


def test_a_message_that_is_too_long_is_answered_and_kept_in_the_box(chat: TestClient) -> None:
    page = chat.post("/", data={"message": "word " * 2000}).text
    assert "That message has 10,000 characters" in page
    assert "word " * 2000 in page.split("<textarea")[1]


def test_the_dates_of_the_case_are_a_page_a_picture_and_a_calendar(chat: TestClient) -> None:
    chat.post("/", data={"message": CASE})
    assert "15 March 2027" in chat.get("/case/timeline").text
    picture = chat.get("/case/timeline.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in picture.headers["Content-Security-Policy"]
    assert chat.get("/case/dates.ics").text.startswith("BEGIN:VCALENDAR")


def test_without_a_case_there_is_nothing_to_draw(chat: TestClient) -> None:
    for address in ("/case/timeline", "/case/timeline.svg", "/case/dates.ics"):
        assert chat.get(address).status_code == 404


def test_the_transcript_shows_only_this_browsers_conversation(chat: TestClient) -> None:
    chat.post("/", data={"message": "what is a PIPE?"})
    assert "Psychologically Informed" in chat.get("/transcript").text
    chat.cookies.clear()
    assert "Nothing has been said yet" in chat.get("/transcript").text


def test_while_it_starts_the_page_says_so_and_keeps_what_was_typed(starting: TestClient) -> None:
    assert "The assistant is starting" in starting.get("/").text
    posted = starting.post("/", data={"message": "what is a PIPE?"})
    assert posted.status_code == 503
    assert posted.headers["Retry-After"]
    assert "what is a PIPE?</textarea>" in posted.text


@pytest.mark.parametrize("address", ["/", "/guidance", MODEL_2019, "/guidance/none"])
def test_no_page_may_run_or_load_what_this_service_did_not_send(starting: TestClient, address: str) -> None:
    page = starting.get(address)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]* src=\"/)|<style|\son\w+=|\sstyle=", page.text)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", page.text)


def test_styles_and_scripts_are_compressed_and_may_be_kept(starting: TestClient) -> None:
    links = re.findall(r"(?:href|src)=\"(/static/[^\"]+)\"", starting.get("/").text)
    assert len(links) >= 2
    for link in links:
        sent = starting.get(link)
        assert sent.status_code == 200
        assert sent.headers["Content-Encoding"] == "gzip"
        assert "immutable" in sent.headers["Cache-Control"]


def test_the_list_of_documents_gives_edition_publisher_and_date(starting: TestClient) -> None:
    page = starting.get("/guidance").text
    assert "HMPPS Offender Management in Custody Model: Male Closed Estate" in page
    assert "HM Prison and Probation Service" in page
    assert "March 2019" in page
    assert page.index("2022 effective practice guide") < page.index("2007 inspection criteria")


def test_every_passage_of_a_document_has_its_address(starting: TestClient) -> None:
    from actions import resources

    page = starting.get(MODEL_2019).text
    identifiers = re.findall(r'id="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    for passage in resources.guidance().passages("omic-operating-model-2019"):
        assert passage.id in identifiers


def test_older_documents_say_that_they_are_history(starting: TestClient) -> None:
    assert "kept as history" in starting.get("/guidance/omi-criteria-custody").text
    assert "kept as history" not in starting.get(MODEL_2019).text


def test_an_unknown_document_is_not_found(starting: TestClient) -> None:
    page = starting.get("/guidance/none")
    assert page.status_code == 404
    assert "There is no page at this address" in page.text


def test_search_gives_passages_with_scores_best_first(starting: TestClient) -> None:
    found = starting.get(
        "/api/guidance/search", params={"q": "initial OASys indeterminate", "limit": 5}
    ).json()
    assert found["query"] == "initial OASys indeterminate"
    scores = [passage["score"] for passage in found["passages"]]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)
    best = found["passages"][0]
    assert best["url"] == f"/guidance/{best['document']}#{best['passage_id']}"
    assert "OASys" in best["text"]


def test_the_search_page_marks_the_words_searched_for(starting: TestClient) -> None:
    page = starting.get("/guidance", params={"q": 'OASys <b>"'}).text
    assert "<mark>OASys</mark>" in page
    assert "<b>" not in page


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_a_search_names_a_limit_that_is_not_allowed(starting: TestClient, limit: str) -> None:
    refused = starting.get("/api/guidance/search", params={"q": "parole", "limit": limit})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["query", "limit"]
