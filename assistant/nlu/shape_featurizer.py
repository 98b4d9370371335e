"""The shape of a message as dense features: whether it asks about policy or about a case.

"Who does the parole report pre tariff?" and "who does his parole report?" share nearly every word. What sets
them apart is whether a person is spoken of, and how many facts are given; this puts it where the classifier
can see it.
"""

import re
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.facts.fact import Fact
from assistant.nlu.facts.reader import read_facts

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
    r"\?|^\s*(?:who|what|whats|when|whens|where|why|how|which|is|are|does|do|can|could|should|would|will|has|have)\b",
    re.IGNORECASE,
)
_FIRST_WORDS = (
    "who",
    "what",
    "when",
    "why",
    "how",
    "which",
    "is",
    "does",
    "no",
    "yes",
    "and",
    "show",
    "sorry",
)


def shape_of(message: str, facts: list[Fact]) -> np.ndarray:
    """A message as numbers from 0 to 1, shape (25,): its facts, whom it speaks of, whether it asks."""
    words = message.lower().split()
    fields = {fact.field for fact in facts}
    roled_dates = [fact for fact in facts if fact.field.endswith("_date")]
    first = words[0].strip("?,.!'") if words else ""
    return np.array(
        [
            bool(facts),
            len(facts) >= 2,
            len(facts) >= 4,
            bool(roled_dates),
            bool({"date", "duration", "number", "level", "tier"} & fields) and len(facts) == 1,
            "edition" in fields,
            "prison_number" in fields,
            bool(_ONE_PERSON.search(message)),
            bool(_IN_GENERAL.search(message)),
            bool(_ASKS.search(message)),
            len(words) <= 2,
            len(words) > 12,
            *(first.startswith(word) and len(first) <= len(word) + 1 for word in _FIRST_WORDS),
        ],
        dtype=np.float32,
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class ShapeFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds the shape of each message, times `scale`."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """`scale` sets the weight of the shape beside the other features."""
        super().__init__(name, config)
        self._scale = float(config["scale"])
        self._name = name

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ShapeFeaturizer":
        """Make the featurizer."""
        return cls(config, execution_context.node_name)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """A scale at which one fact weighs about as much as one word."""
        return {**DenseFeaturizer.get_default_config(), "scale": 2.0}

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the shape of each message that has text."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                vector = shape_of(text, read_facts(text)) * self._scale
                message.add_features(Features(vector.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._name))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the shapes of the training examples."""
        self.process(training_data.training_examples)
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse a scale below nought."""
        if config.get("scale", 1) < 0:
            raise ValueError("scale: must be 0 or more")
