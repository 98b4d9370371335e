"""Loads Rasa without TensorFlow when no component of the model uses it.

Rasa's own modules import TensorFlow at their top, for classifiers and policies that this project's pipeline
does not name: some 275 MB of memory and most of the time to ready. While Rasa is imported, `tensorflow` and
`keras` are stood in for by placeholders that can be subclassed and named in annotations, and that raise
`TensorFlowAbsent` when anything of theirs is run. Training and Rasa's stock commands are not touched.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any, ClassVar

import yaml

from assistant.model import CONFIG

STOOD_IN_FOR = ("tensorflow", "keras")
NEED_TENSORFLOW = {
    "ConveRTFeaturizer",
    "DIETClassifier",
    "LanguageModelFeaturizer",
    "ResponseSelector",
    "TEDPolicy",
    "UnexpecTEDIntentPolicy",
}
"""Rasa's components that run on TensorFlow, as config.yml names them."""


class TensorFlowAbsent(RuntimeError):
    """Something of TensorFlow was run in a process that was started without it."""


def _pipeline() -> set[str]:
    """The names of the components and policies in config.yml, without their modules."""
    configuration = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    steps = [*configuration["pipeline"], *configuration["policies"]]
    return {step["name"].rpartition(".")[2] for step in steps}


class _Named(type):
    """Class of the placeholders: their attributes are placeholders too, with the name they were asked by."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls.__module__}.{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__dict__.get("stands_in") and len(args) == 1 and callable(args[0]) and not kwargs:
            return args[0]  # used as a decorator: `@tf.function`
        raise TensorFlowAbsent(
            f"{cls.__module__}.{cls.__qualname__} was run, but TensorFlow is not loaded: "
            "is a component of config.yml that needs it missing from NEED_TENSORFLOW?"
        )


def _placeholder(full_name: str) -> type:
    module, _, name = full_name.rpartition(".")
    return _Named(name, (), {"__module__": module, "stands_in": True})


class _PlaceholderModule(ModuleType):
    __path__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _placeholder(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] in STOOD_IN_FOR:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: a placeholder makes its names when they are asked for."""


@contextmanager
def rasa_without_tensorflow() -> Iterator[None]:
    """While this is open, importing TensorFlow or Keras gives placeholders; afterwards they are forgotten.

    Does nothing where TensorFlow is imported already, or where the pipeline needs it.
    """
    if "tensorflow" in sys.modules or _pipeline() & NEED_TENSORFLOW:
        yield
        return
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] in STOOD_IN_FOR]:
            del sys.modules[name]
