"""The pipeline's own components: features of a message, and a classifier that is never silently untrained."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io  # noqa: F401  (before TensorFlow: ten times quicker)
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import ENTITIES, FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from assistant.nlu.fact_reader import FactReader
from assistant.nlu.fingerprint import reader_fingerprint
from assistant.nlu.intent_classifier import WeightedIntentClassifier
from assistant.nlu.sentence_featurizer import SentenceFeaturizer
from assistant.nlu.shape_featurizer import ShapeFeaturizer, shape_of

CONTEXT = ExecutionContext(GraphSchema({}), node_name="component")
EXAMPLES = [
    ("crd 3/4/27", "give_facts"),
    ("tier B, high", "give_facts"),
    ("sentenced 3/4/25, nps", "give_facts"),
    ("why is that", "ask_why"),
    ("how come", "ask_why"),
    ("what is the reason", "ask_why"),
]


def storage(path: Path) -> LocalModelStorage:
    return LocalModelStorage.create(path)


def component(kind: Any, store: LocalModelStorage, **config: Any) -> Any:
    return kind.create({**kind.get_default_config(), **config}, store, Resource("component"), CONTEXT)


def message(text: str, intent: str | None = None) -> Message:
    """A message with the features that the classifier needs: two counts and the shape."""
    made = Message({TEXT: text, **({INTENT: intent} if intent else {})})
    counts = csr_matrix([[len(text.split()), text.count("/")]], dtype=float)
    made.add_features(Features(counts, FEATURE_TYPE_SENTENCE, TEXT, "counts"))
    made.add_features(Features(shape_of(text).reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, "shape"))
    return made


def test_the_fact_reader_adds_entities_that_rasa_can_carry(tmp_path: Path) -> None:
    read = Message({TEXT: "NPS, no CRD"})
    component(FactReader, storage(tmp_path)).process([read])
    assert [(e["entity"], e["value"], e["extractor"]) for e in read.get(ENTITIES)] == [
        ("provider", "NPS", "FactReader"),
        ("conditional_release_date", None, "FactReader"),
    ]


def test_the_sentence_vector_has_the_length_of_its_scale(tmp_path: Path) -> None:
    read = Message({TEXT: "who is responsible for him"})
    component(SentenceFeaturizer, storage(tmp_path), scale=2.0).process([read])
    _, sentence = read.get_dense_features(TEXT)
    assert sentence.features.shape == (1, 384)
    assert np.linalg.norm(sentence.features) == pytest.approx(2.0, abs=1e-4)


def test_a_question_about_one_person_has_another_shape_than_one_about_people() -> None:
    general = shape_of("who does the parole report for lifers")
    of_one = shape_of("who does the parole report for my lifer")
    assert general.shape == of_one.shape
    assert not np.array_equal(general, of_one)


def test_features_are_noughts_and_ones() -> None:
    assert set(np.unique(shape_of("what if he was CRC, crd 3/4/27?"))) <= {0.0, 1.0}


def test_the_classifier_learns_is_saved_and_is_the_same_when_loaded(tmp_path: Path) -> None:
    store = storage(tmp_path)
    trained = component(WeightedIntentClassifier, store)
    trained.train(TrainingData([message(text, intent) for text, intent in EXAMPLES]))
    config = WeightedIntentClassifier.get_default_config()
    loaded = WeightedIntentClassifier.load(config, store, Resource("component"), CONTEXT)
    for text, intent in EXAMPLES:
        one, other = message(text), message(text)
        trained.process([one])
        loaded.process([other])
        assert one.get(INTENT) == other.get(INTENT)
        assert other.get(INTENT)["name"] == intent


def test_a_classifier_that_was_not_saved_cannot_be_loaded(tmp_path: Path) -> None:
    config = WeightedIntentClassifier.get_default_config()
    with pytest.raises(ValueError, match="component"):
        WeightedIntentClassifier.load(config, storage(tmp_path), Resource("component"), CONTEXT)


def test_a_message_without_text_has_no_intent(tmp_path: Path) -> None:
    classifier = component(WeightedIntentClassifier, storage(tmp_path))
    classifier.train(TrainingData([message(text, intent) for text, intent in EXAMPLES]))
    empty = Message({TEXT: ""})
    classifier.process([empty])
    assert empty.get(INTENT)["name"] is None


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (SentenceFeaturizer, {"scale": 0}),
        (ShapeFeaturizer, {"scale": -1}),
        (WeightedIntentClassifier, {"strength": 0}),
    ],
)
def test_refuses_a_weight_that_makes_no_sense(kind: Any, config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        kind.validate_config(config)


def test_a_change_of_vocabulary_trains_anew() -> None:
    assert FactReader.fingerprint_addon({}) == ShapeFeaturizer.fingerprint_addon({}) == reader_fingerprint()
