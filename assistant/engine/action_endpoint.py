"""Calls the custom actions in process, where Rasa would send an HTTP request to an action server."""

from __future__ import annotations

import json
import logging
from typing import Any

from aiohttp.client_exceptions import ClientError
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.reply import something_went_wrong

logger = logging.getLogger(__name__)

__all__ = ["ClientError", "InProcessActions"]


class InProcessActions(EndpointConfig):
    """An action endpoint without a network: the same call, the same answer as an action server gives."""

    def __init__(self, package: str = "actions") -> None:
        super().__init__(url="in-process")
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        """Run one action.

        Raises `ClientResponseError` as an action server's HTTP answer would: 400 when the action rejects
        itself, 404 when there is no such action. An action that fails in any other way answers with a
        plain error message, since Rasa would otherwise send the person nothing at all.
        """
        call = kwargs["json"]
        try:
            return await self._executor.run(call)
        except ActionExecutionRejection as rejection:
            raise self._http_error(400, rejection.action_name, rejection.message) from rejection
        except ActionNotFoundException as missing:
            raise self._http_error(404, missing.action_name, missing.message) from missing
        except Exception as failure:
            # The message is left out on purpose: it could repeat what a person typed.
            logger.error("action %s failed: %s", call.get("next_action"), type(failure).__name__)
            return {"events": [], "responses": [something_went_wrong().as_response()]}

    @staticmethod
    def _http_error(status: int, action: str, message: str) -> ClientResponseError:
        return ClientResponseError(
            status, message, json.dumps({"action_name": action, "error": message}).encode()
        )
