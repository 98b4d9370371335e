"""Sentence vectors of all-MiniLM-L6-v2 as dense features for Rasa."""

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

from knowledge.embedding import shared_encoder

LONGEST = 1000  # characters that are encoded: the model reads no more than 256 tokens


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """One vector of 384 numbers a message, unit length times `scale`."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """`scale` sets its weight beside the word counts, which would swamp a plain one."""
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
    ) -> "SentenceFeaturizer":
        """Make the featurizer; the model is loaded now, not at the first message."""
        shared_encoder()
        return cls(config, execution_context.node_name)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The scale that measured best beside weighted words and the shape."""
        return {**DenseFeaturizer.get_default_config(), "scale": 2.0}

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the sentence vector to each message that has text."""
        spoken = [message for message in messages if message.get(TEXT)]
        if spoken:
            vectors = shared_encoder().encode([message.get(TEXT)[:LONGEST] for message in spoken])
            for message, vector in zip(spoken, np.asarray(vectors) * self._scale, strict=True):
                features = Features(vector.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._name)
                message.add_features(features)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the sentence vectors to the training examples."""
        self.process(training_data.training_examples)
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse a scale that is not above nought."""
        if config.get("scale", 1) <= 0:
            raise ValueError("scale: must be a number above 0")
