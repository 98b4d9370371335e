"""The texts that people read, from one catalogue a language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

CATALOGUES = Path(__file__).parent


@lru_cache(maxsize=4)
def catalogue(language: str = "en") -> dict[str, Any]:
    """All texts in a language: those of the language's file, and of a file for each room (`en-people.yaml`)."""
    texts: dict[str, Any] = {}
    for path in sorted(CATALOGUES.glob(f"{language}*.yaml")):
        texts |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return texts


def entry(key: str, language: str = "en") -> Any:
    """What the catalogue holds under a dotted key: a text, a list or a group of texts.

    Raises `KeyError` naming the key when there is none.
    """
    found: Any = catalogue(language)
    for part in key.split("."):
        if not isinstance(found, dict) or part not in found:
            raise KeyError(f"no text {key!r} in the {language} catalogue")
        found = found[part]
    return found


def text(key: str, language: str = "en", **values: object) -> str:
    """The text under a dotted key with its placeholders filled in: `text("edition.2022")`."""
    return str(entry(key, language)).strip().format(**values)
