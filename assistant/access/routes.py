"""Which action each route asks for, from `policy.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

from assistant.access.policy import TABLE, Action

OPEN = "open"


@dataclass(frozen=True)
class Need:
    """What a route asks of whoever calls it: nothing when `open`, else to be allowed `action`.

    `listed` is false for a route that the table does not name: `action` is None then, and it is not open.
    """

    open: bool
    action: Action | None
    listed: bool = True


@lru_cache(maxsize=1)
def route_table() -> dict[str, Need]:
    """What each route asks for, by method and path as the route is declared: `GET /guidance/{slug}`."""
    rows: dict[str, str] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["routes"]
    return {
        name: Need(given == OPEN, None if given == OPEN else Action(given)) for name, given in rows.items()
    }


def route_names(routes: Sequence[BaseRoute]) -> Iterator[str]:
    """The names by which the table knows the routes of an application."""
    for context in iter_route_contexts(routes):
        if isinstance(context.original_route, Mount):
            yield f"MOUNT {context.path}"
            continue
        for method in sorted(context.methods or {"WEBSOCKET"}):
            if method != "HEAD" or "GET" not in (context.methods or ()):
                yield f"{method} {context.path}"


class RouteFinder:
    """Finds the route that will take a request, in the order in which the router tries them."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = list(iter_route_contexts(routes))

    def name(self, scope: Scope) -> str | None:
        """The name of the route in the table, or None when no route takes the request."""
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        method = "GET" if scope.get("method") == "HEAD" else scope.get("method", "WEBSOCKET")
        for context in self._routes:
            if isinstance(context.original_route, Mount):
                if context.original_route.matches(scope)[0] is not Match.NONE:
                    return f"MOUNT {context.path}"
            elif method in (context.methods or {"WEBSOCKET"}) and context.path_regex.match(path):
                return f"{method} {context.path}"
        return None


def need_of(name: str) -> Need:
    """What the named route asks for."""
    return route_table().get(name, Need(open=False, action=None, listed=False))
