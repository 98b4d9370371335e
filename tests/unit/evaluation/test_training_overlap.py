"""A message is a training example when it says the same words, whatever their dress."""

from __future__ import annotations

from pathlib import Path

from assistant.evaluation.training_overlap import comparable, training_examples


def test_case_punctuation_and_annotation_do_not_matter() -> None:
    assert comparable("  Who's responsible, for him?") == comparable("whos responsible for him")
    assert comparable('[nps](provider) lad, [tier b]{"entity": "tier"}') == "nps lad tier b"


def test_dates_that_differ_are_different_messages() -> None:
    assert comparable("crd 1/5/28") != comparable("crd 15/2/8")


def test_examples_of_intents_are_read_and_other_data_is_not(tmp_path: Path) -> None:
    (tmp_path / "nlu.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - Hello there\n    - hiya!\n'
        "- synonym: NPS\n  examples: |\n    - national probation\n",
        encoding="utf-8",
    )
    assert training_examples(tmp_path) == {"hello there", "hiya"}
