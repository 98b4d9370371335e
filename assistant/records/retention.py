"""What is past its time is removed: once a day by the service, or by `assistant records purge`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, func, or_, select
from sqlalchemy.orm import Session

from assistant.access.models import ApiToken, ConversationOwner, SessionRecord, SignInAttempt
from assistant.records.audit import Audit
from assistant.records.subject import OF_CONVERSATIONS
from assistant.settings import Settings
from assistant.storage.case_models import CaseRecord
from assistant.storage.feedback import Feedback
from assistant.storage.models import Message


@dataclass(frozen=True)
class Purge:
    """How much was removed."""

    conversations: int
    feedback: int
    cases: int
    sessions: int
    tokens: int
    audit_entries: int

    @property
    def total(self) -> int:
        """Everything together."""
        return sum(vars(self).values())


def purge(engine: Engine, settings: Settings, now: datetime | None = None) -> Purge:
    """Remove what is older than the settings allow. A period of 0 days keeps for ever."""
    now = now or datetime.now(UTC)

    def before(days: int) -> datetime:
        return now - timedelta(days=days) if days else datetime(1, 1, 2, tzinfo=UTC)

    with Session(engine) as session, session.begin():
        newest = func.max(Message.sent_at)
        old = select(Message.conversation_id).group_by(Message.conversation_id)
        ended = session.scalars(old.having(newest < before(settings.keep_conversations_days))).all()
        for conversation in ended:
            for model in (*OF_CONVERSATIONS, ConversationOwner):
                if model is not Feedback:
                    session.execute(delete(model).where(model.conversation_id == conversation))
        feedback = session.execute(
            delete(Feedback).where(Feedback.given_at < before(settings.keep_feedback_days))
        ).rowcount
        cases = session.execute(
            delete(CaseRecord).where(CaseRecord.updated_at < before(settings.keep_cases_days))
        ).rowcount
        session.execute(delete(SignInAttempt).where(SignInAttempt.started_at < now - timedelta(days=1)))
        sessions = session.execute(delete(SessionRecord).where(SessionRecord.expires_at < now)).rowcount
        month_ago = now - timedelta(days=30)
        tokens = session.execute(
            delete(ApiToken).where(or_(ApiToken.expires_at < month_ago, ApiToken.revoked_at < month_ago))
        ).rowcount
    entries = Audit(engine).remove_before(before(settings.keep_audit_days))
    done = Purge(len(ended), feedback, cases, sessions, tokens, entries)
    if done.total:
        Audit(engine).record(None, "records.purge", details=vars(done))
    return done
