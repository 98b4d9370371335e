"""One message of a conversation at a time, whichever process takes it.

A lock ends with the process that holds it, however that ends, so that nothing waits for one that was killed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

try:
    import fcntl
except ImportError:  # a system without file locks runs one process
    fcntl = None  # type: ignore[assignment]


class ConversationLocks(Protocol):
    """Locks that all processes on one database share. Used from one thread of each process."""

    def take(self, conversation_id: str) -> bool:
        """Take the lock of a conversation; False when another process holds it."""

    def release(self, conversation_id: str) -> None:
        """Give the lock of a conversation back."""


class NoLocks:
    """For a database that one process alone can open."""

    def take(self, conversation_id: str) -> bool:
        """Always taken."""
        return True

    def release(self, conversation_id: str) -> None:
        """Nothing to give back."""


class FileLocks:
    """Locks beside a SQLite file: a byte of a file for each conversation, by a digest of its id."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def take(self, conversation_id: str) -> bool:
        """Take the lock of a conversation; False when another process holds it."""
        if self._file is None:
            # Open as long as the process lives: closing it would give back every lock of the process.
            self._file = self._path.open("ab")
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _digest(conversation_id) >> 2)
        except OSError:
            return False
        return True

    def release(self, conversation_id: str) -> None:
        """Give the lock of a conversation back."""
        if self._file is not None:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _digest(conversation_id) >> 2)


class AdvisoryLocks:
    """Advisory locks of PostgreSQL, all on one connection of the process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def take(self, conversation_id: str) -> bool:
        """Take the lock of a conversation; False when another process holds it."""
        try:
            return bool(self._ask("pg_try_advisory_lock", conversation_id))
        except DBAPIError:
            # The connection was lost, and every lock of this process with it: begin another, once.
            self._connection = None
            return bool(self._ask("pg_try_advisory_lock", conversation_id))

    def release(self, conversation_id: str) -> None:
        """Give the lock of a conversation back."""
        try:
            self._ask("pg_advisory_unlock", conversation_id)
        except DBAPIError:
            self._connection = None

    def _ask(self, function: str, conversation_id: str) -> object:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        asked = text(f"SELECT {function}(:lock)")
        return self._connection.scalar(asked, {"lock": _digest(conversation_id) - 2**63})


def _digest(conversation_id: str) -> int:
    """A number of 64 bits for a conversation. Two that share one wait for each other, and no more."""
    return int.from_bytes(hashlib.blake2b(conversation_id.encode(), digest_size=8).digest(), "big")


def conversation_locks(engine: Engine) -> ConversationLocks:
    """The locks that fit a database."""
    if engine.dialect.name == "postgresql":
        return AdvisoryLocks(engine)
    if fcntl is not None and engine.url.database not in (None, "", ":memory:"):
        return FileLocks(Path(f"{engine.url.database}.locks"))
    return NoLocks()
