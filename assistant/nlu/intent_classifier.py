"""Which intent a message has: logistic regression on words, sentence vector and shape, and the nearest examples.

Rasa's own LogisticRegressionClassifier counts words unweighted, fixes the strength of regularisation, and on a load
error goes on with an untrained model. This one weighs the words (tf-idf), sets the strength, and fails loudly.
The examples nearest to a message by sentence vector and shape vote beside the regression: it draws one boundary for an
intent that people put in very different ways, they do not.
"""

from typing import Any

import numpy as np
import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

FILE = "intent_classifier.skops"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class WeightedIntentClassifier(IntentClassifier, GraphComponent):
    """Ranks the intents of a message by probability; the same model and message always rank the same."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Something must make features first."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`strength`: the inverse of the regularisation; `words`: the weight of the words beside the rest.

        `neighbours`: how many examples vote; `closeness`: how much more a nearer one counts; `vote`: the weight of
        their vote beside the regression's 1.
        """
        return {
            "strength": 3.0,
            "words": 1.4,
            "neighbours": 20,
            "closeness": 16.0,
            "vote": 0.8,
            "ranking_length": 5,
            "random_state": 42,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        weights: TfidfTransformer | None = None,
        model: LogisticRegression | None = None,
        examples: np.ndarray | None = None,
        labels: np.ndarray | None = None,
    ) -> None:
        """The trained parts; without them the classifier must be trained first.

        `examples` are the dense features of the training examples at unit length, shape (examples, features),
        and `labels` the place of the intent of each in the model's classes.
        """
        self._config = config
        self._storage = storage
        self._resource = resource
        self._weights = weights
        self._model = model
        self._examples = examples
        self._labels = labels

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "WeightedIntentClassifier":
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "WeightedIntentClassifier":
        """The trained classifier. Raises ValueError or OSError if it cannot be read: never an untrained one."""
        with model_storage.read_from(resource) as directory:
            parts = skops.io.load(directory / FILE)  # loads only types that skops trusts
        return cls(
            config,
            model_storage,
            resource,
            parts["weights"],
            parts["model"],
            parts["examples"],
            parts["labels"],
        )

    @staticmethod
    def _features(messages: list[Message]) -> tuple[csr_matrix, csr_matrix]:
        """The counts of words and the dense features of messages, one row each."""
        counts, dense = [], []
        for message in messages:
            _, sparse_sentence = message.get_sparse_features(TEXT)
            _, dense_sentence = message.get_dense_features(TEXT)
            counts.append(csr_matrix(sparse_sentence.features))
            dense.append(csr_matrix(np.asarray(dense_sentence.features)))
        return vstack(counts).tocsr(), vstack(dense).tocsr()

    def _matrix(self, counts: csr_matrix, dense: csr_matrix) -> csr_matrix:
        if self._weights is None:
            raise RuntimeError("The intent classifier has not been trained: run `rasa train`.")
        return hstack([self._weights.transform(counts) * self._config["words"], dense]).tocsr()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the weights of the words and the model, and save them."""
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        if not examples:
            return self._resource
        counts, dense = self._features(examples)
        self._weights = TfidfTransformer(sublinear_tf=True).fit(counts)
        self._model = LogisticRegression(
            C=self._config["strength"],
            max_iter=500,
            tol=1e-3,
            random_state=self._config["random_state"],
        )
        intents = [example.get(INTENT) for example in examples]
        self._model.fit(self._matrix(counts, dense), intents)
        self._examples = _of_unit_length(dense)
        self._labels = np.searchsorted(self._model.classes_, intents)
        parts = {
            "weights": self._weights,
            "model": self._model,
            "examples": self._examples,
            "labels": self._labels,
        }
        with self._storage.write_to(self._resource) as directory:
            skops.io.dump(parts, directory / FILE)
        return self._resource

    def _vote(self, dense: csr_matrix) -> np.ndarray:
        """The share of each intent among the nearest examples, a nearer one counting more; shape (intents,)."""
        shares = np.zeros(len(self._model.classes_))
        closeness = self._examples @ _of_unit_length(dense)[0]
        nearest = np.argsort(-closeness, kind="stable")[: self._config["neighbours"]]
        weights = np.exp(self._config["closeness"] * (closeness[nearest] - 1))
        np.add.at(shares, self._labels[nearest], weights)
        return shares / shares.sum()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of each message; one without text or words known keeps none."""
        for message in messages:
            if not message.get(TEXT) or self._model is None or not message.features:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set("intent_ranking", [], add_to_output=True)
                continue
            counts, dense = self._features([message])
            said = self._model.predict_proba(self._matrix(counts, dense))[0]
            vote = self._config["vote"]
            probabilities = (said + vote * self._vote(dense)) / (1 + vote)
            ranking = sorted(
                (
                    {"name": str(name), "confidence": float(probability)}
                    for name, probability in zip(self._model.classes_, probabilities, strict=True)
                ),
                key=lambda entry: -entry["confidence"],
            )
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Classify the training examples, for components that learn from intents."""
        self.process(training_data.training_examples)
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse weights that are not above nought."""
        for name in ("strength", "words", "neighbours", "closeness"):
            if config.get(name, 1) <= 0:
                raise ValueError(f"{name}: must be a number above 0")


def _of_unit_length(dense: csr_matrix) -> np.ndarray:
    """Dense features with each row at length 1 (a row of noughts stays so), as 32 bit floats to save memory."""
    rows = np.asarray(dense.todense(), dtype=np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
