"""What is said in conversations, encrypted in the database when the settings give keys."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import JSON, Dialect, Text
from sqlalchemy.types import TypeDecorator

from assistant.settings import current_settings

MARK = "encrypted:"
"""What an encrypted text begins with, so that what was kept before there was a key is still read."""


class WrongKey(RuntimeError):
    """Something in the database was encrypted with a key that the settings do not give."""


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as problem:
        raise ValueError(
            "POM_ASSISTANT_ENCRYPTION_KEYS: a key must be 32 bytes in URL-safe base64, as "
            "`assistant records new-key` makes them"
        ) from problem


def _keys() -> tuple[str, ...]:
    return tuple(key.get_secret_value() for key in current_settings().encryption_keys)


def encrypted(text: str) -> str:
    """The text as it is to be kept: encrypted with the first key, or as it is where there is none."""
    keys = _keys()
    return MARK + _cipher(keys).encrypt(text.encode()).decode() if keys else text


def decrypted(kept: str) -> str:
    """The text that was kept. Raises `WrongKey`."""
    if not kept.startswith(MARK):
        return kept
    keys = _keys()
    if not keys:
        raise WrongKey("POM_ASSISTANT_ENCRYPTION_KEYS: missing; what is said was encrypted")
    try:
        return _cipher(keys).decrypt(kept.removeprefix(MARK).encode()).decode()
    except InvalidToken as problem:
        raise WrongKey(
            "POM_ASSISTANT_ENCRYPTION_KEYS: the key that something was encrypted with is not there"
        ) from problem


class EncryptedText(TypeDecorator[str]):
    """A text column whose content is encrypted where there is a key."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """On the way in."""
        return None if value is None else encrypted(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """On the way out."""
        return None if value is None else decrypted(value)


class EncryptedJson(TypeDecorator[Any]):
    """A JSON column whose content is encrypted, as one JSON text, where there is a key."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """On the way in."""
        return value if value is None or not _keys() else encrypted(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """On the way out."""
        return json.loads(decrypted(value)) if isinstance(value, str) and value.startswith(MARK) else value
