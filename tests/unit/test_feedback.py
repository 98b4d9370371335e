"""What people thought of an answer, kept with the answer."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.engine.feedback import FeedbackDesk
from assistant.feedback_commands import feedback
from assistant.settings import current_settings
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect, migrate
from assistant.storage.feedback import FeedbackRepository, NoSuchAnswer

ANSWER = {
    "kind": "policy_answer",
    "text": "=Ten weeks.",
    "citations": [
        {
            "document": "model",
            "title": "Model",
            "edition": "2019-model",
            "section": "OASys",
            "passage_id": "p-1",
            "quote": "x",
        }
    ],
}
VERSIONS = {"program": "1", "model": "m", "rules": "r", "documents": {"model": "d"}}


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("POM_ASSISTANT_DATABASE_URL", f"sqlite:///{tmp_path / 'test.db'}")
    current_settings.cache_clear()
    url = current_settings().database()
    migrate(url)
    ConversationRepository(connect(url)).append_exchange("a", "how long?", [ANSWER])
    yield url
    monkeypatch.undo()
    current_settings.cache_clear()


@pytest.fixture
def kept(url: str) -> FeedbackRepository:
    return FeedbackRepository(connect(url))


def record(kept: FeedbackRepository, **values: object) -> None:
    given = {"useful": False, "channel": "web", "versions": VERSIONS} | values
    kept.record("a", 2, **given)  # type: ignore[arg-type]


def test_it_is_kept_with_the_question_the_answer_and_its_places(kept: FeedbackRepository) -> None:
    record(kept, reason="wrong", comment="  It is 16 weeks  ")
    (found,) = kept.latest()
    assert (found.question, found.answer, found.comment) == ("how long?", "=Ten weeks.", "It is 16 weeks")
    assert found.sources[0]["passage_id"] == "p-1"
    assert found.versions == VERSIONS


def test_a_second_judgement_takes_the_place_of_the_first(kept: FeedbackRepository) -> None:
    record(kept, reason="wrong")
    record(kept, useful=True)
    (found,) = kept.latest()
    assert (found.useful, found.reason) == (True, None)


def test_only_an_answer_can_be_judged(kept: FeedbackRepository) -> None:
    for conversation, number in (("a", 1), ("a", 3), ("b", 2)):
        with pytest.raises(NoSuchAnswer, match="number"):
            kept.record(conversation, number, useful=True, channel="web", versions={})


def test_what_is_wrong_with_a_judgement_is_named(kept: FeedbackRepository) -> None:
    with pytest.raises(ValueError, match="reason: 'rude' is not one"):
        record(kept, reason="rude")
    with pytest.raises(ValueError, match="comment: it has 2001 characters"):
        record(kept, comment="x" * 2001)
    assert kept.latest() == []


def test_a_desk_adds_what_the_answer_was_made_with(url: str) -> None:
    from knowledge import schema

    schema.metadata.create_all(connect(url))
    desk = FeedbackDesk(connect(url), Path("models/pom-assistant-12.tar.gz"))
    given = desk.record("a", 2, useful=True, channel="teams")
    assert given.versions["model"] == "pom-assistant-12"
    assert len(given.versions["rules"]) == 12


def test_an_erased_conversation_takes_its_feedback_along(kept: FeedbackRepository, url: str) -> None:
    record(kept)
    ConversationRepository(connect(url)).forget("a")
    assert kept.latest() == []


def test_it_is_listed_and_exported(kept: FeedbackRepository, tmp_path: Path) -> None:
    record(kept, reason="wrong", comment="@16 weeks")
    run = CliRunner()
    listed = run.invoke(feedback, ["list"])
    assert "Not useful, it is wrong" in listed.output
    assert "Comment: @16 weeks" in listed.output
    assert run.invoke(feedback, ["list", "--only", "useful"]).output.strip() == "No feedback has been given."
    as_json = json.loads(run.invoke(feedback, ["list", "--json"]).output)
    assert as_json[0]["versions"] == VERSIONS
    for name in ("all.csv", "all.json"):
        assert run.invoke(feedback, ["export", str(tmp_path / name)]).exit_code == 0
    assert json.loads((tmp_path / "all.json").read_text(encoding="utf-8")) == as_json
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    # A spreadsheet would run these as formulas.
    assert (row["answer"], row["comment"], row["useful"]) == ("'=Ten weeks.", "'@16 weeks", "no")
    refused = run.invoke(feedback, ["export", str(tmp_path / "all.txt")])
    assert refused.exit_code == 2
