"""The Teams channel: Microsoft's package on the application, with our guard before it and our memory behind it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from microsoft_teams.api import (
    AdaptiveCardInvokeActivity,
    ConversationUpdateActivity,
    InstalledActivity,
    JsonWebToken,
    MessageActivity,
    TokenProtocol,
    UninstalledActivity,
)
from microsoft_teams.api.auth.cloud_environment import PUBLIC, CloudEnvironment
from microsoft_teams.apps import ActivityContext, ActivityEvent, App, CoreActivity, FastAPIAdapter
from microsoft_teams.common import ClientOptions
from pydantic import ValidationError

from actions.texts import text
from assistant.access.people import PeopleRepository
from assistant.channels.teams.activities import Place, message_work, place_of, welcome_work, words_of
from assistant.channels.teams.answering import Answering
from assistant.channels.teams.cards import FeedbackState
from assistant.channels.teams.checklist import VERB as CHECKLIST
from assistant.channels.teams.checklist import message_of
from assistant.channels.teams.connector import TIMEOUT, Connector
from assistant.channels.teams.deliveries import LONGEST_WAIT, Deliveries
from assistant.channels.teams.guard import Admitted, LocalGuard, Refused, TokenGuard
from assistant.channels.teams.identity import BotIdentity
from assistant.channels.teams.mounting import ENDPOINT
from assistant.channels.teams.pictures import PictureAddresses, draw_timeline
from assistant.engine.feedback import FeedbackDesk
from assistant.settings import Settings
from assistant.storage.conversations import ConversationRepository
from assistant.storage.database import connect
from assistant.storage.feedback import COMMENT_LIMIT, REASONS, NoSuchAnswer
from assistant.storage.teams import WELCOME, TeamsConversation, TeamsRepository

logger = logging.getLogger(__name__)

HANDLED = ("message", "conversationUpdate", "installationUpdate", "invoke")
"""The types of activity that are processed. Others are acknowledged and left alone."""

CARD_ACTION = "adaptiveCard/action"
CARD_TYPE = "application/vnd.microsoft.card.adaptive"
MESSAGE_TYPE = "application/vnd.microsoft.activity.message"


@dataclass(frozen=True)
class LocalToken:
    """Stands where the token would be, in local mode."""

    service_url: str
    app_id: str = ""
    app_display_name: str | None = ""
    tenant_id: str | None = ""
    from_: str = "azure"
    from_id: str = ""
    expiration: int | None = None

    def is_expired(self, buffer_ms: int = 0) -> bool:
        """It does not expire."""
        return False


class GuardedAdapter(FastAPIAdapter):
    """Ties Microsoft's package to the application and its life. The route is ours, behind the guard."""

    def register_route(self, method: str, path: str, handler: Any) -> None:
        """Leave the endpoint as it is. The package's own handler would fetch keys on the event loop and let pass
        what the guard does not, so what the guard admits goes to the package's processing directly."""
        if (method, path) != ("POST", ENDPOINT):
            raise ValueError(f"nothing guards {method} {path}")


