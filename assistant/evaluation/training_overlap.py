"""Which labelled messages are also training examples: what was learnt by heart is no evidence."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

_ANNOTATION = re.compile(r"\[([^\]]+)\](\([^)]*\)|\{[^}]*\}|\[[^\]]*\])")


def training_examples(folder: Path) -> set[str]:
    """All examples of the intents under a folder of Rasa training data, in comparable form."""
    found: set[str] = set()
    for path in sorted(folder.rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for group in content.get("nlu") or []:
            if "intent" in group:
                lines = str(group.get("examples") or "").splitlines()
                found.update(comparable(line.strip().removeprefix("-")) for line in lines if line.strip())
    return found


def comparable(message: str) -> str:
    """A message without case, punctuation and the annotation of its entities."""
    words = _ANNOTATION.sub(r"\1", message).casefold()
    return " ".join(re.sub(r"[^\w\s/]", "", words).split())
