"""Train the adapter that fits the sentence encoder to this field: `python scripts/train_encoder.py`.

Every bank question is pulled towards the sentences that answer it and towards the other questions about the same
passage, and away from everything else in its batch (a contrastive loss); the examples of questions to refuse are
pulled together by topic in the same way. Only low-rank additions to the weights are learnt (LoRA), so that what
ships is small: `knowledge/encoder_adapter.safetensors`. The development and unseen sets are not read.

Takes a quarter of an hour on two cores. `--hold-out` trains without a fifth of the passages and prints how often
a question about one of those finds it by meaning alone, before and after.
"""

import argparse
import os
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from safetensors.numpy import load, save_file
from tokenizers import Tokenizer

from knowledge.bank import bank_files, load_bank
from knowledge.catalogue import load_shipped
from knowledge.embedding import ADAPTER, HEADS, LAYER_NORM_EPSILON, LAYERS, model_directory
from knowledge.quotes import QuoteFinder
from knowledge.refusal import premises, refusal_topics
from knowledge.search_texts import search_texts, shared_lexicon

RANK = 8
SCALE = 2.0
TEMPERATURE = 0.05
DROPOUT = 0.1
BATCH = 48
MAX_TOKENS = 56
MATRICES = ("qkv", "out", "up", "down")