class TeamsChannel:
    """The endpoint, and everything between it and the engine."""

    def __init__(
        self,
        application: FastAPI,
        settings: Settings,
        identity: BotIdentity | None,
        cloud: CloudEnvironment | None = None,
        token: Any = None,
        longest_wait: float | None = None,
    ) -> None:
        database = connect(settings.database())
        self._repository = TeamsRepository(database)
        self._guard = TokenGuard(identity, cloud or PUBLIC) if identity else LocalGuard()
        adapter = GuardedAdapter(application)
        self._app = _app(identity, adapter, cloud, token)
        self._key: bytes | None = None
        self._settings = settings
        # Not those of the person who acts: which conversation is whose is in the id, which is made with a key.
        self._conversations = ConversationRepository(database)
        self._engine = application.state.engine
        self._feedback: FeedbackDesk = application.state.feedback
        self._people = PeopleRepository(database)
        self._local = identity is None
        self._longest_wait = longest_wait or LONGEST_WAIT
        adapter.lifespans.append(cast(Any, self._life))
        self._handle()
        if self._local:
            logger.warning(
                "TEAMS TAKES MESSAGES WITHOUT A TOKEN, from programs on this machine only. This is for the local test"
                " tool. Never switch it on where other people can reach this machine."
            )

    @asynccontextmanager
    async def _life(self, _application: Any) -> AsyncIterator[None]:
        self._key = await run_in_threadpool(self._repository.key, "conversations")
        self._addresses = PictureAddresses(
            await run_in_threadpool(self._repository.key, "pictures"), self._settings.teams_picture_minutes
        )
        self._answering = Answering(
            self._settings,
            self._engine,
            self._conversations,
            self._repository,
            self._people,
            self._addresses,
            self._local,
        )
        self._deliveries = Deliveries(
            self._repository, Connector(self._app), self._answering.answer, self._longest_wait
        )
        await self._app.initialize()
        await self._deliveries.start()
        yield
        await self._deliveries.stop()
        self._guard.close()

    async def receive(self, request: Request) -> Response:
        """One request of the Bot Framework: refused, or recorded and acknowledged at once."""
        try:
            admitted = await self._guard.admit(request)
        except Refused as refused:
            logger.warning("Teams: a request was refused: %s", refused)
            return JSONResponse(
                {"error": "Unauthorized" if refused.status == 401 else "Refused"}, refused.status
            )
        kind = admitted.activity.get("type")
        if kind not in HANDLED:
            return Response(status_code=200)
        if kind == "invoke" and admitted.activity.get("name") != CARD_ACTION:
            return Response(
                status_code=501
            )  # what the protocol answers to an invoke that a bot does not know
        return await self._process(admitted)

    async def picture(self, conversation_id: str, number: int, expires: int, signature: str) -> Response:
        """The timeline of the case in a reply; 404 for an address that was not made here or is past its time."""
        if not self._addresses.is_good(conversation_id, number, expires, signature):
            raise HTTPException(404)
        drawn = await run_in_threadpool(draw_timeline, self._conversations, conversation_id, number)
        if drawn is None:
            raise HTTPException(404)
        return Response(drawn, media_type="image/png", headers={"Cache-Control": "private, max-age=300"})

    async def _process(self, admitted: Admitted) -> Response:
        token = (
            JsonWebToken(admitted.token) if admitted.token else LocalToken(admitted.activity["serviceUrl"])
        )
        try:
            event = ActivityEvent(
                body=CoreActivity.model_validate(admitted.activity), token=cast(TokenProtocol, token)
            )
            assert self._app.server.on_request is not None
            response = await self._app.server.on_request(event)
        except ValidationError as problem:
            logger.warning(
                "Teams: an activity is not as the protocol has it (%d places)", problem.error_count()
            )
            return JSONResponse({"error": "The activity is not valid"}, 400)
        except Exception as failure:
            logger.error("Teams: an activity could not be recorded: %s", type(failure).__name__)
            return JSONResponse({"error": "Not recorded"}, 500)
        if response.body is None:
            return Response(status_code=response.status)
        return JSONResponse(response.body, response.status)

    def _handle(self) -> None:
        self._app.on_message(self._on_message)
        self._app.on_install_add(self._on_install)
        self._app.on_install_remove(self._on_remove)
        self._app.on_conversation_update(self._on_members)
        self._app.on_card_action(self._on_card_action)

    async def _on_message(self, ctx: ActivityContext[MessageActivity]) -> None:
        await self._record(place_of(ctx.activity), ctx.activity.id, message_work(words_of(ctx.activity)))

    async def _on_install(self, ctx: ActivityContext[InstalledActivity]) -> None:
        await self._record(place_of(ctx.activity).everybody(), WELCOME, welcome_work())

    async def _on_members(self, ctx: ActivityContext[ConversationUpdateActivity]) -> None:
        added = ctx.activity.members_added or []
        if any(member.id == ctx.activity.recipient.id for member in added):
            await self._record(place_of(ctx.activity).everybody(), WELCOME, welcome_work())

    async def _on_remove(self, ctx: ActivityContext[UninstalledActivity]) -> None:
        place = place_of(ctx.activity).everybody()
        await run_in_threadpool(self._repository.forget_person, self._conversation_id(place))

    async def _on_card_action(self, ctx: ActivityContext[AdaptiveCardInvokeActivity]) -> dict[str, Any]:
        action = ctx.activity.value.action
        place = place_of(ctx.activity)
        data = action.data if isinstance(action.data, dict) else {}
        if action.verb == CHECKLIST and place.is_personal:
            said = message_of(data)
            if said:
                await self._record(place, ctx.activity.id, message_work(said))
            return _message_response(said or text("teams.card.checklist_empty"))
        if action.verb in ("feedback", "comment"):
            return await self._take_feedback(place, action.verb, data)
        return _message_response(text("teams.not_understood_action"))

    async def _take_feedback(self, place: Place, verb: str, data: dict[str, Any]) -> dict[str, Any]:
        number = data.get("reply")
        conversation = self._conversation(place)
        card = None
        if isinstance(number, int) and not isinstance(number, bool):
            card = await run_in_threadpool(self._keep_feedback, conversation, number, verb, data)
        if card is None:
            return _message_response(text("teams.not_understood_action"))
        return {"statusCode": 200, "type": CARD_TYPE, "value": card}

    def _keep_feedback(
        self, place: TeamsConversation, number: int, verb: str, data: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Keep what was said of a reply, and make its card again; None when there is no such reply."""
        useful = verb == "feedback" and data.get("useful") is True
        reason = data.get("reason") if data.get("reason") in REASONS else None
        comment = str(data.get("comment") or "")[:COMMENT_LIMIT]
        try:
            self._feedback.record(
                place.id, number, useful=useful, reason=reason, comment=comment, channel="teams"
            )
        except NoSuchAnswer:
            return None
        state: FeedbackState = "useful" if useful else "not_useful" if verb == "comment" else "why_not"
        return self._answering.card_after_feedback(place, number, state)

    async def _record(self, place: Place, activity_id: str, work: dict[str, Any]) -> None:
        """Keep what came in, then see to it in the background. A repeat is known by its id, and left alone."""
        conversation = self._conversation(place)
        work["id"] = f"teams-{activity_id}"[:200]
        await run_in_threadpool(self._repository.keep_conversation, conversation)
        if await run_in_threadpool(self._repository.receive, conversation.id, activity_id[:255], work):
            self._deliveries.wake(conversation.id)

    def _conversation_id(self, place: Place) -> str:
        assert self._key is not None
        return place.conversation_id(self._key)

    def _conversation(self, place: Place) -> TeamsConversation:
        return TeamsConversation(
            id=self._conversation_id(place),
            thread=place.thread,
            kind=place.kind,
            person=place.person,
            service_url=place.service_url,
            bot=place.bot,
            reminders=False,
        )


def _message_response(said: str) -> dict[str, Any]:
    return {"statusCode": 200, "type": MESSAGE_TYPE, "value": said}


def _app(
    identity: BotIdentity | None, adapter: FastAPIAdapter, cloud: CloudEnvironment | None, token: Any
) -> App:
    """Microsoft's application object. Everything it would otherwise read from the environment is given."""
    # Their lines at lower levels name conversations, and warn of what the guard has ruled out.
    for noisy, level in (("microsoft_teams", logging.ERROR), ("msal", logging.WARNING)):
        logging.getLogger(noisy).setLevel(level)
    # This one gives its own level to httpx, which would log the address of every conversation.
    logging.getLogger("microsoft_teams.common.http.client").setLevel(logging.WARNING)
    options: dict[str, Any] = {
        "http_server_adapter": adapter,
        "client": ClientOptions(timeout=TIMEOUT),
        "cloud": cloud or PUBLIC,
        "service_url": "https://smba.trafficmanager.net/teams",
        "dangerously_allow_unauthenticated_requests": False,
        "telemetry": {"agent365": False},
    }
    if identity:
        options |= {
            "client_id": identity.client_id,
            "tenant_id": identity.tenant_id,
            "client_secret": identity.client_secret,
            "managed_identity_client_id": identity.managed_identity,
            "token": token,
        }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # previews that are not used here
        return App(**options)
