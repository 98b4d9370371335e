"""Sentence vectors of all-MiniLM-L6-v2 as dense features for Rasa."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from assistant.nlu.scaled_featurizer import ScaledFeaturizer
from knowledge.embedding import shared_encoder

LONGEST = 1000  # characters that are encoded: the model reads no more than 256 tokens


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(ScaledFeaturizer):
    """One vector of 384 numbers a message, unit length times `scale`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The scale that measured best beside weighted words and the shape."""
        return {**ScaledFeaturizer.get_default_config(), "scale": 2.0}

    @classmethod
    def prepare(cls) -> None:
        """Load the model."""
        shared_encoder()

    def vectors(self, messages: Sequence[str]) -> np.ndarray:
        """The sentence vectors, shape (messages, 384)."""
        return np.asarray(shared_encoder().encode([message[:LONGEST] for message in messages]))
