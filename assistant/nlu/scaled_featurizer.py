"""What the project's dense featurizers share: one vector a message, times a scale, kept nowhere but in the code."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class ScaledFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds the vector of each message that has text, times `scale`. Nothing is trained and nothing is saved."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """`scale` sets the weight of the vector beside the other features."""
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
    ) -> Self:
        """Make the featurizer; what it needs is loaded now, not at the first message."""
        cls.prepare()
        return cls(config, execution_context.node_name)

    @classmethod
    @abstractmethod
    def prepare(cls) -> None:
        """Load what the vectors are made with."""

    @abstractmethod
    def vectors(self, messages: Sequence[str]) -> np.ndarray:
        """The vectors of messages before they are scaled, shape (messages, features)."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector of each message that has text."""
        spoken = [message for message in messages if message.get(TEXT)]
        if spoken:
            vectors = self.vectors([message.get(TEXT) for message in spoken]) * self._scale
            for message, vector in zip(spoken, vectors, strict=True):
                features = Features(vector.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, self._name)
                message.add_features(features)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors of the training examples."""
        self.process(training_data.training_examples)
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse a scale that is not above nought."""
        if config.get("scale", 1) <= 0:
            raise ValueError("scale: must be a number above 0")
