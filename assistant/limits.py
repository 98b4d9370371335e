"""How much one person, or one address, may ask of the service."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, parse
from limits.storage import Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from assistant.settings import Settings

PREFIX = "pom-assistant"


class RateLimits:
    """Counts requests in memory, or in Redis where several processes count together.

    When Redis cannot be reached everybody is let through: a limit is no reason to stop the service.
    """

    def __init__(self, settings: Settings) -> None:
        redis = settings.redis_url.get_secret_value() if settings.redis_url else ""
        self._storage: Storage = storage_from_string(
            redis or "memory://", **({"wrap_exceptions": True} if redis else {})
        )
        self._limiter = SlidingWindowCounterRateLimiter(self._storage)
        self._by_person = _limit("POM_ASSISTANT_REQUESTS_BY_PERSON", settings.requests_by_person)
        self._by_address = _limit("POM_ASSISTANT_REQUESTS_BY_ADDRESS", settings.requests_by_address)

    def wait_for_person(self, person_id: str) -> int:
        """Count a request of a person. Seconds until they may ask again; 0 when this one is within the limit."""
        return self._wait(self._by_person, "person", person_id)

    def wait_for_address(self, address: str) -> int:
        """Count a request of an address. Seconds until it may ask again; 0 when this one is within the limit."""
        return self._wait(self._by_address, "address", address)

    def _wait(self, limit: RateLimitItem | None, kind: str, who: str) -> int:
        from limits.errors import StorageError

        if limit is None:
            return 0
        try:
            if self._limiter.hit(limit, PREFIX, kind, who):
                return 0
            reset = self._limiter.get_window_stats(limit, PREFIX, kind, who).reset_time
        except StorageError:
            return 0
        return max(1, math.ceil(reset - time.time()))


def _limit(name: str, written: str) -> RateLimitItem | None:
    """A limit as written in a setting: `600/minute`. Raises `ValueError` naming the setting."""
    if not written.strip():
        return None
    try:
        return parse(written)
    except ValueError as problem:
        raise ValueError(f"{name}: {written!r} is not a limit; write it as 600/minute") from problem
