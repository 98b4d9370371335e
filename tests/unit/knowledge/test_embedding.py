"""The sentence encoder: shapes, meaning, and a sentence's vector not depending on its batch."""

import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding import (
    DIMENSIONS,
    EmbeddingUnavailable,
    SentenceEncoder,
    guidance_encoder,
    model_directory,
    shared_encoder,
)


def test_vectors_are_unit_length_and_in_order() -> None:
    vectors = shared_encoder().encode(["handover to the COM", "", "a life sentence"])
    assert vectors.shape == (3, DIMENSIONS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_sentences_give_no_vectors() -> None:
    assert shared_encoder().encode([]).shape == (0, DIMENSIONS)


def test_a_paraphrase_is_nearer_than_another_subject() -> None:
    lifer, paraphrase, weather = shared_encoder().encode(
        ["prisoner serving a life sentence", "somebody who has been jailed for life", "it will rain tomorrow"]
    )
    assert lifer @ paraphrase > 0.6
    assert lifer @ weather < 0.2


def test_a_vector_is_the_same_alone_and_in_a_padded_batch() -> None:
    short, long = "What is a keyworker?", "The prison offender manager writes the sentence plan. " * 12
    together = SentenceEncoder().encode([short, long])
    alone = SentenceEncoder().encode([short])
    np.testing.assert_allclose(together[0], alone[0], atol=1e-5)


def test_text_past_the_window_is_cut_rather_than_refused() -> None:
    assert np.isfinite(shared_encoder().encode(["offender " * 2000])).all()


def test_threads_get_the_vectors_of_their_own_sentences() -> None:
    encoder, sentences = shared_encoder(), [f"criterion 2.{n}" for n in range(8)]
    expected = SentenceEncoder().encode(sentences)
    results: dict[int, np.ndarray] = {}

    def work(n: int) -> None:
        results[n] = encoder.encode([sentences[n]])[0]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n in range(8):
        np.testing.assert_allclose(results[n], expected[n], atol=1e-5)


def test_weights_that_are_not_the_pinned_ones_are_refused(tmp_path: Path) -> None:
    blob = bytearray((model_directory() / "model.safetensors").read_bytes())
    blob[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(blob)
    with pytest.raises(EmbeddingUnavailable, match="pinned"):
        SentenceEncoder(tmp_path)


def test_the_guidance_encoder_knows_what_practitioners_mean() -> None:
    asked = "lad got a knockback, is he mine again"
    right = "Parole Board gives a 'no release' decision"
    wrong = "Individuals will receive their weekly key work session on the unit"
    question, *others = guidance_encoder().encode([asked, right, wrong])
    plain, *plain_others = shared_encoder().encode([asked, right, wrong])
    assert np.allclose(np.linalg.norm(question), 1.0, atol=1e-4)
    assert question @ others[0] - question @ others[1] > plain @ plain_others[0] - plain @ plain_others[1]


def test_the_shared_encoder_is_not_changed_by_the_adapter() -> None:
    before = SentenceEncoder().encode(["handover"])
    guidance_encoder()
    assert np.array_equal(before, shared_encoder().encode(["handover"]))


def test_a_missing_adapter_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingUnavailable, match="nothing"):
        shared_encoder().adapted(tmp_path / "nothing.safetensors")
