"""Stops asking a service that keeps failing, for a while."""

from __future__ import annotations

import time
from collections.abc import Callable


class CircuitOpen(RuntimeError):
    """The service failed too often and is not asked for a while."""


class CircuitBreaker:
    """Open after `failures` failures in a row, for `rest` seconds; then one attempt decides.

    >>> breaker = CircuitBreaker(failures=2, rest=60.0, now=lambda: 0.0)
    >>> breaker.failed(); breaker.failed(); breaker.is_open
    True
    """

    def __init__(
        self, failures: int = 5, rest: float = 60.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._rest, self._now = failures, rest, now
        self._in_a_row = 0
        self._opened_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether the service is not to be asked now."""
        return self._opened_at is not None and self._now() - self._opened_at < self._rest

    def check(self) -> None:
        """Raises `CircuitOpen` while the service is not to be asked."""
        if self.is_open:
            raise CircuitOpen(
                f"the service failed {self._in_a_row} times in a row; it is left alone for a while"
            )

    def succeeded(self) -> None:
        """The service answered."""
        self._in_a_row, self._opened_at = 0, None

    def failed(self) -> None:
        """The service did not answer as it should."""
        self._in_a_row += 1
        if self._in_a_row >= self._limit:
            self._opened_at = self._now()
