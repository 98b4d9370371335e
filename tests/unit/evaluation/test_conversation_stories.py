"""The end-to-end test stories cover every path, with messages that the model is not trained on."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from assistant.evaluation.training_overlap import comparable, training_examples
from assistant.settings import PROJECT_ROOT

MOST_WORDS_ANYBODY_SAYS = 4
"""Short messages such as `help` and `start again` are the same whoever types them."""


@pytest.fixture(scope="module")
def stories() -> list[dict[str, Any]]:
    path = PROJECT_ROOT / "tests" / "conversation" / "test_stories.yml"
    content: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content["stories"]


@pytest.fixture(scope="module")
def action_of_intent() -> dict[str, str]:
    rules = yaml.safe_load((PROJECT_ROOT / "data" / "rules" / "rules.yml").read_text(encoding="utf-8"))
    return {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules["rules"]}


def test_there_are_at_least_sixty_stories_and_each_has_a_name_of_its_own(
    stories: list[dict[str, Any]],
) -> None:
    names = {story["story"] for story in stories}
    assert len(names) == len(stories) >= 60


def test_every_message_is_followed_by_the_action_of_its_intent(
    stories: list[dict[str, Any]], action_of_intent: dict[str, str]
) -> None:
    for story in stories:
        steps = story["steps"]
        for said, done in zip(steps[::2], steps[1::2], strict=True):
            assert done["action"] == action_of_intent[said["intent"]], story["story"]


def test_every_intent_is_said_in_some_story(
    stories: list[dict[str, Any]], action_of_intent: dict[str, str]
) -> None:
    said = {step["intent"] for story in stories for step in story["steps"] if "intent" in step}
    assert said == set(action_of_intent) - {"nlu_fallback"}


def test_hardly_a_longer_message_is_a_training_example(stories: list[dict[str, Any]]) -> None:
    trained = training_examples(PROJECT_ROOT / "data" / "nlu")
    said = {comparable(step["user"]) for story in stories for step in story["steps"] if "user" in step}
    longer = {words for words in said if len(words.split()) > MOST_WORDS_ANYBODY_SAYS}
    repeated = longer & trained
    assert len(repeated) < 0.05 * len(longer), sorted(repeated)
