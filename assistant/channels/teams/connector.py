"""Sends activities to Teams, and says of a failure whether trying again can help."""

from __future__ import annotations

from typing import Any

import httpx
from microsoft_teams.api import MessageActivityInput, TypingActivityInput
from microsoft_teams.api.models import Account, ConversationAccount
from microsoft_teams.apps import App

from assistant.storage.teams import TeamsConversation

TIMEOUT = 15
"""Seconds that one request to Teams may take."""

_TRY_AGAIN = {401, 408, 412, 425, 429}
"""Refusals that pass: our own token, time, and too many at once. Every failure of the server does too."""

_TOO_LARGE = {400, 413}


class ConnectorUnavailable(Exception):
    """Teams did not take an activity now; it may later. `after` is how many seconds it asked us to wait."""

    def __init__(self, reason: str, after: float = 0) -> None:
        super().__init__(reason)
        self.after = after


class ConnectorRefused(Exception):
    """Teams will never take this activity: the bot is not in the conversation any more, for example."""


class ConnectorUnreadable(ConnectorRefused):
    """Teams cannot take an activity as it is; its plain text may be taken."""


class Connector:
    """The way out to Teams, with the bot's own token."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def send(self, to: TeamsConversation, activity: dict[str, Any]) -> None:
        """Send a message. Raises `ConnectorUnavailable` or `ConnectorRefused`."""
        await self._create(to, MessageActivityInput.model_validate(activity))

    async def show_typing(self, to: TeamsConversation) -> None:
        """Show that an answer is being worked out. Raises as `send`."""
        await self._create(to, TypingActivityInput())

    async def _create(
        self, to: TeamsConversation, activity: MessageActivityInput | TypingActivityInput
    ) -> None:
        activity.from_ = Account(id=to.bot)
        activity.conversation = ConversationAccount(id=to.thread)
        api = self._app.api.from_service_url(to.service_url)
        try:
            await api.conversations.create_activity(to.thread, activity)
        except httpx.HTTPStatusError as failure:
            raise _meaning(failure.response) from failure
        except Exception as failure:  # the network, or no token of our own for now
            raise ConnectorUnavailable(type(failure).__name__) from failure


def _meaning(response: httpx.Response) -> Exception:
    status = response.status_code
    if status >= 500 or status in _TRY_AGAIN:
        after = response.headers.get("retry-after", "")
        return ConnectorUnavailable(f"status {status}", float(after) if after.isdecimal() else 0)
    return (ConnectorUnreadable if status in _TOO_LARGE else ConnectorRefused)(f"status {status}")
