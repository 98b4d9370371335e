"""The training examples: enough of each intent, none twice, and the domain names what the reader reads."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from assistant.nlu.facts.settle import MANY
from assistant.nlu.facts.vocabulary import SOURCE

ROOT = Path(__file__).parents[3]
LEAST = 40


def examples() -> list[tuple[str, str]]:
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = block["examples"].splitlines()
            found += [(block["intent"], line.removeprefix("- ").strip()) for line in lines if line.strip()]
    return found


def domain() -> dict[str, list[object]]:
    loaded: dict[str, list[object]] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return loaded


def names(entries: list[object]) -> set[str]:
    return {next(iter(entry)) if isinstance(entry, dict) else str(entry) for entry in entries}


@pytest.mark.parametrize("intent", sorted(names(domain()["intents"])))
def test_every_intent_has_enough_examples(intent: str) -> None:
    assert Counter(name for name, _ in examples())[intent] >= LEAST


def test_policy_questions_have_many_examples() -> None:
    assert Counter(name for name, _ in examples())["ask_guidance"] >= 200


def test_no_example_stands_twice() -> None:
    counts = Counter(text.lower() for _, text in examples())
    assert [text for text, count in counts.items() if count > 1] == []


def test_every_example_is_of_an_intent_of_the_domain() -> None:
    assert {name for name, _ in examples()} <= names(domain()["intents"])


def test_the_domain_lists_every_entity_that_the_reader_reads() -> None:
    data = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    read = set(MANY) | set(data["values"]) | set(data["worked_out"]) | set(data["needs_detail"])
    read |= {entry.get("reads_as", field) for field, entry in data["dates"].items()} - {
        "last_one",
        "next_one",
    }
    read |= {"level", "number", "age_years", "time_left", "time_served", "tariff_length_months", "rsr_score"}
    read |= {"mappa_level", "mappa_active_level", "rosh", "tier", "sentence_length_months"}
    assert read - names(domain()["entities"]) == set()
