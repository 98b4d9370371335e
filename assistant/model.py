"""The trained dialogue model: where it is, whether it is up to date, and how to train it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from assistant.progress import Progress, fingerprint_of
from assistant.settings import PROJECT_ROOT, Settings

CONFIG = PROJECT_ROOT / "config.yml"
DOMAIN = PROJECT_ROOT / "domain.yml"
TRAINING_DATA = (
    PROJECT_ROOT / "data" / "nlu",
    PROJECT_ROOT / "data" / "rules",
    PROJECT_ROOT / "data" / "stories",
)
COMPONENTS = PROJECT_ROOT / "assistant" / "nlu"


class TrainingFailed(RuntimeError):
    """The model could not be trained; the message holds the last lines of what Rasa said."""


def fingerprint() -> str:
    """A short digest of everything the model is made from: configuration, domain, data and components."""
    return fingerprint_of(_sources())


def _sources() -> Iterator[Path]:
    yield CONFIG
    yield DOMAIN
    for folder in TRAINING_DATA:
        yield from folder.rglob("*.yml")
    for kind in ("*.py", "*.yaml"):
        yield from COMPONENTS.rglob(kind)


def current_model(settings: Settings) -> Path:
    """Where the model for the present data is, or will be once it is trained."""
    return settings.model_directory / f"pom-assistant-{fingerprint()}.tar.gz"


def train(settings: Settings, progress: Progress) -> Path:
    """Train the model for the present data in a process of its own, so that none of it stays in memory.

    Raises `TrainingFailed` with the end of Rasa's output.
    """
    model = current_model(settings)
    steps = _steps()
    progress("Training the dialogue model", 0, steps)
    command = [sys.executable, "-m", "assistant.model", str(model)]
    with subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env=os.environ | {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        said: list[str] = []
        done = 0
        for line in process.stdout or ():
            if line.startswith("{"):
                done = min(done + 1, steps)
                progress(f"Training: {json.loads(line)['component']}", done, steps)
            else:
                said.append(line)
    if process.returncode or not model.exists():
        raise TrainingFailed("The dialogue model could not be trained:\n" + "".join(said[-15:]))
    progress("Trained the dialogue model", steps, steps)
    return model


def _steps() -> int:
    configuration = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    return 2 + len(configuration["pipeline"]) + len(configuration["policies"])


def _train_here(model: Path) -> None:
    """Train in this process, with one line of JSON on standard output for each component trained."""
    import skops.io  # noqa: F401  before TensorFlow: imported after it, it takes eight seconds longer
    from rasa.model_training import train as rasa_train

    class _Steps(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if "Starting to train component" in message or "Restored component" in message:
                print(json.dumps({"component": message.split("'")[1]}), flush=True)

    hooks = logging.getLogger("rasa.engine.training.hooks")
    hooks.setLevel(logging.INFO)
    hooks.addHandler(_Steps())
    rasa_train(
        domain=str(DOMAIN),
        config=str(CONFIG),
        training_files=[str(folder) for folder in TRAINING_DATA],
        output=str(model.parent),
        fixed_model_name=model.name.removesuffix(".tar.gz"),
        force_training=True,
    )


if __name__ == "__main__":
    _train_here(Path(sys.argv[1]))
