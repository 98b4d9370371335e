"""The shape of a message as dense features: whether it asks about policy or about a case.

"Who does the parole report pre tariff?" and "who does his parole report?" share nearly every word. What sets
them apart is whether a person is spoken of, and how many facts are given; this puts it where the classifier
can see it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from assistant.nlu.facts.reader import read_facts
from assistant.nlu.facts.vocabulary import alternatives, shared_vocabulary
from assistant.nlu.fingerprint import reader_fingerprint
from assistant.nlu.scaled_featurizer import ScaledFeaturizer

_ONE_PERSON = re.compile(
    r"\b(?:he|she|him|his|her|hers|he's|she's|hes|shes|lad"
    r"|this (?:lad|guy|bloke|man|woman|lady|prisoner|case|one|person|lifer)"
    r"|my (?:lad|guy|case|man|prisoner|lifer)|got (?:a|an|this)|i have (?:a|an|this)|i am)\b",
    re.IGNORECASE,
)
_IN_GENERAL = re.compile(
    r"\b(?:someone|somebody|anyone|everyone|people|prisoners|lifers|cases|individuals|a pom|the pom|poms|coms"
    r"|an? isp|the model|guidance|policy|generally|in general|usually|normally|always|should|what is|what's"
    r"|whats|what are|what does|define)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|(?:^|[,.;:-])\s*(?:and |so |but )?"
    r"(?:who|whos|whose|what|whats|when|whens|where|why|how|which|is|are|does|do|can|could|should|would|will|has|have)\b",
    re.IGNORECASE,
)
_ASKS_ANYWHERE = re.compile(
    r"\b(?:who|whos|whose|what|whats|when|whens|where|wheres|why|which|how)\b"
    r"|\b(?:do|does|did|is|are|am|can|could|should|would|will|has|have|must) (?:i|we|he|she|it|they|this|that)\b"
    r"|\?\s*$",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset(
    {
        "he",
        "she",
        "is",
        "was",
        "s",
        "his",
        "her",
        "the",
        "a",
        "an",
        "of",
        "on",
        "in",
        "it",
        "and",
        "at",
        "to",
        "for",
    }
    | {"with", "has", "been", "got", "i", "no", "yes", "not", "date"}
)
CUES = Path(__file__).with_name("cues.yaml")


@lru_cache(maxsize=1)
def _cues() -> tuple[re.Pattern[str], ...]:
    """The turns of phrase of cues.yaml, in the order of their names."""
    data: dict[str, list[str]] = yaml.safe_load(CUES.read_text(encoding="utf-8"))
    return tuple(re.compile(rf"(?:^|(?<= )){alternatives(data[name])}(?= |$)") for name in sorted(data))


def shape_of(message: str) -> np.ndarray:
    """A message as noughts and ones, shape (features,): its facts, whom it speaks of, how it asks."""
    facts = read_facts(message)
    text = shared_vocabulary().text(message)
    canonical = f"^ {text.canonical}"
    fields = {fact.field for fact in facts}
    told = fields - {"date", "duration", "number", "level", "edition", "not_known", "needs_detail"}
    asks = bool(_ASKS.search(message))
    asks_anywhere = bool(_ASKS_ANYWHERE.search(message))
    bare = [word for word in text.words if not any(fact.start <= word.start < fact.end for fact in facts)]
    beside = len([word for word in bare if word.kind == "word" and word.norm not in _SMALL_WORDS])
    length = len([word for word in text.words if word.kind != "mark"])
    dated = any(field.endswith("_date") for field in fields)
    return np.array(
        [
            bool(told),
            len(told) >= 2,
            len(told) >= 4,
            dated,
            bool(facts) and not told,
            "edition" in fields,
            "prison_number" in fields,
            "not_known" in fields,
            bool(_ONE_PERSON.search(message)),
            bool(_IN_GENERAL.search(message)),
            asks,
            bool(told) and not asks,
            bool(told) and asks,
            asks_anywhere,
            bool(told) and not asks_anywhere,
            bool(facts) and beside == 0,
            bool(facts) and beside <= 1,
            bool(facts) and beside <= 3,
            bool(facts) and beside > 5,
            length <= 1,
            length <= 2,
            length <= 4,
            length > 12,
            *(bool(pattern.search(canonical)) for pattern in _cues()),
        ],
        dtype=np.float32,
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ShapeFeaturizer(ScaledFeaturizer):
    """Adds the shape of each message, times `scale`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """A scale at which one fact weighs about as much as one word."""
        return {**ScaledFeaturizer.get_default_config(), "scale": 0.8}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The words and rules that it reads by are part of what it is."""
        return reader_fingerprint()

    @classmethod
    def prepare(cls) -> None:
        """Read the vocabulary and the cues."""
        shared_vocabulary()
        _cues()

    def vectors(self, messages: Sequence[str]) -> np.ndarray:
        """The shapes, shape (messages, features)."""
        return np.stack([shape_of(message) for message in messages])