class Encoder:
    """The encoder of knowledge.embedding in TensorFlow, with trainable low-rank additions to its weights."""

    def __init__(self, seed: int = 0) -> None:
        directory = model_directory()
        tensors = {
            name.removeprefix("bert."): value.astype(np.float32)
            for name, value in load((directory / "model.safetensors").read_bytes()).items()
            if value.dtype.kind == "f"
        }
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._words = tf.constant(tensors["embeddings.word_embeddings.weight"])
        segment = tensors["embeddings.token_type_embeddings.weight"][0]
        self._positions = tf.constant(tensors["embeddings.position_embeddings.weight"][:MAX_TOKENS] + segment)
        self._norm = [tf.constant(tensors[f"embeddings.LayerNorm.{part}"]) for part in ("weight", "bias")]
        random = np.random.default_rng(seed)
        self.variables: list[tf.Variable] = []
        self._layers = [self._layer(tensors, number, random) for number in range(LAYERS)]

    def _layer(self, tensors: dict[str, Any], number: int, random: np.random.Generator) -> dict[str, Any]:
        def get(name: str, part: str) -> Any:
            return tensors[f"encoder.layer.{number}.{name}.{part}"]

        heads = [f"attention.self.{part}" for part in ("query", "key", "value")]
        weights = {
            "qkv": np.concatenate([get(name, "weight").T for name in heads], axis=1),
            "out": get("attention.output.dense", "weight").T,
            "up": get("intermediate.dense", "weight").T,
            "down": get("output.dense", "weight").T,
        }
        biases = {
            "qkv": np.concatenate([get(name, "bias") for name in heads]),
            "out": get("attention.output.dense", "bias"),
            "up": get("intermediate.dense", "bias"),
            "down": get("output.dense", "bias"),
        }
        layer: dict[str, Any] = {"weights": {}, "biases": {}, "a": {}, "b": {}}
        for name in MATRICES:
            rows, columns = weights[name].shape
            layer["weights"][name] = tf.constant(np.ascontiguousarray(weights[name]))
            layer["biases"][name] = tf.constant(biases[name])
            layer["a"][name] = tf.Variable(random.normal(0, 0.02, (rows, RANK)).astype(np.float32))
            layer["b"][name] = tf.Variable(np.zeros((RANK, columns), np.float32))
            self.variables += [layer["a"][name], layer["b"][name]]
        for name, where in (("norm_1", "attention.output"), ("norm_2", "output")):
            layer[name] = [tf.constant(get(f"{where}.LayerNorm", part)) for part in ("weight", "bias")]
        return layer

    def tokens(self, texts: list[str]) -> tuple[Any, Any]:
        """Token ids and mask of some texts, padded to the longest."""
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        longest = max(len(ids) for ids in encoded)
        ids = np.zeros((len(encoded), longest), np.int32)
        mask = np.zeros((len(encoded), longest), np.float32)
        for row, found in enumerate(encoded):
            ids[row, : len(found)] = found
            mask[row, : len(found)] = 1
        return tf.constant(ids), tf.constant(mask)

    @staticmethod
    def _normalise(x: Any, parameters: list[Any]) -> Any:
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        return (x - mean) * tf.math.rsqrt(variance + LAYER_NORM_EPSILON) * parameters[0] + parameters[1]

    @staticmethod
    def _linear(x: Any, layer: dict[str, Any], name: str, dropout: float) -> Any:
        added = tf.nn.dropout(x, dropout) if dropout else x
        added = tf.matmul(tf.matmul(added, layer["a"][name]), layer["b"][name])
        return tf.matmul(x, layer["weights"][name]) + layer["biases"][name] + SCALE * added

    def forward(self, ids: Any, mask: Any, dropout: float) -> Any:
        """Unit vectors of token ids."""
        count, length = tf.shape(ids)[0], tf.shape(ids)[1]
        hidden = self._normalise(tf.gather(self._words, ids) + self._positions[:length], self._norm)
        penalty = ((1 - mask) * -1e9)[:, None, None, :]
        size = 384 // HEADS
        for layer in self._layers:
            qkv = tf.reshape(self._linear(hidden, layer, "qkv", dropout), (count, length, 3, HEADS, size))
            query, key, value = (tf.transpose(qkv[:, :, part], (0, 2, 1, 3)) for part in range(3))
            attention = tf.nn.softmax(tf.matmul(query * size**-0.5, key, transpose_b=True) + penalty)
            attended = tf.reshape(
                tf.transpose(tf.matmul(attention, value), (0, 2, 1, 3)), (count, length, 384)
            )
            hidden = self._normalise(self._linear(attended, layer, "out", dropout) + hidden, layer["norm_1"])
            raised = tf.nn.gelu(self._linear(hidden, layer, "up", dropout), approximate=False)
            hidden = self._normalise(self._linear(raised, layer, "down", dropout) + hidden, layer["norm_2"])
        pooled = tf.reduce_sum(hidden * mask[:, :, None], 1) / tf.reduce_sum(mask, 1, keepdims=True)
        return tf.math.l2_normalize(pooled, -1)

    def encode(self, texts: list[str]) -> Any:
        """Vectors of many texts, in their order."""
        vectors = np.zeros((len(texts), 384), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for at in range(0, len(order), 64):
            part = order[at : at + 64]
            vectors[part] = self.forward(*self.tokens([texts[i] for i in part]), 0.0).numpy()
        return vectors

    def save(self, path: Path) -> None:
        """Write the additions as pairs of factors whose product is added to a weight."""
        found: dict[str, Any] = {}
        for number, layer in enumerate(self._layers):
            for name in MATRICES:
                found[f"{number}.{name}.a"] = layer["a"][name].numpy().astype(np.float16)
                found[f"{number}.{name}.b"] = (SCALE * layer["b"][name].numpy()).astype(np.float16)
        save_file(found, path)


class Examples:
    """Texts in groups: whatever is in one group should be near, whatever is not should be far.

    `questions` are (text, group); `sentences` the texts that answer a group's questions. Passages that say the same
    word for word are one group.
    """

    def __init__(self) -> None:
        lexicon = shared_lexicon()
        loaded = load_shipped()
        finders = {doc.slug: QuoteFinder(doc.source.text, doc.passages) for doc in loaded}
        groups: dict[str, int] = {}
        of_passage: dict[str, int] = {}
        self.sentences: dict[int, list[str]] = {}
        for passage in (passage for doc in loaded for passage in doc.passages):
            same = " ".join(passage.text.lower().split())[-160:]
            group = groups.setdefault(same, len(groups))
            of_passage[passage.id] = group
            self.sentences.setdefault(group, []).extend(search_texts(passage))
        self.passages = len(groups)
        self.questions = [
            (lexicon.canonical(question.question), of_passage[question.passage_id])
            for question in load_bank(finders, bank_files())
        ]
        for number, topic in enumerate(refusal_topics(), self.passages):
            self.questions += [(lexicon.canonical(example), number) for example in topic.examples]
        after = self.passages + len(refusal_topics())
        for number, premise in enumerate(premises(), after):
            self.questions += [(lexicon.canonical(text), number) for text in premise.assumes]

    def pair(self, at: int, members: dict[int, list[int]], random: np.random.Generator) -> str:
        """A text that belongs with a question: a sentence of its passage, or another question about it."""
        group = self.questions[at][1]
        others = [other for other in members[group] if other != at]
        sentences = self.sentences.get(group, [])
        if others and (not sentences or random.random() < 0.5):
            return self.questions[int(random.choice(others))][0]
        return str(random.choice(sentences)) if sentences else self.questions[at][0]


def train(
    encoder: Encoder, examples: Examples, used: list[int], epochs: int, rate: float, seed: int = 0
) -> None:
    """Train on the questions `used`; prints the loss of each epoch."""
    random = np.random.default_rng(seed)
    optimiser = tf.keras.optimizers.Adam(rate, clipnorm=1.0)
    members: dict[int, list[int]] = {}
    for at in used:
        members.setdefault(examples.questions[at][1], []).append(at)

    @tf.function(reduce_retracing=True, autograph=False)
    def step(left: Any, left_mask: Any, right: Any, right_mask: Any, same: Any) -> Any:
        with tf.GradientTape() as tape:
            a = encoder.forward(left, left_mask, DROPOUT)
            b = encoder.forward(right, right_mask, DROPOUT)
            alike = tf.matmul(a, b, transpose_b=True) / TEMPERATURE + same * -1e9
            wanted = tf.range(tf.shape(alike)[0])
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, alike))
            back = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, tf.transpose(alike))
            loss += 0.5 * tf.reduce_mean(back)
        gradients = tape.gradient(loss, encoder.variables)
        optimiser.apply_gradients(zip(gradients, encoder.variables, strict=True))
        return loss

    total, done, started = epochs * (len(used) // BATCH), 0, time.monotonic()
    for epoch in range(epochs):
        # every other epoch the batches are of neighbours, which are harder to tell apart
        places = np.array([examples.questions[at][1] for at in used])
        keys = places + random.normal(0, 12, len(used)) if epoch % 2 else random.random(len(used))
        order = [used[i] for i in np.argsort(keys)]
        batches = [order[at : at + BATCH] for at in range(0, len(order) - BATCH // 2, BATCH)]
        losses = []
        for number in random.permutation(len(batches)):
            batch = batches[number]
            groups = np.array([examples.questions[at][1] for at in batch])
            same = (groups[:, None] == groups[None]) & ~np.eye(len(batch), dtype=bool)
            left = encoder.tokens([examples.questions[at][0] for at in batch])
            right = encoder.tokens([examples.pair(at, members, random) for at in batch])
            optimiser.learning_rate.assign(rate * min(1, (done + 1) / 40) * max(0.05, 1 - done / total))
            losses.append(float(step(*left, *right, tf.constant(same, tf.float32))))
            done += 1
        print(
            f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {time.monotonic() - started:.0f} s", flush=True
        )


def found_by_meaning(encoder: Encoder, examples: Examples, asked: list[int]) -> tuple[float, float]:
    """How often the nearest sentence of any passage is one of the question's own: (first, within three passages)."""
    texts = [(text, group) for group, found in examples.sentences.items() for text in found]
    sentences = encoder.encode([text for text, _ in texts])
    questions = encoder.encode([examples.questions[at][0] for at in asked])
    best = np.full((len(asked), examples.passages), -1.0, np.float32)
    scores = questions @ sentences.T
    for column, (_, group) in enumerate(texts):
        best[:, group] = np.maximum(best[:, group], scores[:, column])
    order = np.argsort(-best, axis=1)[:, :3]
    right = order == np.array([examples.questions[at][1] for at in asked])[:, None]
    return float(right[:, 0].mean()), float(right.any(axis=1).mean())


def report(when: str, found: tuple[float, float]) -> None:
    """Print how often meaning alone finds the passage."""
    print(f"{when}: first {found[0]:.3f}, first three {found[1]:.3f}", flush=True)


def main() -> None:
    """Train and write the adapter, or with --hold-out say what training does for passages it has not seen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument(
        "--hold-out", action="store_true", help="leave out a fifth of the passages and measure"
    )
    parser.add_argument("--to", type=Path, default=ADAPTER)
    chosen = parser.parse_args()
    examples, encoder = Examples(), Encoder()
    every = list(range(len(examples.questions)))
    used = every
    if chosen.hold_out:
        used = [
            at
            for at in every
            if examples.questions[at][1] % 5 or examples.questions[at][1] >= examples.passages
        ]
        held = sorted(set(every) - set(used))
        report("before", found_by_meaning(encoder, examples, held))
    train(encoder, examples, used, chosen.epochs, chosen.rate)
    if chosen.hold_out:
        report("after", found_by_meaning(encoder, examples, held))
    else:
        encoder.save(chosen.to)


if __name__ == "__main__":
    main()
