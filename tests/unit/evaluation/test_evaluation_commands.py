"""`assistant evaluate` ends with exit code 2 and the reason when a set cannot be used."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from assistant.evaluation_commands import evaluate

runner = CliRunner()


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    result = runner.invoke(evaluate, ["conversation", "--messages", str(tmp_path / "nowhere.yaml")])
    assert result.exit_code == 2
    assert "nowhere.yaml cannot be read" in result.stderr


def test_a_malformed_set_is_named_with_the_entry(tmp_path: Path) -> None:
    path = tmp_path / "dialogues.yaml"
    path.write_text("dialogues: [{id: lifer, turns: []}]", encoding="utf-8")
    result = runner.invoke(evaluate, ["conversation", "--dialogues", str(path)])
    assert result.exit_code == 2
    assert "lifer: as_of" in result.stderr


def test_a_fact_that_is_not_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "messages.yaml"
    path.write_text(
        "messages: [{id: M-1, message: tier b, intent: give_facts, as_of: 2026-01-31, facts: {teir: B}}]",
        encoding="utf-8",
    )
    result = runner.invoke(evaluate, ["conversation", "--messages", str(path)])
    assert result.exit_code == 2
    assert "'teir' is not a fact" in result.stderr


def test_a_missing_set_of_questions_is_named(tmp_path: Path) -> None:
    result = runner.invoke(evaluate, ["guidance", "--questions", str(tmp_path / "nowhere.yaml")])
    assert result.exit_code == 2
    assert "nowhere.yaml cannot be read" in result.stderr


def test_questions_that_are_not_yaml_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text("answerable: [", encoding="utf-8")
    result = runner.invoke(evaluate, ["guidance", "--questions", str(path)])
    assert result.exit_code == 2
    assert "questions.yaml is not YAML" in result.stderr
